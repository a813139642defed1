// Any bytes as any platform's answer: as many verdicts as events, whatever came back. Six bytes
// (status, transport, events), then the headers up to an empty line, then the body.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/platform.hpp"

namespace pruuv::platforms {
namespace {

constexpr std::size_t head_bytes = 6;

void require(bool is_right) {
  if (!is_right) std::abort();
}

void read_headers(std::string_view text, HttpResponse& response) {
  for (const std::string_view line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    response.headers.emplace_back(ascii_lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
}

// Statuses as they occur: bytes 0 and 1 as a number below 600; with the top bit of byte 2 an answer
// that broke off, with its lowest one no byte that left.
HttpResponse response_of(std::string_view input) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(input[at]); };
  HttpResponse response;
  response.status = (byte(0) * 256 + byte(1)) % 600;
  response.transport_code = (byte(2) & 0x80) != 0 ? byte(3) : 0;
  response.bytes_sent = (byte(2) & 1) == 0;
  const std::string_view rest = input.substr(head_bytes);
  const auto end = rest.find("\n\n");
  read_headers(end == std::string_view::npos ? std::string_view() : rest.substr(0, end), response);
  response.body = end == std::string_view::npos ? rest : rest.substr(end + 2);
  return response;
}

void check_verdict(const Verdict& verdict, const HttpResponse& response, std::size_t events) {
  if (verdict.outcome == Outcome::accepted) {
    require(response.is_whole() && response.status >= 200 && response.status < 300);
    return;
  }
  require(verdict.reason != Reason::none);
  require(
      !(verdict.outcome == Outcome::rejected && verdict.scope == Scope::request && events == 1));
  require(!verdict.retry_after_s || *verdict.retry_after_s >= 0);
}

void check_adapter(const Platform& adapter, const HttpResponse& response, std::size_t events) {
  const Classification out = adapter.classify(response, events);
  require(out.verdicts.size() == events);
  for (const Verdict& verdict : out.verdicts) check_verdict(verdict, response, events);
  if (adapter.parse_token != nullptr) {
    const TokenAnswer token = adapter.parse_token(response);
    require(token.failed == token.token.token.empty());
  }
  if (adapter.parse_status != nullptr) {
    const StatusAnswer status = adapter.parse_status(response, events);
    for (const EventDiagnosis& one : status.events) require(one.position < events);
  }
}

void check_json(std::string_view body) {
  for (const json::Numbers numbers : {json::Numbers::as_numbers, json::Numbers::as_text}) {
    const auto document = json::parse(body, numbers);
    if (!document) continue;
    require(json::parse(document->root().dump(), numbers).has_value());
    (void)json::pretty(body);
  }
}

}  // namespace
}  // namespace pruuv::platforms

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pruuv::platforms;
  if (size < head_bytes) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are what a fuzzer gives
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const pruuv::HttpResponse response = response_of(input);
  for (const Platform& adapter : registry()) {
    check_adapter(adapter, response, data[4] % 7U + 1U);
  }
  check_json(response.body);
  return 0;
}
