#include "platforms/meta/user_data.hpp"

#include <limits>

#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/fields.hpp"
#include "platforms/meta/click_id.hpp"
#include "platforms/meta/settings.hpp"

namespace pruuv::platforms::meta {
namespace {

// Page conversion-leads-integration/payload-specification: 15 to 17 digits, more than a double
// holds.
constexpr std::int64_t lead_id_min = 100'000'000'000'000;
constexpr std::int64_t lead_id_max = 99'999'999'999'999'999;

std::string hashed_name(const std::string& raw, std::string_view field,
                        std::vector<Warning>& warnings) {
  const Normalize name = [](std::string_view text) {
    return identity::normalize_name(text, identity::NameRule::meta);
  };
  return hashed_field(raw, field, name, Reason::none, warnings);
}

std::string hashed_detail(const Details& details, std::string_view key, Normalize normalize,
                          std::vector<Warning>& warnings) {
  return hashed_field(details.text(key, warnings), key, normalize, Reason::detail_left_out,
                      warnings);
}

std::string read_date_of_birth(const Details& details, std::vector<Warning>& warnings) {
  const std::string_view key = details["date_of_birth"].exists() ? "date_of_birth" : "dob";
  return hashed_detail(details, key, identity::normalize_date_of_birth, warnings);
}

std::string read_external_id(const FunnelEvent& event, const Connection& connection,
                             const Person& person, std::vector<Warning>& warnings) {
  const std::string_view mode = setting(connection, external_id_setting);
  if (mode == "off") return {};
  if (mode != "raw") {
    return hashed_field(event.external_id, "external_id", identity::normalize_external_id_meta,
                        Reason::none, warnings);
  }
  return sendable_plain_text(event.external_id, "external_id", person, warnings);
}

std::string read_fbc(const FunnelEvent& event, const Person& person,
                     std::vector<Warning>& warnings) {
  std::string fbc = choose_fbc(event, warnings);
  const auto parsed = parse_fbc(fbc);
  if (!parsed || !person.is_named_in(parsed->payload)) return fbc;
  warnings.push_back({"fbc", Reason::personal_data_left_out});
  return {};
}

std::string read_fbp(const FunnelEvent& event, std::vector<Warning>& warnings) {
  std::string fbp(trim(event.fbp));
  if (fbp.empty() || is_well_formed_fbp(fbp)) return fbp;
  warnings.push_back({"fbp", Reason::fbp_malformed});
  return {};
}

std::string read_user_agent(const FunnelEvent& event, const Person& person,
                            std::vector<Warning>& warnings) {
  // Never hashed, says the page; whoever hashed it left nothing to send.
  if (is_sha256_hex(trim(event.user_agent))) return {};
  return sendable_plain_text(event.user_agent, "user_agent", person, warnings);
}

std::string read_subscription_id(const Details& details, const Person& person,
                                 std::vector<Warning>& warnings) {
  const std::string id = details.text("subscription_id", warnings);
  if (is_sha256_hex(id)) {
    warnings.push_back({"subscription_id", Reason::detail_left_out});
    return {};
  }
  return sendable_plain_text(id, "subscription_id", person, warnings);
}

void read_person(UserData& user, const FunnelEvent& event, const Phone& phone,
                 const Details& details, std::vector<Warning>& warnings) {
  user.em = hashed_email(event, identity::EmailRule::plain, warnings);
  user.ph = identity::hash_phone_digits(phone);
  warn_of_phone(event, phone, warnings);
  user.fn = hashed_name(event.first_name, "first_name", warnings);
  user.ln = hashed_name(event.last_name, "last_name", warnings);
  user.ge = hashed_detail(details, "gender", identity::normalize_gender, warnings);
  user.db = read_date_of_birth(details, warnings);
  user.ct = hashed_field(event.city, "city", identity::normalize_city, Reason::none, warnings);
  user.st = hashed_field(event.state, "state", identity::normalize_state, Reason::none, warnings);
  user.zp = hashed_field(event.zip, "zip", identity::normalize_zip, Reason::none, warnings);
  user.country = hashed_field(event.country, "country", identity::normalize_country,
                              Reason::country_invalid, warnings);
}

}  // namespace

bool UserData::suffices() const {
  const bool has_identifier = !em.empty() || !ph.empty() || !external_id.empty() || !fbc.empty() ||
                              !fbp.empty() || !subscription_id.empty() || fb_login_id || lead_id;
  if (has_identifier || (!client_ip_address.empty() && !client_user_agent.empty())) return true;
  const bool has_one_name = fn.empty() != ln.empty();
  const bool has_both_names = !fn.empty() && !ln.empty();
  const bool has_more = !ct.empty() || !st.empty() || !zp.empty() || !country.empty() ||
                        !db.empty() || !client_ip_address.empty() || !client_user_agent.empty();
  return has_both_names || (has_one_name && has_more);
}

std::optional<std::int64_t> read_lead_id(const Details& details, std::vector<Warning>& warnings) {
  return details.integer("lead_id", lead_id_min, lead_id_max, warnings);
}

UserData read_user_data(const FunnelEvent& event, const Phone& phone, const Connection& connection,
                        const Details& details, const Person& person,
                        std::vector<Warning>& warnings) {
  UserData user;
  read_person(user, event, phone, details, warnings);
  user.external_id = read_external_id(event, connection, person, warnings);
  user.client_ip_address = sendable_ip(event, warnings);
  user.client_user_agent = read_user_agent(event, person, warnings);
  user.fbc = read_fbc(event, person, warnings);
  user.fbp = read_fbp(event, warnings);
  user.subscription_id = read_subscription_id(details, person, warnings);
  user.fb_login_id =
      details.integer("fb_login_id", 1, std::numeric_limits<std::int64_t>::max(), warnings);
  user.lead_id = read_lead_id(details, warnings);
  return user;
}

void write_user_data(json::Writer& out, const UserData& user) {
  out.key("user_data");
  out.begin_object();
  write_list_of_one(out, "em", user.em);
  write_list_of_one(out, "ph", user.ph);
  write_list_of_one(out, "fn", user.fn);
  write_list_of_one(out, "ln", user.ln);
  write_list_of_one(out, "ge", user.ge);
  write_list_of_one(out, "db", user.db);
  write_list_of_one(out, "ct", user.ct);
  write_list_of_one(out, "st", user.st);
  write_list_of_one(out, "zp", user.zp);
  write_list_of_one(out, "country", user.country);
  write_list_of_one(out, "external_id", user.external_id);
  out.member("client_ip_address", user.client_ip_address);
  out.member("client_user_agent", user.client_user_agent);
  out.member("fbc", user.fbc);
  out.member("fbp", user.fbp);
  out.member("subscription_id", user.subscription_id);
  if (user.fb_login_id) out.member_integer("fb_login_id", *user.fb_login_id);
  if (user.lead_id) out.member_integer("lead_id", *user.lead_id);
  out.end_object();
}

}  // namespace pruuv::platforms::meta
