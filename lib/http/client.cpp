#include "http/client.hpp"

#include <utility>

#include "base/check.hpp"

namespace pruuv::http {
namespace {

constexpr int wait_ms = 1000;

}  // namespace

HttpResponse not_started(const Error& error) {
  HttpResponse refused;
  refused.transport_code = not_started_code;
  refused.transport_error = error.message;
  return refused;
}

HttpResponse perform(Client& client, HttpRequest request) {
  PRUUV_CHECK(client.in_flight() == 0, "a single request while others are in flight");
  if (auto started = client.start(0, std::move(request)); !started)
    return not_started(started.error());
  for (;;) {
    auto arrived = client.wait(wait_ms);
    if (!arrived.empty()) return std::move(arrived.front().response);
    PRUUV_CHECK(client.in_flight() == 1, "a request that was started is gone");
  }
}

}  // namespace pruuv::http
