#include "platforms/google/answer.hpp"

#include <utility>

#include "base/text.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t code_size_max = 120;

// What mends least by itself ranks highest.
int severity(const Verdict& verdict) {
  switch (verdict.outcome) {
    case Outcome::rejected:
      if (verdict.scope == Scope::event) return 7;
      return verdict.scope == Scope::request ? 6 : 5;
    case Outcome::ambiguous:
      return 4;
    case Outcome::waiting:
      return 3;
    case Outcome::retryable:
      return 2;
    case Outcome::accepted:
      return 1;
  }
  return 0;
}

void keep_worse(std::optional<Verdict>& kept, const Verdict& other) {
  if (!kept || severity(other) > severity(*kept)) kept = other;
}

}  // namespace

Verdict make_verdict(const Meaning& meaning, std::string code, std::string message) {
  Verdict out{meaning.outcome, meaning.scope,      meaning.reason,
              std::move(code), std::move(message), {}};
  if (meaning.wait_s > 0) out.retry_after_s = meaning.wait_s;
  return out;
}

void Faults::add(std::optional<std::size_t> row, Verdict verdict) {
  any_ = true;
  if (row && *row < rows_.size()) {
    if (rows_.size() == 1) verdict = for_all(verdict, 1).verdicts.front();
    keep_worse(rows_[*row], verdict);
    return;
  }
  // Some event is bad and the answer does not say which.
  if (verdict.outcome == Outcome::rejected && verdict.scope == Scope::event) {
    verdict.scope = Scope::request;
  }
  keep_worse(whole_, verdict);
}

std::vector<Verdict> Faults::verdicts(const Verdict& otherwise) const {
  std::vector<Verdict> out = for_all(whole_ ? *whole_ : otherwise, rows_.size()).verdicts;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!rows_[row]) continue;
    if (whole_ && severity(out[row]) > severity(*rows_[row])) continue;
    out[row] = *rows_[row];
  }
  return out;
}

std::optional<std::size_t> row_in_path(std::string_view path, std::string_view list) {
  for (std::size_t at = path.find(list); at != std::string_view::npos;
       at = path.find(list, at + 1)) {
    const std::string_view rest = path.substr(at + list.size());
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos || rest.front() != '[') continue;
    const auto row = parse_int64(rest.substr(1, end - 1));
    if (row && *row >= 0) return static_cast<std::size_t>(*row);
  }
  return std::nullopt;
}

std::string code_word(std::string_view text) {
  for (const char c : text) {
    const bool is_code = is_ascii_alpha(c) || is_ascii_digit(c) ||
                         std::string_view("_.-:/[]").find(c) != std::string_view::npos;
    if (!is_code) return {};
  }
  return cut(text, code_size_max);
}

}  // namespace pruuv::platforms::google
