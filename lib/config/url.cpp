#include <algorithm>
#include <arpa/inet.h>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/config.hpp"

namespace pruuv::config {
namespace {

struct Url {
  std::string_view scheme;
  std::string_view host;  // an IPv6 address without its brackets
  bool is_ipv6 = false;
};

bool is_host_character(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || c == '.' || c == '-';
}

// Of the characters RFC 3986 allows in a path; "?", "#" and "@" are not among them.
bool is_path_character(char c) {
  constexpr std::string_view marks = "/-._~!$&'()*+,;=:%";
  return is_ascii_alpha(c) || is_ascii_digit(c) || marks.find(c) != std::string_view::npos;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_port(std::string_view text) {
  const auto port = is_all_digits(text) ? parse_int64(text) : std::nullopt;
  return port && *port >= 1 && *port <= 65535;
}

// Takes the host off the front of `rest`, which stands behind "://".
bool take_host(std::string_view& rest, Url& url) {
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return false;
    url.host = rest.substr(1, end - 1);
    url.is_ipv6 = true;
    rest.remove_prefix(end + 1);
    return is_ipv6(url.host);
  }
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_host_character);
  url.host = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(url.host.size());
  return !url.host.empty();
}

std::optional<Url> parse(std::string_view text) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 3);
  if (!take_host(rest, url)) return std::nullopt;
  const std::string_view path = rest.substr(std::min(rest.find('/'), rest.size()));
  const std::string_view port = rest.substr(0, rest.size() - path.size());
  if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return std::nullopt;
  if (!std::all_of(path.begin(), path.end(), is_path_character)) return std::nullopt;
  return url;
}

bool is_loopback(const Url& url) {
  const std::string host(url.host);
  if (url.is_ipv6) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
  }
  if (equal_ignoring_ascii_case(host, "localhost")) return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

Result<void> check_url(const std::string& url, const std::string& setting) {
  // The text is not repeated: a user part in it would be a password.
  const auto parsed = parse(url);
  if (!parsed || (parsed->scheme != "https" && parsed->scheme != "http")) {
    return fail(
        ErrorKind::config, fmt::format("read {}: it is not a url that can be sent to", setting),
        "write https://host, with a port and a path if need be; no user, query or fragment");
  }
  if (parsed->scheme == "http" && !is_loopback(*parsed)) {
    return fail(ErrorKind::config,
                fmt::format("read {}: plain http to a host that is not this machine", setting),
                "use https; plain http goes to 127.0.0.1, [::1] and localhost only");
  }
  return {};
}

}  // namespace pruuv::config
