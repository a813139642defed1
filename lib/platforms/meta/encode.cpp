#include "platforms/meta/encode.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "platforms/consent.hpp"
#include "platforms/details.hpp"
#include "platforms/event_name.hpp"
#include "platforms/fields.hpp"
#include "platforms/meta/custom_data.hpp"
#include "platforms/meta/original_event.hpp"
#include "platforms/meta/privacy.hpp"
#include "platforms/meta/settings.hpp"
#include "platforms/meta/user_data.hpp"
#include "platforms/meta/value.hpp"
#include "platforms/personal_data.hpp"

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
  std::string scope;
  scope.reserve(connection.destination.size() + 1 + event_name.size());
  scope.append(connection.destination).append("/").append(event_name);
  if (is_store) scope += "/" + sha256_hex(order_id);
  return scope;
}

// A URL whose path holds personal data keeps its host, which is what Meta verifies.
std::string harmless_url(std::string_view raw, std::string_view field, const Person& person,
                         std::vector<Warning>& warnings) {
  std::string url = sendable_url(raw, field, warnings);
  if (!person.is_named_in(url)) return url;
  warnings.push_back({field, Reason::personal_data_left_out});
  const auto host_end = url.find_first_of("/?", url.find("://") + 3);
  url = url.substr(0, host_end) + "/";
  return person.is_named_in(url) ? std::string() : url;
}

std::optional<OriginalEvent> original_event(const FunnelEvent& event, const Connection& connection,
                                            const Details& details, const Person& person,
                                            std::vector<Warning>& warnings) {
  const NameOf name_of = [&](const std::string& funnel_name) {
    return platform_event_name(funnel_name, Person(), connection, {}, standard_events);
  };
  return read_original_event(event, details, person, name_of, warnings);
}

// Everything an event says to Meta, checked and not written yet.
struct Parts {
  std::string event_name;
  ActionSource source;
  std::string url;
  std::string referrer;
  UserData user;
  CustomData custom;
  Privacy privacy;
  std::optional<OriginalEvent> original;
};

bool is_store(const Parts& parts) { return parts.source.word == "physical_store"; }

void read_custom(Parts& parts, const FunnelEvent& event, const Connection& connection,
                 const Details& details, const Person& person, Encoding& out) {
  Money money = read_value(event, connection, parts.event_name == "Purchase", out);
  parts.custom =
      read_custom_data(event, parts.event_name, std::move(money), details, person, out.warnings);
  if (is_store(parts) && parts.custom.order_id.empty()) parts.custom.order_id = event.id;
  if (!parts.user.lead_id || parts.source.word != "system_generated") return;
  parts.custom.is_crm_lead = true;
  parts.custom.lead_event_source = read_crm_name(details, person, out.warnings);
}

Parts read_parts(const FunnelEvent& event, const Phone& phone, const Connection& connection,
                 Encoding& out) {
  const Details details(event);
  const Person person(event);
  Parts parts;
  const auto name = platform_event_name(event.event_name, person, connection, {}, standard_events);
  if (!name) out.refusals.push_back(Reason::event_name_invalid);
  parts.event_name = name.value_or("");
  parts.source = action_source(event);
  if (!parts.source.is_known)
    out.warnings.push_back({"action_source", Reason::action_source_invalid});
  parts.user = read_user_data(event, phone, connection, details, person, out.warnings);
  read_custom(parts, event, connection, details, person, out);
  if (!parts.user.suffices()) out.refusals.push_back(Reason::user_data_insufficient);
  parts.url = harmless_url(event.page_url, "page_url", person, out.warnings);
  parts.referrer = harmless_url(event.referrer, "referrer", person, out.warnings);
  warn_of_website(event, parts.source.word == "website", parts.url, parts.user, out.warnings);
  parts.privacy = read_privacy(event, details, out.warnings);
  parts.original = original_event(event, connection, details, person, out.warnings);
  return parts;
}

std::string written(const FunnelEvent& event, const Parts& parts) {
  json::Writer object(object_bytes);
  object.begin_object();
  object.member("event_name", parts.event_name);
  object.member_integer("event_time", event.event_time);
  object.member("event_id", event.id);
  object.member("action_source", parts.source.word);
  object.member("event_source_url", parts.url);
  object.member("referrer_url", parts.referrer);
  write_privacy(object, parts.privacy);
  if (parts.original) write_original_event(object, *parts.original);
  write_user_data(object, parts.user);
  write_custom_data(object, parts.custom);
  object.end_object();
  return object.take();
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
  if (is_stopped_by_consent(event, connection, denied_consent_setting))
    out.refusals.push_back(Reason::consent_denied);
  const Parts parts = read_parts(event, phone, connection, out);
  if (!out.refusals.empty()) return out;

  out.conversion.event_seq = event.seq;
  out.conversion.event_id = event.id;
  out.conversion.object = written(event, parts);
  out.conversion.dedup_scope =
      dedup_scope(connection, parts.event_name, is_store(parts), parts.custom.order_id);
  out.conversion.batch_key = is_store(parts) ? "physical_store" : "";
  return out;
}

}  // namespace pruuv::platforms::meta
