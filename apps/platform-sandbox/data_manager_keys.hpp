#pragma once

#include "rules.hpp"

/// The literal key lists of IngestEventsRequest in proto3 JSON (lowerCamelCase).
/// google/ads/datamanager/v1/{ingestion_service,event,user_data,destination}.proto,
/// https://developers.google.com/data-manager/api/devguides/events/google-ads/offline
///
/// Left out on purpose: the deprecated `product`, encryptionInfo, and the keys of Google Analytics
/// and of data partners.
namespace sandbox::data_manager {

inline constexpr std::string_view account_types[] = {"GOOGLE_ADS", "DATA_PARTNER"};
inline constexpr std::string_view consent_choices[] = {"CONSENT_GRANTED", "CONSENT_DENIED"};
inline constexpr std::string_view encodings[] = {"HEX", "BASE64"};
inline constexpr std::string_view event_sources[] = {"WEB",   "APP",     "IN_STORE",
                                                     "PHONE", "MESSAGE", "OTHER"};
inline constexpr std::string_view customer_types[] = {"NEW", "RETURNING", "REENGAGED"};
inline constexpr std::string_view value_buckets[] = {"LOW", "MEDIUM", "HIGH"};

inline constexpr Field account_fields[] = {
    required(choice("accountType", account_types)),
    required(field("accountId", Kind::text)),
};

inline constexpr Field destination_fields[] = {
    field("reference", Kind::text),
    required(object("operatingAccount", account_fields)),
    object("loginAccount", account_fields),
    object("linkedAccount", account_fields),
    required(field("productDestinationId", Kind::text)),
};

inline constexpr Field consent_fields[] = {
    choice("adUserData", consent_choices),
    choice("adPersonalization", consent_choices),
};

inline constexpr Field device_fields[] = {
    field("userAgent", Kind::plain),
    field("ipAddress", Kind::plain),
};

inline constexpr Field ad_identifier_fields[] = {
    field("gclid", Kind::plain),
    field("gbraid", Kind::plain),
    field("wbraid", Kind::plain),
    field("sessionAttributes", Kind::plain),
    object("landingPageDeviceInfo", device_fields),
};

/// The hashes are text here: their shape depends on the request's `encoding`.
inline constexpr Field address_fields[] = {
    required(field("givenName", Kind::text)),
    required(field("familyName", Kind::text)),
    required(field("regionCode", Kind::plain)),
    required(field("postalCode", Kind::plain)),
};

inline constexpr Field identifier_fields[] = {
    field("emailAddress", Kind::text),
    field("phoneNumber", Kind::text),
    object("address", address_fields),
};

inline constexpr Field user_data_fields[] = {
    required(objects("userIdentifiers", identifier_fields)),
};

inline constexpr Field custom_variable_fields[] = {
    required(field("variable", Kind::text)),
    required(field("value", Kind::text)),
    field("destinationReferences", Kind::texts),
};

/// quantity is an int64 and travels as a string.
inline constexpr Field cart_item_fields[] = {
    required(field("merchantProductId", Kind::text)),
    field("quantity", Kind::text),
    field("unitPrice", Kind::number),
};

inline constexpr Field cart_fields[] = {
    field("merchantId", Kind::text),
    field("merchantFeedLabel", Kind::text),
    field("merchantFeedLanguageCode", Kind::text),
    field("transactionDiscount", Kind::number),
    objects("items", cart_item_fields),
    field("couponCodes", Kind::texts),
};

inline constexpr Field user_property_fields[] = {
    choice("customerType", customer_types),
    choice("customerValueBucket", value_buckets),
};

/// transactionId is optional to Google and required here: without it a resend counts twice.
inline constexpr Field event_fields[] = {
    field("destinationReferences", Kind::texts),
    required(field("transactionId", Kind::text)),
    required(field("eventTimestamp", Kind::text)),
    required(choice("eventSource", event_sources)),
    object("adIdentifiers", ad_identifier_fields),
    object("userData", user_data_fields),
    object("consent", consent_fields),
    field("conversionValue", Kind::number),
    field("currency", Kind::text),
    objects("customVariables", custom_variable_fields),
    object("cartData", cart_fields),
    object("userProperties", user_property_fields),
    object("eventDeviceInfo", device_fields),
};

inline constexpr Field request_fields[] = {
    required(field("destinations", Kind::items)),
    required(field("events", Kind::items)),
    object("consent", consent_fields),
    field("validateOnly", Kind::boolean),
    choice("encoding", encodings),
};

}  // namespace sandbox::data_manager
