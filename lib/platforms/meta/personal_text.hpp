#pragma once

#include <string>
#include <string_view>

#include "model/event.hpp"
#include "model/phone.hpp"

namespace pruuv::platforms::meta {

// Finds what must not leave in the clear in texts that do: a customer typed an e-mail address into
// the shop's search field, or a collector uses the phone number as order id. Page
// customer-information-parameters: contact data is taken hashed only. Must not outlive the event.
class PersonalText {
 public:
  PersonalText(const FunnelEvent& event, const Phone& phone);

  // An e-mail address, whoever's (also with %40), or the event's own e-mail or phone number.
  [[nodiscard]] bool holds_contact(std::string_view text) const;

  // The event's own e-mail or phone number only: user agents may name their maker's address.
  [[nodiscard]] bool holds_own_contact(std::string_view text) const;

  // A contact, or the event's first or last name as a word of its own, of three bytes or more.
  [[nodiscard]] bool holds_person(std::string_view text) const;

 private:
  std::string email_;         // lower case; empty where there is none to look for
  std::string phone_digits_;  // the last digits, which every spelling of the number has
  std::string_view first_name_;
  std::string_view last_name_;
};

}  // namespace pruuv::platforms::meta
