#include "identity/numbering_plan.hpp"

#include <algorithm>
#include <memory>

#include <phonenumbers/phonemetadata.pb.h>
#include <unicode/regex.h>
#include <unicode/unistr.h>

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneMetadata;

// Fewer or more the library refuses whatever its table says.
constexpr std::int32_t national_digits_min = 2;
constexpr std::int32_t national_digits_max = 17;

// What a pattern makes of every text that begins with the digits asked for. ICU says whether it
// looked past their end (hitEnd); as long as it did not, what follows them changes nothing.
class Pattern {
 public:
  explicit Pattern(const std::string& pattern) {
    const auto text = icu::UnicodeString::fromUTF8(pattern);
    matcher_ = std::make_unique<icu::RegexMatcher>(text, 0, status_);
  }

  [[nodiscard]] bool is_usable() const { return U_SUCCESS(status_) != 0; }

  // The digits a match at the beginning takes; -1 for no match, `open` for "depends".
  static constexpr int none = -1;
  static constexpr int open = -2;
  int taken_from(const icu::UnicodeString& beginning) {
    matcher_->reset(beginning);
    const bool found = matcher_->lookingAt(status_) != 0;
    if (!is_usable() || matcher_->hitEnd() != 0) return open;
    return found ? matcher_->end(status_) : none;
  }
  // Whether a group of the pattern took some of it.
  bool has_captured() {
    for (int group = 1; group <= matcher_->groupCount(); ++group) {
      if (matcher_->end(group, status_) > matcher_->start(group, status_)) return true;
    }
    return !is_usable();
  }

  bool may_accept_all_of_a_text(const icu::UnicodeString& beginning) {
    matcher_->reset(beginning);
    return matcher_->matches(status_) != 0 || matcher_->hitEnd() != 0 || !is_usable();
  }

 private:
  UErrorCode status_ = U_ZERO_ERROR;
  std::unique_ptr<icu::RegexMatcher> matcher_;
};

// PhoneNumberUtil::MaybeStripNationalPrefixAndCarrierCode, for what is certain of it. A prefix that
// begins a number the region itself has may also be a part of it, and then the library compares.
int national_prefix(const PhoneMetadata& metadata, Pattern& prefix, Pattern& any_number,
                    const icu::UnicodeString& beginning) {
  if (metadata.national_prefix_for_parsing().empty()) return 0;
  const int taken = prefix.taken_from(beginning);
  if (taken == Pattern::open) return NumberingPlan::unsure;
  if (taken == Pattern::none || taken == 0) return 0;
  const bool is_rewritten =
      !metadata.national_prefix_transform_rule().empty() && prefix.has_captured();
  if (is_rewritten || any_number.may_accept_all_of_a_text(beginning)) return NumberingPlan::unsure;
  return taken;
}

std::string with_plus(std::string_view code, std::string_view national) {
  std::string e164(1, '+');
  return e164.append(code).append(national);
}

}  // namespace

NumberingPlan::NumberingPlan(const PhoneMetadata& metadata)
    : calling_code_(static_cast<std::size_t>(metadata.country_code())) {
  read_lengths(metadata);
  read_prefixes(metadata);
}

// As the library's TestNumberLength: a length that is local-only is nothing else, and a first
// length of -1 says that there are no numbers at all.
void NumberingPlan::read_lengths(const PhoneMetadata& metadata) {
  const auto& possible = metadata.general_desc().possible_length();
  const auto& local_only = metadata.general_desc().possible_length_local_only();
  if (possible.empty() || possible[0] < 0) return;
  longest_ = 0;
  for (const std::int32_t length : possible) {
    longest_ = std::max(longest_, static_cast<std::size_t>(std::max(length, 0)));
    if (length >= national_digits_min && length <= national_digits_max) {
      possible_ |= 1U << static_cast<unsigned>(length);
    }
  }
  for (const std::int32_t length : local_only) {
    longest_ = std::max(longest_, static_cast<std::size_t>(std::max(length, 0)));
    if (length >= 0 && length < 32) possible_ &= ~(1U << static_cast<unsigned>(length));
  }
}

void NumberingPlan::read_prefixes(const PhoneMetadata& metadata) {
  prefix_taken_.fill(unsure);
  may_lead_abroad_.set();
  Pattern international(metadata.international_prefix());
  Pattern national(metadata.national_prefix_for_parsing());
  Pattern any_number(metadata.general_desc().national_number_pattern());
  if (!international.is_usable() || !national.is_usable() || !any_number.is_usable()) return;
  for (std::size_t i = 0; i < beginnings; ++i) {
    icu::UnicodeString beginning;
    beginning.append(static_cast<char16_t>('0' + i / 10));
    beginning.append(static_cast<char16_t>('0' + i % 10));
    may_lead_abroad_[i] = international.taken_from(beginning) != Pattern::none;
    prefix_taken_[i] =
        static_cast<std::int8_t>(national_prefix(metadata, national, any_number, beginning));
  }
}

std::optional<std::string> national_as_e164(std::string_view digits, const NumberingPlan& region,
                                            const NumberingPlan& main) {
  if (region.may_lead_abroad(digits)) return std::nullopt;
  const std::string code = std::to_string(region.calling_code());
  if (digits.starts_with(code)) {
    const std::string_view behind = digits.substr(code.size());
    const bool is_certain = region.is_too_long(digits.size()) && main.is_kept(behind) &&
                            region.prefix_taken(behind) == 0;
    return is_certain ? std::optional(with_plus(code, behind)) : std::nullopt;
  }
  const int prefix = region.prefix_taken(digits);
  if (prefix == NumberingPlan::unsure) return std::nullopt;
  const std::string_view national = digits.substr(static_cast<std::size_t>(prefix));
  if (!region.is_possible(national.size()) || !main.is_possible(national.size())) {
    return std::nullopt;
  }
  return with_plus(code, national);
}

}  // namespace pruuv::identity
