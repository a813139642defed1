#include "http/url.hpp"

#include <arpa/inet.h>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/check.hpp"
#include "base/text.hpp"

namespace pruuv::http {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

// `host` as libcurl will connect to it: "127.1" has become "127.0.0.1", an IPv6 address has
// brackets.
bool is_loopback(const std::string& host) {
  if (equal_ignoring_ascii_case(host, "localhost") || host == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

Result<const char*> allowed_protocol(const std::string& url) {
  const UrlHandle parsed(curl_url(), &curl_url_cleanup);
  PRUUV_CHECK(parsed != nullptr, "no memory for a url");
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return fail(ErrorKind::config, "start a request: its url is not one that can be sent to");
  }
  const std::string scheme = part(parsed.get(), CURLUPART_SCHEME);
  const std::string host = part(parsed.get(), CURLUPART_HOST);
  if (scheme == "https") return "https";
  if (scheme == "http" && is_loopback(host)) return "http";
  return fail(ErrorKind::config,
              fmt::format("start a request to {}: {} is not allowed", printable(host), scheme),
              "use https; plain http goes to a loopback address only");
}

}  // namespace pruuv::http
