#include "base/base64.hpp"

#include <cstdint>

namespace pruuv {
namespace {

constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Three bytes become four digits of six bits; what is missing at the end is filled with zeros, and
// its digits are not written.
std::string encoded(std::string_view bytes, std::string_view digits) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i <= group.size(); ++i) {
      out.push_back(digits[bits >> (18U - 6U * i) & 63U]);
    }
  }
  return out;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out = encoded(bytes, standard);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string to_base64url(std::string_view bytes) { return encoded(bytes, url_safe); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string_view digits = text;
  for (int padding = 0; padding < 2 && digits.ends_with('='); ++padding) digits.remove_suffix(1);
  if (digits.find_first_not_of(standard) != std::string_view::npos) return std::nullopt;
  // Bits that stand for no byte are zero in what to_base64 writes.
  const std::size_t stray_bits = digits.size() * 6 % 8;
  if (stray_bits != 0 && standard.find(digits.back()) % (std::size_t{1} << stray_bits) != 0)
    return std::nullopt;
  std::string out;
  out.reserve(digits.size() * 6 / 8);
  std::uint32_t bits = 0;
  std::size_t held = 0;
  for (const char digit : digits) {
    bits = bits << 6U | static_cast<std::uint32_t>(standard.find(digit));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 255U));
  }
  return out;
}

}  // namespace pruuv
