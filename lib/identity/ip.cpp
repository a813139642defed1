#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {
namespace {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

struct Ipv4Block {
  Ipv4 first;
  unsigned bits;
};

// Never a visitor on the public internet (IANA special-purpose registry, RFC 6890). The
// documentation blocks 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 are not here: demos and
// tests use them.
constexpr std::array<Ipv4Block, 11> blocks_without_visitors = {{
    {{0, 0, 0, 0}, 8},       // this network, unspecified
    {{10, 0, 0, 0}, 8},      // private
    {{100, 64, 0, 0}, 10},   // shared, behind a carrier's NAT
    {{127, 0, 0, 0}, 8},     // loopback
    {{169, 254, 0, 0}, 16},  // link-local
    {{172, 16, 0, 0}, 12},   // private
    {{192, 0, 0, 0}, 24},    // protocol assignments
    {{192, 168, 0, 0}, 16},  // private
    {{198, 18, 0, 0}, 15},   // benchmarks
    {{224, 0, 0, 0}, 4},     // multicast
    {{240, 0, 0, 0}, 4},     // reserved, broadcast
}};

constexpr std::uint32_t number_of(const Ipv4& address) {
  return (std::uint32_t{address[0]} << 24) | (std::uint32_t{address[1]} << 16) |
         (std::uint32_t{address[2]} << 8) | std::uint32_t{address[3]};
}

bool is_public(const Ipv4& address) {
  return std::none_of(
      blocks_without_visitors.begin(), blocks_without_visitors.end(), [&](const Ipv4Block& block) {
        return (number_of(address) ^ number_of(block.first)) >> (32 - block.bits) == 0;
      });
}

// 2000::/3 is all the global unicast space there is, the documentation block 2001:db8::/32
// included; loopback, unspecified, unique local, link-local, site-local and multicast lie outside.
bool is_public(const Ipv6& address) { return address[0] >> 5 == 1; }

bool is_mapped_ipv4(const Ipv6& address) {
  return std::all_of(address.begin(), address.begin() + 10,
                     [](std::uint8_t b) { return b == 0; }) &&
         address[10] == 0xFF && address[11] == 0xFF;
}

std::string to_text(const Ipv4& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, address.data(), text.data(), text.size());
  return text.data();
}

enum class Reading { no_address, not_public, usable };

Reading read_address(const std::string& text, std::string& out) {
  Ipv4 v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) {
    out = text;
    return is_public(v4) ? Reading::usable : Reading::not_public;
  }
  Ipv6 v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return Reading::no_address;
  if (is_mapped_ipv4(v6)) {
    std::copy(v6.begin() + 12, v6.end(), v4.begin());
    out = to_text(v4);
    return is_public(v4) ? Reading::usable : Reading::not_public;
  }
  out = text;
  return is_public(v6) ? Reading::usable : Reading::not_public;
}

}  // namespace

std::optional<std::string> normalize_ip(std::string_view raw) {
  const std::string_view text = trim(raw);
  // inet_pton would read a text with a NUL inside only up to it.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string address;
  Reading reading = read_address(std::string(text), address);
  if (reading == Reading::no_address) {
    reading = read_address(std::string(without_appendix(text)), address);
  }
  if (reading != Reading::usable) return std::nullopt;
  return address;
}

}  // namespace pruuv::identity
