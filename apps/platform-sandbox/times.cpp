#include "times.hpp"

#include <chrono>

namespace sandbox {
namespace {

/// Reads fixed-width parts of a time from left to right; one wrong character spoils the whole.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    if (rest_.size() < digits) return fail();
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  void literal(char expected) {
    if (!accept(expected)) fail();
  }

  bool accept(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Skips the digits of a fraction and says how many there were.
  std::size_t skip_digits() {
    std::size_t count = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      rest_.remove_prefix(1);
      ++count;
    }
    return count;
  }

  int fail() {
    good_ = false;
    return 0;
  }

  [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::int64_t read_date_and_time(Scanner& scanner, char between) {
  const int year = scanner.number(4);
  scanner.literal('-');
  const int month = scanner.number(2);
  scanner.literal('-');
  const int day = scanner.number(2);
  scanner.literal(between);
  const int hour = scanner.number(2);
  scanner.literal(':');
  const int minute = scanner.number(2);
  scanner.literal(':');
  const int second = scanner.number(2);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return scanner.fail();
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return std::int64_t{days} * seconds_per_day + hour * 3600 + minute * 60 + second;
}

std::int64_t read_offset(Scanner& scanner) {
  const bool ahead = scanner.accept('+');
  if (!ahead) scanner.literal('-');
  const int hour = scanner.number(2);
  scanner.literal(':');
  const int minute = scanner.number(2);
  if (hour > 15 || minute > 59) return scanner.fail();
  const int seconds = hour * 3600 + minute * 60;
  return ahead ? seconds : -seconds;
}

}  // namespace

std::optional<std::int64_t> parse_ads_time(std::string_view text) {
  Scanner scanner(text);
  const std::int64_t local = read_date_and_time(scanner, ' ');
  const std::int64_t offset = read_offset(scanner);
  if (!scanner.finished()) return std::nullopt;
  return local - offset;
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  Scanner scanner(text);
  const std::int64_t local = read_date_and_time(scanner, 'T');
  if (scanner.accept('.')) {
    const std::size_t digits = scanner.skip_digits();
    if (digits != 3 && digits != 6 && digits != 9) scanner.fail();
  }
  const std::int64_t offset = scanner.accept('Z') ? 0 : read_offset(scanner);
  if (!scanner.finished()) return std::nullopt;
  return local - offset;
}

}  // namespace sandbox
