#include "platforms/meta/encode.hpp"

#include <array>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "platforms/event_name.hpp"
#include "platforms/fields.hpp"
#include "platforms/meta/click_id.hpp"
#include "platforms/money.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::array<std::string_view, 9> action_sources = {
    "website",
    "email",
    "app",
    "phone_call",
    "chat",
    "physical_store",
    "system_generated",
    "business_messaging",
    "other",
};

constexpr std::array<std::string_view, 18> standard_events = {
    "AddPaymentInfo",   "AddToCart",
    "AddToWishlist",    "CompleteRegistration",
    "Contact",          "CustomizeProduct",
    "Donate",           "FindLocation",
    "InitiateCheckout", "Lead",
    "PageView",         "Purchase",
    "Schedule",         "Search",
    "StartTrial",       "SubmitApplication",
    "Subscribe",        "ViewContent",
};

// user_data as it will be written; empty = left out. Keys are Meta's.
struct UserData {
  std::string em, ph, fn, ln, ct, st, zp, country, external_id;  // SHA-256
  std::string client_ip_address, client_user_agent, fbc, fbp;    // in the clear

  // Meta refuses a person described by a subset of one of these (100/2804050, page best-practices):
  // {ct, country, st, zp, ge, client_user_agent}, {db, client_user_agent}, {fn, ge}, {ln, ge}.
  [[nodiscard]] bool suffices() const {
    if (!em.empty() || !ph.empty() || !external_id.empty() || !fbc.empty() || !fbp.empty())
      return true;
    if (!client_ip_address.empty() && !client_user_agent.empty()) return true;
    const bool has_one_name = fn.empty() != ln.empty();
    const bool has_both_names = !fn.empty() && !ln.empty();
    const bool has_more = !ct.empty() || !st.empty() || !zp.empty() || !country.empty() ||
                          !client_ip_address.empty() || !client_user_agent.empty();
    return has_both_names || (has_one_name && has_more);
  }
};

UserData read_user_data(const FunnelEvent& event, const Phone& phone,
                        std::vector<Warning>& warnings) {
  using identity::NameRule;
  const Normalize name = [](std::string_view raw) {
    return identity::normalize_name(raw, NameRule::meta);
  };
  UserData user;
  user.em = hashed_email(event, warnings);
  user.ph = identity::hash_phone_digits(phone);
  warn_of_phone(event, phone, warnings);
  user.fn = hashed_field(event.first_name, "first_name", name, Reason::none, warnings);
  user.ln = hashed_field(event.last_name, "last_name", name, Reason::none, warnings);
  user.ct = hashed_field(event.city, "city", identity::normalize_city, Reason::none, warnings);
  user.st = hashed_field(event.state, "state", identity::normalize_state, Reason::none, warnings);
  user.zp = hashed_field(event.zip, "zip", identity::normalize_zip, Reason::none, warnings);
  user.country = hashed_field(event.country, "country", identity::normalize_country,
                              Reason::country_invalid, warnings);
  user.external_id = hashed_field(event.external_id, "external_id",
                                  identity::normalize_external_id_meta, Reason::none, warnings);
  user.client_ip_address = sendable_ip(event, warnings);
  user.client_user_agent = sendable_text(event.user_agent, "user_agent", warnings);
  user.fbc = choose_fbc(event, warnings);
  user.fbp = std::string(trim(event.fbp));
  if (!user.fbp.empty() && !is_well_formed_fbp(user.fbp)) {
    warnings.push_back({"fbp", Reason::fbp_malformed});
    user.fbp.clear();
  }
  return user;
}

void write_list(json::Writer& out, std::string_view key, const std::string& only) {
  if (only.empty()) return;
  out.key(key);
  out.begin_array();
  out.text(only);
  out.end_array();
}

void write_user_data(json::Writer& out, const UserData& user) {
  out.key("user_data");
  out.begin_object();
  write_list(out, "em", user.em);
  write_list(out, "ph", user.ph);
  write_list(out, "fn", user.fn);
  write_list(out, "ln", user.ln);
  write_list(out, "ct", user.ct);
  write_list(out, "st", user.st);
  write_list(out, "zp", user.zp);
  write_list(out, "country", user.country);
  write_list(out, "external_id", user.external_id);
  out.member("client_ip_address", user.client_ip_address);
  out.member("client_user_agent", user.client_user_agent);
  out.member("fbc", user.fbc);
  out.member("fbp", user.fbp);
  out.end_object();
}

