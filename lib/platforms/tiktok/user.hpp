#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"
#include "platforms/details.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::tiktok {

// `user` as it will be written; empty = left out. Keys are TikTok's: it answers code 0 even to a
// misspelled one. Page "Parameters" of business-api.tiktok.com/portal/docs
struct User {
  std::string ttclid, ttp;                // in the clear
  std::string email, phone, external_id;  // SHA-256
  std::string ip, user_agent, locale;     // in the clear
  std::string first_name, last_name;      // SHA-256
  std::string city, state;                // normalised, in the clear
  std::string zip_code;                   // SHA-256
  std::string country;                    // normalised, in the clear

  // TikTok documents no minimum; without one of these nothing can be matched.
  [[nodiscard]] bool suffices() const {
    return !ttclid.empty() || !email.empty() || !phone.empty() || !external_id.empty();
  }
};

// A ttclid is at most 1,000 characters, never cut, and none of another platform (left out with a
// warning). `locale` is a detail in the shape of BCP 47, "en-US"; TikTok's own example has "en_US",
// so it goes as it is written. external_id is hashed, or left out where the connection's
// tiktok.external_id is `off`. Where consent was denied (and the connection sends nevertheless)
// only the click stays: ttclid and ttp, and the address that limited data use needs.
[[nodiscard]] User read_user(const FunnelEvent& event, const Phone& phone,
                             const Connection& connection, const Details& details,
                             const Person& person, std::vector<Warning>& warnings);

void write_user(json::Writer& out, const User& user);

}  // namespace pruuv::platforms::tiktok
