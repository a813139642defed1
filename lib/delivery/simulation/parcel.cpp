#include "delivery/simulation/parcel.hpp"

#include <utility>
#include <variant>

#include "base/secret.hpp"

namespace pruuv::delivery::simulation {
namespace {

// What stands between `before` and the next `after`; "" where either is missing.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const auto found = text.find(before);
  if (found == std::string_view::npos) return {};
  text.remove_prefix(found + before.size());
  const auto end = text.find(after);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

// A text member of an object; a quotation mark inside a text has a backslash before it.
std::string text_of(std::string_view object, std::string_view key) {
  std::string before = "\"";
  before.append(key).append("\":\"");
  return std::string(between(object, before, "\""));
}

// The objects of the list of that name, as they stand.
std::vector<std::string_view> objects_of(std::string_view body, std::string_view list) {
  std::string before = "\"";
  before.append(list).append("\":[");
  const auto found = body.find(before);
  std::vector<std::string_view> objects;
  if (found == std::string_view::npos) return objects;
  std::size_t begin = 0;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = found + before.size(); i < body.size(); ++i) {
    const char c = body[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{') {
      if (depth++ == 0) begin = i;
    } else if (c == '}') {
      if (--depth == 0) objects.push_back(body.substr(begin, i - begin + 1));
    } else if (c == ']' && depth == 0) {
      break;
    }
  }
  return objects;
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  for (const HttpHeader& header : request.headers) {
    if (header.name != name) continue;
    if (const auto* secret = std::get_if<Secret>(&header.value))
      return std::string(secret->reveal());
    return std::get<std::string>(header.value);
  }
  return {};
}

std::string bearer_of(const HttpRequest& request) {
  const std::string value = header_of(request, "Authorization");
  return value.starts_with("Bearer ") ? value.substr(7) : std::string();
}

struct Shape {
  Vendor vendor;
  std::string_view url_begin;
  std::string_view url_end;
  std::string_view list;
  std::string_view id_key;
};
constexpr Shape shapes[] = {
    {Vendor::meta, "https://graph.facebook.com/v26.0/", "/events", "data", "event_id"},
    {Vendor::tiktok, "https://business-api.tiktok.com/open_api/v1.3/event/", "track/", "data",
     "event_id"},
    {Vendor::google_ads, "https://googleads.googleapis.com/v25/customers/",
     ":uploadClickConversions", "conversions", "orderId"},
    {Vendor::data_manager, "https://datamanager.googleapis.com/v1/", "events:ingest", "events",
     "transactionId"},
};

std::string destination_of(const Shape& shape, std::string_view url, std::string_view body) {
  if (shape.vendor == Vendor::tiktok) return text_of(body, "event_source_id");
  if (shape.vendor == Vendor::data_manager) {
    return text_of(between(body, "\"operatingAccount\":", "}"), "accountId");
  }
  return std::string(between(url, shape.url_begin, shape.url_end));
}

// The event name or the conversion action.
std::string action_of(Vendor vendor, std::string_view object, std::string_view body) {
  switch (vendor) {
    case Vendor::meta:
      return text_of(object, "event_name");
    case Vendor::tiktok:
      return text_of(object, "event");
    case Vendor::google_ads:
      return std::string(between(text_of(object, "conversionAction") + "|", "Actions/", "|"));
    case Vendor::data_manager:
      return text_of(body, "productDestinationId");
  }
  return {};
}

}  // namespace

std::optional<Parcel> open_parcel(const HttpRequest& request) {
  for (const Shape& shape : shapes) {
    if (!request.url.starts_with(shape.url_begin) || !request.url.ends_with(shape.url_end))
      continue;
    Parcel parcel;
    parcel.vendor = shape.vendor;
    parcel.destination = destination_of(shape, request.url, request.body);
    parcel.token =
        shape.vendor == Vendor::tiktok ? header_of(request, "Access-Token") : bearer_of(request);
    parcel.body_bytes = request.body.size();
    for (const std::string_view object : objects_of(request.body, shape.list)) {
      parcel.items.push_back(
          {text_of(object, shape.id_key),
           parcel.destination + "/" + action_of(shape.vendor, object, request.body),
           std::string(object)});
    }
    if (parcel.items.empty() || parcel.destination.empty()) return std::nullopt;
    return parcel;
  }
  return std::nullopt;
}

std::string refresh_token_of(const HttpRequest& request) {
  if (request.url != "https://oauth2.googleapis.com/token") return {};
  return std::string(between(request.secret_body.reveal(), "refresh_token=", "&"));
}

}  // namespace pruuv::delivery::simulation
