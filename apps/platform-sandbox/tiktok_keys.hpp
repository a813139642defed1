#pragma once

#include "rules.hpp"

/// The literal key lists of a TikTok Events API 2.0 web request.
/// https://business-api.tiktok.com/portal/docs?id=1771101303285761
///
/// The real endpoint answers code 0 to an unknown user key and drops it silently; this one refuses
/// it, because nothing else would ever show the misspelling. `ad`, `lead`, `app` and `device` are
/// left out: they belong to other event sources.
namespace sandbox::tiktok {

inline constexpr std::string_view content_types[] = {"product", "product_group"};
inline constexpr std::string_view customer_types[] = {"new", "returning"};
/// Only `web` is played here.
inline constexpr std::string_view event_sources[] = {"web"};

/// City, state and country travel in plain text, unlike Meta's.
inline constexpr Field user_fields[] = {
    field("email", Kind::hash_or_list),
    field("phone", Kind::hash_or_list),
    field("external_id", Kind::hash_or_list),
    field("ttclid", Kind::plain),
    field("ttp", Kind::plain),
    field("ip", Kind::plain),
    field("user_agent", Kind::plain),
    field("locale", Kind::plain),
    field("first_name", Kind::hash),
    field("last_name", Kind::hash),
    field("zip_code", Kind::hash),
    field("city", Kind::plain),
    field("state", Kind::plain),
    field("country", Kind::plain),
};

inline constexpr Field content_fields[] = {
    field("content_id", Kind::text),       field("content_name", Kind::text),
    field("content_category", Kind::text), field("brand", Kind::text),
    field("price", Kind::number),          field("quantity", Kind::integer),
};

inline constexpr Field property_fields[] = {
    objects("contents", content_fields),     field("content_ids", Kind::texts),
    choice("content_type", content_types),   field("value", Kind::number),
    field("currency", Kind::text),           field("num_items", Kind::integer),
    field("order_id", Kind::text),           field("shop_id", Kind::text),
    field("description", Kind::text),        field("search_string", Kind::text),
    choice("customer_type", customer_types),
};

inline constexpr Field page_fields[] = {
    required(field("url", Kind::text)),
    field("referrer", Kind::text),
};

inline constexpr Field event_fields[] = {
    required(field("event", Kind::text)),     required(field("event_time", Kind::integer)),
    required(field("event_id", Kind::text)),  required(object("user", user_fields)),
    object("properties", property_fields),    required(object("page", page_fields)),
    field("limited_data_use", Kind::boolean),
};

/// partner_name is known to the platform, which refuses names it has not agreed on (40063).
inline constexpr Field request_fields[] = {
    required(choice("event_source", event_sources)),
    required(field("event_source_id", Kind::text)),
    required(field("data", Kind::items)),
    field("test_event_code", Kind::text),
    field("partner_name", Kind::text),
};

/// Names TikTok silently turns into a standard event: whoever sends one keeps another dedup key
/// than TikTok does. The old names of standard events (SubmitForm, CompletePayment) are none of
/// these. https://ads.tiktok.com/help/article/reserved-events
inline constexpr std::string_view reserved_names[] = {"Checkout", "Registration", "Consult"};

/// The closed list of 62 currencies.
inline constexpr std::string_view currencies[] = {
    "AED", "ARS", "AUD", "BDT", "BHD", "BIF", "BOB", "BRL", "CAD", "CHF", "CLP", "CNY", "COP",
    "CRC", "CZK", "DKK", "DZD", "EGP", "EUR", "GBP", "GTQ", "HKD", "HNL", "HUF", "IDR", "ILS",
    "INR", "ISK", "JPY", "KES", "KHR", "KRW", "KWD", "KZT", "MAD", "MOP", "MXN", "MYR", "NGN",
    "NIO", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RUB", "SAR",
    "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VES", "VND", "ZAR"};
static_assert(std::size(currencies) == 62);

}  // namespace sandbox::tiktok
