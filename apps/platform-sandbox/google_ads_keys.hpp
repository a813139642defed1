#pragma once

#include "rules.hpp"

/// The literal key lists of UploadClickConversionsRequest in proto3 JSON (lowerCamelCase).
/// google/ads/googleads/v25/services/conversion_upload_service.proto,
/// https://developers.google.com/google-ads/api/docs/conversions/upload-offline
///
/// Left out on purpose: debugEnabled (gone from the proto), and externalAttributionData,
/// userIpAddress and sessionAttributesKeyValuePairs (other kinds of accounts).
namespace sandbox::google_ads {

inline constexpr std::string_view consent_choices[] = {"GRANTED", "DENIED"};
inline constexpr std::string_view environments[] = {"WEB", "APP"};
inline constexpr std::string_view customer_types[] = {"NEW", "RETURNING"};
inline constexpr std::string_view identifier_sources[] = {"FIRST_PARTY", "THIRD_PARTY"};

/// adPersonalization exists in the message, but only other services may set it: a row error.
inline constexpr Field consent_fields[] = {
    choice("adUserData", consent_choices),
    choice("adPersonalization", consent_choices),
};

inline constexpr Field address_fields[] = {
    field("hashedFirstName", Kind::text),
    field("hashedLastName", Kind::text),
    field("countryCode", Kind::text),
    field("postalCode", Kind::text),
    field("city", Kind::text),
    field("state", Kind::text),
    field("hashedStreetAddress", Kind::text),
};

/// addressInfo exists in the message; this service accepts e-mail and phone only: a row error.
inline constexpr Field identifier_fields[] = {
    required(choice("userIdentifierSource", identifier_sources)),
    field("hashedEmail", Kind::hash),
    field("hashedPhoneNumber", Kind::hash),
    object("addressInfo", address_fields),
};

inline constexpr Field custom_variable_fields[] = {
    required(field("conversionCustomVariable", Kind::text)),
    required(field("value", Kind::text)),
};

inline constexpr Field cart_item_fields[] = {
    required(field("productId", Kind::text)),
    field("quantity", Kind::integer),
    field("unitPrice", Kind::number),
};

inline constexpr Field cart_fields[] = {
    field("merchantId", Kind::text),       field("feedCountryCode", Kind::text),
    field("feedLanguageCode", Kind::text), field("localTransactionCost", Kind::number),
    objects("items", cart_item_fields),
};

/// orderId is optional to Google and required here: without it a resend counts twice.
inline constexpr Field conversion_fields[] = {
    field("gclid", Kind::plain),
    field("gbraid", Kind::plain),
    field("wbraid", Kind::plain),
    required(field("conversionAction", Kind::text)),
    required(field("conversionDateTime", Kind::text)),
    field("conversionValue", Kind::number),
    field("currencyCode", Kind::text),
    required(field("orderId", Kind::text)),
    objects("userIdentifiers", identifier_fields),
    object("consent", consent_fields),
    choice("conversionEnvironment", environments),
    choice("customerType", customer_types),
    objects("customVariables", custom_variable_fields),
    object("cartData", cart_fields),
    field("sessionAttributesEncoded", Kind::plain),
};

inline constexpr Field request_fields[] = {
    required(field("conversions", Kind::items)),
    field("partialFailure", Kind::boolean),
    field("validateOnly", Kind::boolean),
    field("jobId", Kind::integer),
};

}  // namespace sandbox::google_ads
