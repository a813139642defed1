#include "platforms/google/data_manager_errors.hpp"

#include <array>

namespace pruuv::platforms::google {
namespace {

using R = ErrorReason;

constexpr std::array passing = {
    R{"INTERNAL_ERROR", meaning::passing, "Google failed"},
    R{"DEADLINE_EXCEEDED", meaning::passing, "Google took too long"},
    R{"RESOURCE_EXHAUSTED", meaning::throttled, "the quota is used up for the moment"},
};

// The account, the conversion action or the connection.
constexpr std::array of_the_connection = {
    R{"NOT_FOUND", meaning::misconfigured, "Google knows no such account or conversion action"},
    R{"PERMISSION_DENIED", meaning::not_permitted,
      "the Google user of this credential may not write to customer_id; where access runs through "
      "a manager account, set login_customer_id to it"},
    R{"INVALID_DESTINATION", meaning::misconfigured,
      "Google knows no such account or conversion action"},
    R{"TERMS_AND_CONDITIONS_NOT_SIGNED", meaning::misconfigured,
      "the terms are not accepted in the Google Ads account"},
    R{"INVALID_CONVERSION_ACTION_ID", meaning::misconfigured,
      "no such conversion action in this account"},
    R{"INVALID_CONVERSION_ACTION_TYPE", meaning::misconfigured,
      "the conversion action is not of the type import from clicks (UPLOAD_CLICKS)"},
    R{"DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", meaning::misconfigured,
      "enhanced conversions for leads are not turned on in the Google Ads account"},
    R{"DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", meaning::misconfigured,
      "the account may not use enhanced conversions, so no e-mail or phone may be sent to it"},
    R{"DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED", meaning::misconfigured,
      "the customer data terms are not accepted in the Google Ads account"},
    R{"LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT", meaning::misconfigured,
      "Google sees a linked account, which was not sent"},
    R{"OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH", meaning::misconfigured,
      "login_customer_id does not manage customer_id"},
    R{"NOT_ALLOWLISTED", meaning::not_permitted,
      "the account may not use this part of Data Manager; ask Google"},
    R{"EVENT_SOURCE_AND_DESTINATION_MISMATCH", meaning::misconfigured,
      "the conversion action takes no events of this source"},
    R{"DESTINATION_ACCOUNT_TYPE_MISMATCH", meaning::misconfigured,
      "customer_id is no Google Ads account that takes conversions"},
    R{"CUSTOM_VARIABLE_NOT_ENABLED", meaning::misconfigured,
      "a custom variable is not enabled in the Google Ads account; enable it there"},
    R{"CUSTOM_VARIABLE_NOT_FOUND", meaning::misconfigured,
      "the Google Ads account has no custom variable of this name"},
    R{"EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", meaning::misconfigured,
      "the account must declare whether it runs EU political ads"},
};

constexpr std::array of_the_event = {
    R{"REQUIRED_FIELD_MISSING", meaning::bad_event, "a field that Google needs is missing"},
    R{"INVALID_FORMAT", meaning::bad_event, "a field has a form that Google does not take"},
    R{"INVALID_HEX_ENCODING", meaning::bad_event, "a hash is no hexadecimal text"},
    R{"INVALID_BASE64_ENCODING", meaning::bad_event, "a hash is no base64 text"},
    R{"INVALID_SHA256_FORMAT", meaning::bad_event, "a hash is no SHA-256"},
    R{"INVALID_POSTAL_CODE", meaning::bad_event, "Google takes the postal code for none"},
    R{"INVALID_ENUM_VALUE", meaning::bad_event, "a field has a word that Google does not know"},
    R{"TOO_MANY_USER_IDENTIFIERS", meaning::bad_event, "too many identifiers of the person"},
    R{"INVALID_NUMBER_FORMAT", meaning::bad_event, "a number has a form that Google does not take"},
    R{"INVALID_CURRENCY_CODE", meaning::bad_event, "Google does not know the currency"},
    R{"INVALID_EVENT", meaning::bad_event, "Google takes no event of this form"},
    R{"NO_IDENTIFIERS_PROVIDED", meaning::bad_event,
      "nothing in the event tells Google whose it is"},
    R{"EVENT_TIME_INVALID", meaning::bad_event, "Google takes no event of this time"},
    R{"FIELD_VALUE_TOO_LONG", meaning::bad_event, "a field is too long"},
    R{"FIELD_VALUE_TOO_SHORT", meaning::bad_event, "a field is too short"},
    R{"INVALID_REGION_CODE", meaning::bad_event, "Google does not know the country"},
    R{"CUSTOM_VARIABLE_VALUE_CONTAINS_PII", meaning::bad_event,
      "a custom variable holds personal data; have the collector store something else in it"},
    R{"INVALID_CUSTOM_VARIABLE_VALUE", meaning::bad_event,
      "a custom variable has a value that Google does not take"},
    R{"INVALID_MERCHANT_ID", meaning::bad_event,
      "there is no such Merchant Center account; compare google.merchant_id"},
    R{"INVALID_MERCHANT_FEED_LANGUAGE_CODE", meaning::bad_event,
      "Google does not know the feed language; compare google.feed_language"},
};

// Google's view of a request that this program put together wrongly; without the event that made it
// so it may pass.
constexpr std::array of_the_request = {
    R{"INVALID_ARGUMENT", meaning::bad_request, "the request is malformed"},
    R{"TOO_MANY_DESTINATIONS", meaning::bad_request, "too many destinations in one request"},
    R{"TOO_MANY_EVENTS", meaning::bad_request, "more than 2,000 events in one request"},
    R{"DUPLICATE_DESTINATION_REFERENCE", meaning::bad_request,
      "a destination stands in the request twice"},
    R{"MULTIPLE_DATA_TYPES_NOT_ALLOWED", meaning::bad_request, "the request mixes kinds of data"},
    R{"INVALID_REQUEST_ID", meaning::bad_request, "Google knows no such request"},
    R{"TOO_MANY_ELEMENTS", meaning::bad_request, "a list is too long"},
    R{"TOO_FEW_ELEMENTS", meaning::bad_request, "a list is too short"},
    R{"THIRD_PARTY_USER_DATA_NOT_ALLOWED", meaning::bad_request,
      "Google sees data of third parties, which was not sent"},
};

template <std::size_t n>
const R* find(const std::array<R, n>& reasons, std::string_view name) {
  for (const R& reason : reasons) {
    if (reason.name == name) return &reason;
  }
  return nullptr;
}

}  // namespace

const ErrorReason* error_reason(std::string_view name) {
  if (const R* reason = find(passing, name)) return reason;
  if (const R* reason = find(of_the_connection, name)) return reason;
  if (const R* reason = find(of_the_event, name)) return reason;
  return find(of_the_request, name);
}

}  // namespace pruuv::platforms::google
