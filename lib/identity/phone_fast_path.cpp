#include "identity/phone_fast_path.hpp"

#include <memory>
#include <vector>

#include "base/text.hpp"
#include "identity/numbering_plan.hpp"
#include "identity/phone_metadata.hpp"

namespace pruuv::identity {
namespace {

constexpr std::size_t calling_code_digits_max = 3;
// Fewer digits than three with something between them are no number for the library.
constexpr std::size_t digits_min = 3;
// Far longer than any number is written: what a pattern does with a page of spaces is not asked.
constexpr std::size_t text_size_max = 40;

// Plans made so far, by their place in the library's table.
class Plans {
 public:
  const NumberingPlan* of(PhoneMetadataTable::Entry entry) {
    if (entry < 0) return nullptr;
    std::unique_ptr<const NumberingPlan>& plan = made_[static_cast<std::size_t>(entry)];
    if (plan == nullptr) {
      const auto metadata = table_.read(entry);
      if (!metadata) return nullptr;
      plan = std::make_unique<const NumberingPlan>(*metadata);
    }
    return plan.get();
  }
  const NumberingPlan* of_region(std::string_view region) { return of(table_.region(region)); }
  const NumberingPlan* of_calling_code(std::size_t code) { return of(table_.main_region(code)); }

 private:
  const PhoneMetadataTable& table_ = PhoneMetadataTable::of_library();
  std::vector<std::unique_ptr<const NumberingPlan>> made_{table_.size()};
};

Plans& plans() {
  thread_local Plans all;
  return all;
}

// No calling code is the beginning of another one, so the first that is known is the one.
bool is_settled_international(std::string_view digits) {
  std::size_t code = 0;
  for (std::size_t taken = 1; taken <= calling_code_digits_max && taken < digits.size(); ++taken) {
    code = code * 10 + static_cast<std::size_t>(digits[taken - 1] - '0');
    const NumberingPlan* main = plans().of_calling_code(code);
    if (main != nullptr) return main->is_kept(digits.substr(taken));
  }
  return false;
}

// The digits of a text the library reads nothing else in: none of these separators begins an
// extension or a second number, and it drops them all, also in front and at the end.
std::optional<std::string> read_digits(std::string_view text) {
  if (text.size() > text_size_max) return std::nullopt;
  std::string digits;
  for (const char c : text) {
    if (is_ascii_digit(c)) {
      digits.push_back(c);
    } else if (std::string_view(" -.()/").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (digits.size() < digits_min) return std::nullopt;
  return digits;
}

}  // namespace

bool is_settled_e164(std::string_view text) {
  if (!text.starts_with('+') || !is_all_digits(text.substr(1)) || text[1] == '0') return false;
  return is_settled_international(text.substr(1));
}

std::optional<std::string> settled_national(std::string_view text, std::string_view region) {
  const auto digits = read_digits(text);
  if (!digits) return std::nullopt;
  const NumberingPlan* plan = plans().of_region(region);
  if (plan == nullptr) return std::nullopt;
  const NumberingPlan* main = plans().of_calling_code(plan->calling_code());
  if (main == nullptr) return std::nullopt;
  return national_as_e164(*digits, *plan, *main);
}

bool is_listed_region(std::string_view region) {
  return PhoneMetadataTable::of_library().region(region) >= 0;
}

}  // namespace pruuv::identity
