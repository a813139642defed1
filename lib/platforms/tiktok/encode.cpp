#include "platforms/tiktok/encode.hpp"

#include "base/json.hpp"
#include "platforms/consent.hpp"
#include "platforms/details.hpp"
#include "platforms/event_name.hpp"
#include "platforms/fields.hpp"
#include "platforms/personal_data.hpp"
#include "platforms/tiktok/event_names.hpp"
#include "platforms/tiktok/properties.hpp"
#include "platforms/tiktok/user.hpp"

namespace pruuv::platforms::tiktok {
namespace {

// Scheme and host of a cleaned URL.
std::string origin_of(const std::string& url) {
  const auto host = url.find("://") + 3;
  return url.substr(0, url.find_first_of("/?", host)) + "/";
}

// A URL whose path or remaining parameters name the person ("/thanks/jane@example.com") is cut back
// to its host: enough for TikTok, which only insists on a URL.
std::string read_url(std::string_view raw, std::string_view field, const Person& person,
                     std::vector<Warning>& warnings) {
  std::string url = sendable_url(raw, field, warnings);
  if (url.empty() || !person.is_named_in(url)) return url;
  warnings.push_back({field, Reason::personal_data_left_out});
  url = origin_of(url);
  return person.is_named_in(url) ? std::string() : url;
}

struct Page {
  std::string url;  // the event's, else the connection's
  std::string referrer;
};

Page read_page(const FunnelEvent& event, const Connection& connection, const Person& person,
               std::vector<Warning>& warnings) {
  Page page;
  page.url = read_url(event.page_url, "page_url", person, warnings);
  if (page.url.empty())
    page.url = sendable_url(setting(connection, "tiktok.page_url"), "page_url", warnings);
  page.referrer = read_url(event.referrer, "referrer", person, warnings);
  return page;
}

void write_page(json::Writer& out, const Page& page) {
  out.key("page");
  out.begin_object();
  out.member("url", page.url);
  out.member("referrer", page.referrer);
  out.end_object();
}

}  // namespace

Encoding encode(const FunnelEvent& event, const Phone& phone, const Connection& connection) {
  Encoding out;
  if (is_stopped_by_consent(event, connection, "tiktok.denied_consent")) {
    out.refusals.push_back(Reason::consent_denied);
  }
  const Person person(event);
  const auto name =
      platform_event_name(event.event_name, person, connection, event_words, standard_events);
  if (!name) out.refusals.push_back(Reason::event_name_invalid);

  const Details details(event);
  const Page page = read_page(event, connection, person, out.warnings);
  if (page.url.empty()) out.refusals.push_back(Reason::page_url_missing);

  const User user = read_user(event, phone, connection, details, person, out.warnings);
  // With limited_data_use TikTok decides by the visitor's address; without one the wish cannot be
  // kept.
  const bool is_limited = is_limited_data_use(event);
  if (!user.suffices() || (is_limited && user.ip.empty())) {
    out.refusals.push_back(Reason::user_data_insufficient);
  }
  const Properties properties = read_properties(event, connection, details, person, out.warnings);
  if (!out.refusals.empty()) return out;

  json::Writer object(object_bytes);
  object.begin_object();
  object.member("event", *name);
  object.member_integer("event_time", event.event_time);
  object.member("event_id", event.id);
  write_user(object, user);
  write_page(object, page);
  write_properties(object, properties);
  if (is_limited) object.member_boolean("limited_data_use", true);
  object.end_object();

  out.conversion.event_seq = event.seq;
  out.conversion.event_id = event.id;
  out.conversion.object = object.take();
  out.conversion.dedup_scope = connection.destination + "/" + *name;
  return out;
}

}  // namespace pruuv::platforms::tiktok
