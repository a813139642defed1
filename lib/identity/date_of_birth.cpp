#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"

namespace pruuv::identity {
namespace {

// As they stand in the text, in their order.
using Parts = std::array<std::string_view, 3>;

std::int64_t number(std::string_view digits) { return parse_int64(digits).value_or(0); }

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::optional<std::string> written(std::int64_t year, std::int64_t month, std::int64_t day) {
  constexpr std::array<std::int64_t, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1) return std::nullopt;
  const std::int64_t leap_day = month == 2 && is_leap(year) ? 1 : 0;
  if (day > days.at(static_cast<std::size_t>(month - 1)) + leap_day) return std::nullopt;
  return fmt::format("{:04}{:02}{:02}", year, month, day);
}

// Three numbers with the same separator twice: '-', '/', '.' or one space.
std::optional<Parts> split_date(std::string_view text) {
  const auto first = std::ranges::find_if_not(text, is_ascii_digit);
  if (first == text.end() || std::string_view("-/. ").find(*first) == std::string_view::npos)
    return std::nullopt;
  const auto parts = split(text, *first);
  if (parts.size() != 3 || !std::ranges::all_of(parts, is_all_digits)) return std::nullopt;
  return Parts{parts[0], parts[1], parts[2]};
}

// An ISO time keeps its date: "1997-02-16T00:00:00Z".
std::string_view without_time(std::string_view text) {
  constexpr std::size_t date_size = 10;
  const bool has_time = text.size() > date_size && text[4] == '-' && text[7] == '-' &&
                        (text[date_size] == 'T' || text[date_size] == ' ');
  return has_time ? text.substr(0, date_size) : text;
}

}  // namespace

std::optional<std::string> normalize_date_of_birth(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const std::string_view text = without_time(trim(raw));
  if (text.size() == 8 && is_all_digits(text))
    return written(number(text.substr(0, 4)), number(text.substr(4, 2)), number(text.substr(6)));
  const auto parts = split_date(text);
  if (!parts) return std::nullopt;
  const auto& [first, second, third] = *parts;
  if (first.size() == 4 && second.size() <= 2 && third.size() <= 2)
    return written(number(first), number(second), number(third));
  if (first.size() > 2 || second.size() > 2 || third.size() != 4) return std::nullopt;
  const std::int64_t a = number(first);
  const std::int64_t b = number(second);
  if (a > 12 || a == b) return written(number(third), b, a);
  if (b > 12) return written(number(third), a, b);
  return std::nullopt;
}

}  // namespace pruuv::identity
