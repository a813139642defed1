#include "base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv {
namespace {

using std::chrono::sys_seconds;

struct DateTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

// Reads exactly `digits` digits at the front of `text` and takes them off.
bool take_digits(std::string_view& text, std::size_t digits, int& out) {
  if (text.size() < digits) return false;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_ascii_digit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  out = value;
  return true;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<DateTime> parse_date_time(std::string_view text) {
  DateTime t;
  if (!take_digits(text, 4, t.year) || !take_char(text, "-") || !take_digits(text, 2, t.month) ||
      !take_char(text, "-") || !take_digits(text, 2, t.day)) {
    return std::nullopt;
  }
  if (text.empty()) return t;
  if (!take_char(text, "T ") || !take_digits(text, 2, t.hour) || !take_char(text, ":") ||
      !take_digits(text, 2, t.minute)) {
    return std::nullopt;
  }
  if (take_char(text, ":") && !take_digits(text, 2, t.second)) return std::nullopt;
  take_char(text, "Z");
  if (!text.empty() || t.hour > 23 || t.minute > 59 || t.second > 59) return std::nullopt;
  return t;
}

}  // namespace

std::int64_t SystemClock::now_ms() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::int64_t SystemClock::steady_ms() const {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count();
}

void SystemClock::sleep_ms(std::int64_t duration_ms) {
  // Short steps: a signal that comes just before the sleep does not end it.
  constexpr std::int64_t longest_ms = 250;
  const std::int64_t step_ms = std::clamp<std::int64_t>(duration_ms, 0, longest_ms);
  const timespec duration{0, step_ms * 1'000'000};
  ::nanosleep(&duration, nullptr);
}

std::string format_utc(std::int64_t time_s) {
  constexpr std::int64_t year_1_s = -62135596800;
  constexpr std::int64_t year_10000_s = 253402300800;
  if (time_s < year_1_s || time_s >= year_10000_s) return fmt::format("{}", time_s);
  const sys_seconds time{std::chrono::seconds(time_s)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out = "0000-00-00T00:00:00Z";
  const auto put = [&](std::size_t last, std::int64_t number) {
    for (std::size_t at = last; number > 0; --at, number /= 10)
      out[at] = static_cast<char>('0' + number % 10);
  };
  put(3, static_cast<int>(date.year()));
  put(6, static_cast<unsigned>(date.month()));
  put(9, static_cast<unsigned>(date.day()));
  put(12, clock.hours().count());
  put(15, clock.minutes().count());
  put(18, clock.seconds().count());
  return out;
}

std::optional<std::int64_t> parse_duration_s(std::string_view text) {
  if (text == "0") return 0;
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    default:
      return std::nullopt;
  }
  const auto count = parse_int64(text.substr(0, text.size() - 1));
  constexpr std::int64_t longest = 100LL * 366 * 86400;
  if (!count || *count < 0 || *count > longest / unit) return std::nullopt;
  return *count * unit;
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_s) {
  if (const auto ago = parse_duration_s(text)) return now_s - *ago;
  const auto t = parse_date_time(text);
  if (!t) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(t->year),
                                         std::chrono::month(static_cast<unsigned>(t->month)),
                                         std::chrono::day(static_cast<unsigned>(t->day))};
  if (!date.ok()) return std::nullopt;
  const auto midnight = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(midnight).count() + t->hour * 3600 +
         t->minute * 60 + t->second;
}

}  // namespace pruuv
