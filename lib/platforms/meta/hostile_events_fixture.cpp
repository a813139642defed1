#include "platforms/meta/hostile_events_fixture.hpp"

#include <array>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::platforms::meta {
namespace {

using namespace std::string_view_literals;

constexpr std::array event_names = {
    "purchase"sv, "lead"sv, "Search"sv, "booking"sv, "Initiatecheckout"sv, "CompleteRegistration"sv,
    "Qualified"sv};
constexpr std::array action_sources = {
    ""sv, "website"sv, "physical_store"sv, "email"sv, "APP"sv, "system_generated"sv, "fax"sv};

constexpr std::array hostile_texts = {
    " "sv,
    "null"sv,
    "[]"sv,
    "{}"sv,
    "\0"sv,
    "a\0b"sv,
    "\x01\x1f\x7f"sv,
    "\"},{\"x\":null,\"y\":\""sv,
    "\\u0000\\"sv,
    "</script>"sv,
    "\xff\xfe"sv,
    "\xc3"sv,
    "\xed\xa0\x80"sv,
    "\U0001F600 \u202E\u2028"sv,
    "\u00DF\u0130\u03A3"sv,
    "99999999999999999999999999"sv,
    "-1"sv,
    "1e308"sv,
    "NaN"sv,
    "0x10"sv,
    "1.2.3"sv,
    "%00%ff%"sv,
    "https://["sv,
    "true"sv,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"sv,
};

// JSON values no detail takes.
constexpr std::array wrong_values = {"null"sv,
                                     "true"sv,
                                     "-1"sv,
                                     "1e999"sv,
                                     "123456789012345678901234567890"sv,
                                     "\"\""sv,
                                     "\" \""sv,
                                     "[]"sv,
                                     "{}"sv,
                                     "[null,[1],{\"a\":null}]"sv,
                                     "0.0000001"sv,
                                     "[\"\",\"x\"]"sv,
                                     "{\"id\":null}"sv,
                                     "\"\\u0000\""sv};

constexpr std::array text_keys = {"content_name"sv,   "content_category"sv, "search_string"sv,
                                  "status"sv,         "item_number"sv,      "lead_event_source"sv,
                                  "subscription_id"sv};
constexpr std::array detail_keys = {"gender"sv,
                                    "date_of_birth"sv,
                                    "dob"sv,
                                    "lead_id"sv,
                                    "fb_login_id"sv,
                                    "content_ids"sv,
                                    "content_type"sv,
                                    "num_items"sv,
                                    "predicted_ltv"sv,
                                    "net_revenue"sv,
                                    "delivery_category"sv,
                                    "opt_out"sv,
                                    "data_processing_options_country"sv,
                                    "data_processing_options_state"sv};

std::string quoted(std::string_view text) {
  json::Writer out;
  out.text(text);
  return out.str();
}

}  // namespace

std::string HostileEvents::digits(std::size_t count) {
  std::string out;
  while (out.size() < count) out += static_cast<char>('1' + below(9));
  return out;
}

HostileEvents::Customer HostileEvents::make_customer() {
  Customer customer;
  customer.email = fmt::format("Zebedee.Q{}@Mail.Example", digits(6));
  customer.phone_digits = "4420703" + digits(5);
  customer.phone =
      "+44 20 703" + customer.phone_digits.substr(7, 1) + " " + customer.phone_digits.substr(8);
  customer.first_name = "Zébedee";
  customer.last_name = "Quillfeather";
  return customer;
}

Connection HostileEvents::make_connection() {
  Connection connection;
  connection.destination = "1234567890123456";
  if (happens(30)) connection.currency = "EUR";
  if (happens(50)) connection.default_country = "GB";
  if (happens(30)) connection.settings["meta.external_id"] = happens(70) ? "raw" : "off";
  if (happens(30)) connection.settings["meta.token_in"] = "body";
  if (happens(30)) connection.settings["meta.denied_consent"] = "send";
  if (happens(10)) connection.settings["meta.partner_agent"] = "agency-1.0";
  if (happens(10)) connection.test_event_code = "TEST1";
  return connection;
}

