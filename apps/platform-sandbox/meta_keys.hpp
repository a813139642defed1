#pragma once

#include "rules.hpp"

/// The literal key lists of a Meta Conversions API request.
/// https://developers.facebook.com/documentation/ads-commerce/conversions-api/parameters
///
/// Left out on purpose although Meta knows them, because a web funnel never sends them: app_data,
/// the messaging ids, customer_segmentation, birth-date parts, and custom properties of
/// custom_data.
namespace sandbox::meta {

inline constexpr std::string_view action_sources[] = {"email",
                                                      "website",
                                                      "app",
                                                      "phone_call",
                                                      "chat",
                                                      "physical_store",
                                                      "system_generated",
                                                      "business_messaging",
                                                      "other"};
inline constexpr std::string_view content_types[] = {"product", "product_group"};
inline constexpr std::string_view event_sources[] = {"crm"};
inline constexpr std::string_view delivery_categories[] = {"in_store", "curbside", "home_delivery"};

/// Parameters > Customer information parameters: which are hashed and which never are. external_id
/// may be either, but must be spelled as the pixel spells it.
inline constexpr Field user_data_fields[] = {
    field("em", Kind::hash_or_list),
    field("ph", Kind::hash_or_list),
    field("fn", Kind::hash_or_list),
    field("ln", Kind::hash_or_list),
    field("ge", Kind::hash_or_list),
    field("db", Kind::hash_or_list),
    field("ct", Kind::hash_or_list),
    field("st", Kind::hash_or_list),
    field("zp", Kind::hash_or_list),
    field("country", Kind::hash_or_list),
    field("external_id", Kind::text_or_list),
    field("client_ip_address", Kind::plain),
    field("client_user_agent", Kind::plain),
    field("fbc", Kind::plain),
    field("fbp", Kind::plain),
    field("subscription_id", Kind::plain),
    field("fb_login_id", Kind::integer),
    field("lead_id", Kind::integer),
};

inline constexpr Field content_fields[] = {
    field("id", Kind::text),           field("quantity", Kind::integer),
    field("item_price", Kind::number), field("title", Kind::text),
    field("description", Kind::text),  field("brand", Kind::text),
    field("category", Kind::text),     choice("delivery_category", delivery_categories),
};

/// Parameters > Custom data; event_source and lead_event_source are those of CRM leads.
inline constexpr Field custom_data_fields[] = {
    field("value", Kind::number),
    field("currency", Kind::text),
    field("order_id", Kind::text),
    field("content_ids", Kind::texts),
    objects("contents", content_fields),
    choice("content_type", content_types),
    field("content_name", Kind::text),
    field("content_category", Kind::text),
    field("num_items", Kind::integer),
    field("search_string", Kind::text),
    field("status", Kind::text),
    field("predicted_ltv", Kind::number),
    field("net_revenue", Kind::number),
    choice("delivery_category", delivery_categories),
    field("item_number", Kind::text),
    choice("event_source", event_sources),
    field("lead_event_source", Kind::text),
};

inline constexpr Field original_event_fields[] = {
    field("event_name", Kind::text),
    field("event_time", Kind::integer),
    field("order_id", Kind::text),
    field("event_id", Kind::text),
};

/// Parameters > Server event parameters. event_id is optional to Meta and required here: without
/// it neither the pixel's copy nor a resend can be recognised.
inline constexpr Field event_fields[] = {
    required(field("event_name", Kind::text)),
    required(field("event_time", Kind::integer)),
    required(object("user_data", user_data_fields)),
    required(choice("action_source", action_sources)),
    required(field("event_id", Kind::text)),
    field("event_source_url", Kind::text),
    object("custom_data", custom_data_fields),
    field("opt_out", Kind::boolean),
    field("referrer_url", Kind::text),
    field("data_processing_options", Kind::texts),
    field("data_processing_options_country", Kind::integer),
    field("data_processing_options_state", Kind::integer),
    object("original_event_data", original_event_fields),
};

/// Parameters > Main body, and what every call of the Graph API may carry: the token and the proof
/// that the sender knows the app's secret.
inline constexpr Field request_fields[] = {
    required(field("data", Kind::items)), field("partner_agent", Kind::text),
    field("test_event_code", Kind::text), field("namespace_id", Kind::text),
    field("upload_id", Kind::text),       field("upload_tag", Kind::text),
    field("upload_source", Kind::text),   field("access_token", Kind::text),
    field("appsecret_proof", Kind::hash),
};

}  // namespace sandbox::meta
