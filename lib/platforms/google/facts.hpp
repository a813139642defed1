#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"
#include "platforms/google/click.hpp"
#include "platforms/google/extras.hpp"

// What both Google APIs are told of an event, read once; each adapter writes it in its own
// spelling. Raw personal data ends here.
namespace pruuv::platforms::google {

// Sent only whole: Data Manager refuses an address that lacks a part.
struct Address {
  std::string given_name_sha256;
  std::string family_name_sha256;
  std::string region_code;  // ISO 3166-1 alpha-2, upper case, in the clear
  std::string postal_code;  // in the clear
};

// Lower-case hex of the normalised texts; empty or absent = left out.
struct UserData {
  std::string email_sha256;
  std::string phone_sha256;
  std::optional<Address> address;

  [[nodiscard]] bool empty() const {
    return email_sha256.empty() && phone_sha256.empty() && !address;
  }
};

struct Facts {
  std::string conversion_action;
  ClickId click;
  std::string value;  // a JSON number with the event's digits; "" = none to send
  std::string
      currency;   // ISO 4217; "" beside a value = nobody knows it, Google takes the account's
  UserData user;  // with postal addresses for Data Manager only
  Extras extras;
};

// Fills everything of `encoding` but the object: ids, keys, refusals, warnings. The facts are whole
// only where there is no refusal. Beside gbraid and wbraid there is no person, no custom variable
// and no cart. Where consent is denied and the connection sends all the same
// (google.denied_consent) there is nothing but the click that could identify anybody.
[[nodiscard]] Facts read_facts(const FunnelEvent& event, const Phone& phone,
                               const Connection& connection, Api api, Encoding& encoding);

}  // namespace pruuv::platforms::google
