#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"
#include "platforms/details.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::meta {

// user_data as it will be written; empty = left out. Keys are Meta's, of the page
// customer-information-parameters.
struct UserData {
  std::string em, ph, fn, ln, ge, db, ct, st, zp, country;     // SHA-256
  std::string external_id;                                     // SHA-256, or as the event has it
  std::string client_ip_address, client_user_agent, fbc, fbp;  // in the clear, as the rest
  std::string subscription_id;
  std::optional<std::int64_t> fb_login_id;
  std::optional<std::int64_t> lead_id;  // 15 to 17 digits

  // Meta refuses a person described by a subset of one of these (100/2804050, page best-practices):
  // {ct, country, st, zp, ge, client_user_agent}, {db, client_user_agent}, {fn, ge}, {ln, ge}.
  // Beyond them it takes an identifier, IP and user agent together, or a name with more.
  [[nodiscard]] bool suffices() const;
};

// `lead_id` of the details, if it can be one of Meta's lead forms.
[[nodiscard]] std::optional<std::int64_t> read_lead_id(const Details& details,
                                                       std::vector<Warning>& warnings);

[[nodiscard]] UserData read_user_data(const FunnelEvent& event, const Phone& phone,
                                      const Connection& connection, const Details& details,
                                      const Person& person, std::vector<Warning>& warnings);

void write_user_data(json::Writer& out, const UserData& user);

}  // namespace pruuv::platforms::meta
