#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/http_message.hpp"

namespace pruuv::http {

// Sends requests and reports what happened; judges nothing, retries nothing. Each request leaves at
// most once: libcurl's silent resend on a dead connection is made to fail instead (it comes back as
// transport_code 65 with bytes_sent).
class Client {
 public:
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  virtual ~Client() = default;

  // Takes the request; wait() is what moves its bytes. `id` is the caller's, to know the answer by.
  // Error, and nothing is in flight: config (a URL that must not be sent to, a credential with a
  // control character in it), bug (a request no adapter should make), usage (a dry run).
  virtual Result<void> start(std::int64_t id, HttpRequest request) = 0;

  struct Completed {
    std::int64_t id = 0;
    HttpResponse response;
  };
  // Waits up to `timeout_ms` (0: not at all) for answers and gives those that arrived, perhaps
  // none.
  virtual std::vector<Completed> wait(int timeout_ms) = 0;

  // Ends every transfer at once. They come back with transport_code 42, and bytes_sent as it was.
  virtual std::vector<Completed> abort() = 0;

  [[nodiscard]] virtual std::size_t in_flight() const = 0;
};

// The transport_code of not_started(): libcurl's CURLE_FAILED_INIT.
constexpr int not_started_code = 2;

// What stands for the response of a request that start() refused.
HttpResponse not_started(const Error& error);

// One request, answered: for the few single calls (token exchange). The client must be idle.
HttpResponse perform(Client& client, HttpRequest request);

struct CurlOptions {
  std::string ca_file;  // PEM; empty = the system's
  std::string user_agent;
  int connect_timeout_ms = 5'000;
  // Every timeout of our own making is an outcome nobody knows, so it is a long one.
  int total_timeout_ms = 30'000;
  std::size_t response_bytes_max = std::size_t{8} << 20;  // more ends it with transport_code 23
};

// libcurl's multi interface: HTTP/1.1 over TLS 1.2 or newer, certificates checked, no redirects, no
// proxy from the environment, no cookies, no netrc; https only, plain http only to a loopback
// address. Error config when the CA file cannot be read.
Result<std::unique_ptr<Client>> make_curl_client(const CurlOptions& options);

// Refuses every request: what a dry run gets.
std::unique_ptr<Client> make_refusing_client();

}  // namespace pruuv::http
