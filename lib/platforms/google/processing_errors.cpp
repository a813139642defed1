#include "platforms/google/processing_errors.hpp"

#include <array>

namespace pruuv::platforms::google {
namespace {

constexpr ProcessingError arrived(std::string_view name, std::string_view words) {
  return {name, Outcome::accepted, Reason::none, words};
}
constexpr ProcessingError later(std::string_view name, std::string_view words) {
  return {name, Outcome::waiting, Reason::asked_by_platform, words};
}
constexpr ProcessingError refused(std::string_view name, std::string_view words) {
  return {name, Outcome::rejected, Reason::refused_afterwards, words};
}
constexpr ProcessingError no_consent(std::string_view name, std::string_view words) {
  return {name, Outcome::rejected, Reason::consent_denied, words};
}

constexpr std::string_view wrong_kind =
    "the conversion action is of the wrong kind (external attribution); use one of the type import "
    "from clicks";
constexpr std::string_view encryption =
    "Google takes the request for an encrypted one, which this program never sends";
constexpr std::string_view store_sales =
    "Google takes the conversion action for one of store sales; use one of the type import from "
    "clicks";

constexpr std::array events = {
    arrived("DUPLICATE_TRANSACTION_ID",
            "duplicate order id: Google has this conversion from an earlier copy"),
    arrived("DUPLICATE_GCLID",
            "duplicate (click and time): Google holds a conversion of this click at this second, "
            "maybe another event's"),

    later("TOO_RECENT_CLICK", "the click was too young for Google; nothing was recorded"),
    later("INTERNAL_ERROR", "Google failed; nothing was recorded"),

    refused("EVENT_TOO_OLD", "the conversion is older than Google takes"),
    refused("INVALID_GCLID",
            "Google cannot read the gclid: it is cut off, changed in case, or a test value"),
    refused("INVALID_GBRAID",
            "Google cannot read the gbraid: it is cut off, changed in case, or a test value"),
    refused("INVALID_WBRAID",
            "Google cannot read the wbraid: it is cut off, changed in case, or a test value"),
    refused("INVALID_EVENT", "Google takes no event of this form"),
    refused("INVALID_FORMAT", "a field of the event has a form that Google does not take"),
    refused("INVALID_AD_IDENTIFIERS", "Google cannot use the click id"),
    refused("CONVERSION_PRECEDES_CLICK",
            "the conversion lies before its click: a time zone mistake of the collector is the "
            "usual cause"),
    refused("INVALID_CLICK", "Google does not count this click, for example as invalid traffic"),
    refused("CLICK_NOT_FOUND",
            "Google knows no such click; it may be test data, or no ad of Google's"),
    refused("INVALID_CUSTOM_VARIABLE", "a custom variable has a value that Google does not take"),
    refused("INVALID_MERCHANT_ID",
            "there is no such Merchant Center account; compare google.merchant_id"),
    refused("USER_ID_NOT_FOUND", "Google knows no person of this id"),
    refused("MATCH_ID_NOT_FOUND", "Google knows no person of this id"),
};

constexpr std::array consents = {
    no_consent("DENIED_CONSENT",
               "Google counts the person's consent as denied, by the event or by the account's own "
               "settings"),
    no_consent("NO_CONSENT",
               "Google wants a consent and the event states none; have the collector store "
               "consent_ad_user_data"),
    no_consent("UNKNOWN_CONSENT",
               "Google wants a consent and the event states none; have the collector store "
               "consent_ad_user_data"),
};

constexpr std::array accounts = {
    ProcessingError{"INVALID_OPERATING_ACCOUNT_FOR_CLICK", Outcome::rejected,
                    Reason::click_of_another_account,
                    "the click belongs to another account; customer_id must be the account that "
                    "owns the click's conversions"},
    refused("OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER",
            "the click belongs to another account; compare customer_id with the account of the "
            "campaign"),
    refused("CUSTOM_VARIABLE_NOT_ENABLED",
            "a custom variable is not enabled in the Google Ads account; enable it there"),
    refused(
        "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
        "the customer data terms are not accepted in the Google Ads account; accept them there"),
    refused("ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID",
            "the conversion action counts one per click, which gbraid and wbraid do not allow; set "
            "its counting to every"),
    refused("EXTERNAL_ATTRIBUTION_DATA_MISSING", wrong_kind),
};

constexpr std::array not_ours = {
    refused("INSUFFICIENT_MATCHED_TRANSACTIONS", store_sales),
    refused("INSUFFICIENT_TRANSACTIONS", store_sales),
    refused("DECRYPTION_ERROR", encryption),
    refused("DEK_DECRYPTION_ERROR", encryption),
    refused("INVALID_WIP", encryption),
    refused("INVALID_KEK", encryption),
    refused("WIP_AUTH_FAILED", encryption),
    refused("KEK_PERMISSION_DENIED", encryption),
    refused("AWS_AUTH_FAILED", encryption),
    refused("USER_IDENTIFIER_DECRYPTION_ERROR", encryption),
};

constexpr ProcessingError unlisted =
    refused("", "Google gives a reason that this program does not know; look it up by its name");

template <std::size_t n>
const ProcessingError* find(const std::array<ProcessingError, n>& errors, std::string_view name) {
  for (const ProcessingError& error : errors) {
    if (error.name == name) return &error;
  }
  return nullptr;
}

}  // namespace

const ProcessingError& processing_error(std::string_view name) {
  // Five reasons begin so: the kinds of ids differ, the meaning does not.
  constexpr std::string_view user_id = "USER_ID_NOT_FOUND";
  if (name.starts_with(user_id)) name = user_id;
  if (const auto* error = find(events, name)) return *error;
  if (const auto* error = find(consents, name)) return *error;
  if (const auto* error = find(accounts, name)) return *error;
  if (const auto* error = find(not_ours, name)) return *error;
  return unlisted;
}

std::string_view without_prefix(std::string_view reason) {
  constexpr std::array<std::string_view, 4> prefixes = {
      "PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_", "PROCESSING_WARNING_REASON_",
      "PROCESSING_WARNING_"};
  for (const std::string_view prefix : prefixes) {
    if (reason.starts_with(prefix)) return reason.substr(prefix.size());
  }
  return reason;
}

}  // namespace pruuv::platforms::google