// value and currency go together or not at all (100/2804023); a Purchase needs both (2804009,
// 2804010).
Money read_checked_money(const FunnelEvent& event, const Connection& connection, bool is_purchase,
                         Encoding& out) {
  Money money = read_money(event, connection);
  if (money.value_is == Stated::given && money.currency_is == Stated::given) return money;
  if (is_purchase) {
    if (money.value_is == Stated::missing) out.refusals.push_back(Reason::value_missing);
    if (money.value_is == Stated::invalid) out.refusals.push_back(Reason::value_invalid);
    if (money.currency_is == Stated::missing) out.refusals.push_back(Reason::currency_missing);
    if (money.currency_is == Stated::invalid) out.refusals.push_back(Reason::currency_invalid);
  } else if (money.value_is == Stated::invalid) {
    out.warnings.push_back({"value", Reason::value_left_out});
  } else if (money.value_is == Stated::given) {
    out.warnings.push_back({"currency", Reason::currency_left_out});
  }
  return Money{};
}

void write_custom_data(json::Writer& out, const Money& money, const std::string& order_id) {
  if (money.value.empty() && order_id.empty()) return;
  out.key("custom_data");
  out.begin_object();
  out.member_raw("value", money.value);
  out.member("currency", money.currency);
  out.member("order_id", order_id);
  out.end_object();
}

// Country and state 0: Meta finds the place by the IP address (page data-processing-options).
void write_limited_data_use(json::Writer& out) {
  out.key("data_processing_options");
  out.begin_array();
  out.text("LDU");
  out.end_array();
  out.member_integer("data_processing_options_country", 0);
  out.member_integer("data_processing_options_state", 0);
}

// Meta asks for both on website events and takes them without: a remark, no refusal.
void warn_of_website(const FunnelEvent& event, bool is_website, const std::string& url,
                     const UserData& user, std::vector<Warning>& warnings) {
  if (url.empty() && (is_website || !trim(event.page_url).empty())) {
    warnings.push_back({"page_url", Reason::page_url_absent});
  }
  if (is_website && user.client_user_agent.empty()) {
    warnings.push_back({"user_agent", Reason::user_agent_missing});
  }
}

// Offline sales are known again by order id, not by event_id (page offline-events): the order's
// own, else the event's. It is then part of the dedup key, as a hash: an order id can
// be personal.
std::string dedup_scope(const Connection& connection, const std::string& event_name, bool is_store,
                        const std::string& order_id) {
  std::string scope = connection.destination + "/" + event_name;
  if (is_store) scope += "/" + sha256_hex(order_id);
  return scope;
}

}  // namespace

ActionSource action_source(const FunnelEvent& event) {
  const std::string_view word = trim(event.action_source);
  if (word.empty()) return {"website"};
  for (const std::string_view known : action_sources) {
    if (equal_ignoring_ascii_case(word, known)) return {known};
  }
  return {"other", false};
}

Encoding encode(const FunnelEvent& event, const Phone& phone, const Connection& connection) {
  Encoding out;
  if (consent(event.consent_ad_user_data) == Consent::denied) {
    out.refusals.push_back(Reason::consent_denied);
  }
  const auto name = platform_event_name(event, connection, {}, standard_events);
  if (!name) out.refusals.push_back(Reason::event_name_invalid);
  const std::string event_name = name.value_or("");
  const Money money = read_checked_money(event, connection, event_name == "Purchase", out);
  const ActionSource source = action_source(event);
  if (!source.is_known) out.warnings.push_back({"action_source", Reason::action_source_invalid});
  const bool is_store = source.word == "physical_store";

  const UserData user = read_user_data(event, phone, out.warnings);
  if (!user.suffices()) out.refusals.push_back(Reason::user_data_insufficient);
  const std::string url = sendable_url(event.page_url, "page_url", out.warnings);
  const std::string referrer = sendable_url(event.referrer, "referrer", out.warnings);
  warn_of_website(event, source.word == "website", url, user, out.warnings);
  std::string order_id = sendable_text(event.order_id, "order_id", out.warnings);
  if (is_store && order_id.empty()) order_id = event.id;
  if (!out.refusals.empty()) return out;

  json::Writer object;
  object.begin_object();
  object.member("event_name", event_name);
  object.member_integer("event_time", event.event_time);
  object.member("event_id", event.id);
  object.member("action_source", source.word);
  object.member("event_source_url", url);
  object.member("referrer_url", referrer);
  if (is_limited_data_use(event)) write_limited_data_use(object);
  write_user_data(object, user);
  write_custom_data(object, money, order_id);
  object.end_object();

  out.conversion.event_seq = event.seq;
  out.conversion.event_id = event.id;
  out.conversion.object = object.str();
  out.conversion.dedup_scope = dedup_scope(connection, event_name, is_store, order_id);
  out.conversion.batch_key = is_store ? "physical_store" : "";
  return out;
}

}  // namespace pruuv::platforms::meta