std::string HostileEvents::garbage() {
  std::string out(one_of(hostile_texts));
  while (happens(40)) out += one_of(hostile_texts);
  if (happens(2)) out += std::string(20'000, 'x');
  return out;
}

std::string HostileEvents::personal_text(const Customer& customer) {
  switch (below(7)) {
    case 0:
      return customer.email;
    case 1:
      return "mail to " + ascii_lower(customer.email) + "!";
    case 2:
      return customer.phone;
    case 3:
      return "tel:" + customer.phone_digits;
    case 4:
      return customer.first_name + " " + customer.last_name;
    case 5:
      return ascii_upper(customer.last_name) + ", " + customer.first_name + ": order";
    default:
      return "\t" + customer.first_name + " X. " + customer.last_name + "\n";
  }
}

std::string HostileEvents::good_detail(std::string_view key) {
  if (key == "gender") return "\"Female\"";
  if (key == "date_of_birth" || key == "dob") return "\"1997-02-16\"";
  if (key == "lead_id") return digits(16);
  if (key == "fb_login_id") return digits(17);
  if (key == "content_ids") return R"(["A-1", 7])";
  if (key == "content_type") return R"("product")";
  if (key == "num_items") return "3";
  if (key == "delivery_category") return R"("curbside")";
  if (key == "opt_out") return "true";
  if (key == "data_processing_options_country") return "1";
  if (key == "data_processing_options_state") return "1005";
  return "12.50";
}

std::string HostileEvents::detail(std::string_view key, const Customer& customer) {
  if (happens(25)) return std::string(one_of(wrong_values));
  if (happens(10)) return quoted(garbage());
  if (happens(15)) return quoted(personal_text(customer));
  return good_detail(key);
}

std::string HostileEvents::original_event(const Customer& customer) {
  const std::string name = happens(80) ? R"("purchase")" : quoted(customer.email);
  const std::string time = happens(80) ? "1795300000" : std::string(one_of(wrong_values));
  const std::string id = happens(70) ? R"("A-1")" : detail("order_id", customer);
  return fmt::format(R"({{"event_name":{},"event_time":{},"order_id":{},"event_id":{}}})", name,
                     time, id, happens(50) ? id : R"("e-1")");
}

std::string HostileEvents::contents(const Customer& customer) {
  std::string out = "[";
  for (std::size_t i = 0; i < 1 + below(3); ++i) {
    if (i > 0) out += ',';
    const std::string text = happens(60) ? R"("Shoes")" : detail("content_name", customer);
    const std::string id = happens(80) ? R"("SKU-1")" : quoted(customer.email);
    const std::string number = happens(60) ? "2" : std::string(one_of(wrong_values));
    out += fmt::format(R"({{"id":{},"quantity":{},"price":{},"name":{},"brand":{},"category":{},)"
                       R"("delivery_category":{},"colour":{}}})",
                       id, number, number, text, text, text, happens(50) ? R"("in_store")" : text,
                       text);
  }
  return out + "]";
}

std::string HostileEvents::make_extra(const Customer& customer) {
  if (happens(5)) return garbage();
  std::string out = "{\"unknown\":" + quoted(personal_text(customer));
  const auto add = [&](std::string_view key, const std::string& value) {
    out += fmt::format(",\"{}\":{}", key, value);
  };
  for (const std::string_view key : detail_keys) {
    if (happens(50)) add(key, detail(key, customer));
  }
  for (const std::string_view key : text_keys) {
    if (happens(30)) add(key, happens(50) ? quoted("blue shoes") : detail(key, customer));
  }
  if (happens(50)) add("contents", happens(85) ? contents(customer) : detail("contents", customer));
  if (happens(50)) add("original_event", original_event(customer));
  return out + "}";
}

void HostileEvents::fill_click_ids(FunnelEvent& event) {
  const std::array cookies = {"fb.1.1795300000123.IwAR2F4-dbP0_aem_x"sv,
                              "fb.2.1795300000123.IwAR2F4.AQQCAQMC"sv,
                              "fb.1.1795300000123.IwAR2F4.BA"sv,
                              "fb.1.1795300000.IwAR2F4"sv,
                              "fb.1.1095300000123.IwAR2F4"sv,
                              "fb.1.1795300000123.Iw AR"sv,
                              "fb.1.1795300000123.IwAR.ZZ"sv,
                              "FB.1.1795300000123.IwAR"sv};
  if (happens(50)) event.fbc = happens(80) ? std::string(one_of(cookies)) : garbage();
  if (happens(50)) event.fbclid = happens(60) ? "IwAR" + digits(40) : garbage();
  if (happens(50)) event.click_timestamp = happens(60) ? "1795390000" : garbage();
  if (happens(50)) {
    event.fbp = happens(60)   ? "fb.1.1795200000123.1098115397"
                : happens(50) ? std::string(one_of(cookies))
                              : garbage();
  }
}

void HostileEvents::fill_places_for_text(FunnelEvent& event, const Customer& customer) {
  if (happens(60)) event.order_id = happens(50) ? "A-1001" : personal_text(customer);
  if (happens(60)) event.user_agent = happens(70) ? "Mozilla/5.0" : customer.email;
  if (happens(60)) event.external_id = happens(50) ? "customer-42" : personal_text(customer);
  for (std::string* const url : {&event.page_url, &event.referrer}) {
    if (happens(30)) continue;
    *url = "https://shop.example/thanks";
    if (happens(20)) *url += "/" + customer.email;
    if (happens(10)) *url += "/" + customer.phone_digits;
    if (happens(30)) *url += "?id=7&mail=" + ascii_lower(customer.email);
    if (happens(10)) *url += "#" + customer.last_name;
    if (happens(10)) *url += ".AQQAAQMC";
  }
}

void HostileEvents::fill_columns(FunnelEvent& event, const Customer& customer) {
  event.event_name = one_of(event_names);
  if (happens(10)) event.event_name = happens(50) ? customer.email : garbage();
  event.action_source = one_of(action_sources);
  event.email = customer.email;
  event.phone = happens(90) ? customer.phone : customer.phone_digits;
  event.first_name = customer.first_name;
  event.last_name = customer.last_name;
  event.value = happens(80) ? "49.90" : "";
  event.currency = happens(80) ? "eur" : "MRU";
  event.country = "GB";
  event.city = "London";
  event.state = "California";
  event.zip = "SW1A 1AA";
  event.ip = happens(50) ? "203.0.113.9.AQQAAQMC" : "2001:db8::1";
  if (happens(20)) event.limited_data_use = "1";
  if (happens(20)) event.consent_ad_user_data = happens(50) ? "denied" : "granted";
}

HostileEvent HostileEvents::next() {
  HostileEvent out;
  const Customer customer = make_customer();
  FunnelEvent& event = out.event;
  event.seq = static_cast<std::int64_t>(++made_);
  event.id = fmt::format("3f2a9c1e-7b4d-4e8a-9c55-{:012x}", made_);
  event.event_time = 1795400000;
  fill_columns(event, customer);
  fill_click_ids(event);
  fill_places_for_text(event, customer);
  event.extra = make_extra(customer);
  // The columns whose values are looked for elsewhere stay as they are.
  for (const EventField& field : event_fields) {
    const bool is_person = field.text == &FunnelEvent::email || field.text == &FunnelEvent::phone ||
                           field.text == &FunnelEvent::first_name ||
                           field.text == &FunnelEvent::last_name;
    if (!is_person && happens(6)) event.*(field.text) = garbage();
  }
  out.connection = make_connection();
  out.secrets = {ascii_lower(customer.email),
                 ascii_lower(customer.last_name),
                 "zébedee",
                 customer.phone_digits,
                 customer.phone,
                 customer.phone_digits.substr(2)};
  return out;
}

}  // namespace pruuv::platforms::meta
