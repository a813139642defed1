#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/conversion.hpp"
#include "model/event.hpp"

// What platforms want in the clear (order numbers, product names, search words) must not carry what
// they want hashed: collectors put e-mail addresses into order numbers, and people type their phone
// number into a search field.
namespace pruuv::platforms {

// Something like "a@b.cc" anywhere in the text, also with the @ as %40.
[[nodiscard]] bool holds_email_address(std::string_view text);

// What people put between the digits of a phone number.
[[nodiscard]] constexpr bool is_phone_separator(char c) {
  return c == ' ' || c == '-' || c == '.' || c == '+' || c == '/' || c == '(' || c == ')';
}

// The person of one event, as far as its own fields name them.
class Person {
 public:
  Person() = default;  // nobody: only e-mail addresses are found
  explicit Person(const FunnelEvent& event);

  // Whether a text holds an e-mail address of anybody, or the phone number of this person (its last
  // eight digits, whatever stands between them), or first and last name as words of their own.
  [[nodiscard]] bool is_named_in(std::string_view text) const;

 private:
  std::string phone_digits_;  // the last eight, or all of a number with seven; else empty
  std::string first_name_;    // lower case (ASCII); empty unless both are there
  std::string last_name_;
};

// sendable_text() for a field that goes in the clear: personal_data_left_out where it names a
// person.
[[nodiscard]] std::string sendable_plain_text(std::string_view raw, std::string_view field,
                                              const Person& person, std::vector<Warning>& warnings);

}  // namespace pruuv::platforms
