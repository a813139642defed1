#include "platforms/google/google_ads_errors.hpp"

#include <array>

// Names and numbers: google/ads/googleads/v25/errors/*.proto. A code that is not listed is about
// the event it stands at.
namespace pruuv::platforms::google {
namespace {

using E = AdsErrorMeaning;

constexpr std::string_view wrong_kind =
    "the conversion action is of the wrong kind (external attribution); use one of the type import "
    "from clicks";
constexpr std::string_view of_calls =
    "Google takes this for a phone call conversion; use a conversion action of the type import "
    "from "
    "clicks";

constexpr std::string_view upload = "conversionUploadError";
constexpr std::array upload_errors = {
    // Arrived earlier.
    E{upload, "ORDER_ID_ALREADY_IN_USE", meaning::accepted,
      "duplicate order id: Google has this conversion from an earlier copy"},
    E{upload, "CLICK_CONVERSION_ALREADY_EXISTS", meaning::accepted,
      "duplicate (click and time): Google holds a conversion of this click at this second, maybe "
      "another event's"},
    // Not yet.
    E{upload, "TOO_RECENT_EVENT", meaning::too_recent,
      "the click is younger than the 6 hours Google wants; it goes in a later run"},
    E{upload, "TOO_RECENT_CONVERSION_ACTION", meaning::too_recent,
      "the conversion action is younger than the 6 hours Google wants; it goes in a later run"},
    // The click belongs elsewhere.
    E{upload, "UNAUTHORIZED_CUSTOMER", meaning::other_account,
      "the click belongs to an account this credential cannot reach"},
    E{upload, "INVALID_CUSTOMER_FOR_CLICK", meaning::other_account,
      "the click belongs to another account; customer_id must be its conversion customer"},
    // The event.
    E{upload, "UNPARSEABLE_GCLID", meaning::bad_event,
      "the gclid is damaged: cut off, changed in case, or a test value"},
    E{upload, "UNPARSEABLE_WBRAID", meaning::bad_event,
      "the wbraid is damaged: cut off, changed in case, or a test value"},
    E{upload, "UNPARSEABLE_GBRAID", meaning::bad_event,
      "the gbraid is damaged: cut off, changed in case, or a test value"},
    E{upload, "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME", meaning::bad_event,
      "conversion tracking was not on when the ad was shown"},
    E{upload, "CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY", meaning::bad_event,
      "Apple's rules on tracking forbid Google to count this conversion"},
    E{upload, "CONVERSION_PRECEDES_EVENT", meaning::bad_event,
      "the conversion lies before its click: a time zone mistake of the collector is the usual "
      "cause"},
    E{upload, "EXPIRED_EVENT", meaning::bad_event,
      "the click is older than the click-through window of the conversion action"},
    E{upload, "EVENT_NOT_FOUND", meaning::bad_event,
      "Google knows no such click; it may be test data, or no ad of Google's"},
    E{upload, "CLICK_NOT_FOUND", meaning::bad_event,
      "Google found no click of this person; that is common and needs no action"},
    E{upload, "ORDER_ID_CONTAINS_PII", meaning::bad_event,
      "Google takes the event id for personal data; it must be a UUID"},
    E{upload, "CUSTOM_VARIABLE_VALUE_CONTAINS_PII", meaning::bad_event,
      "a custom variable holds personal data; have the collector store something else in it"},
    E{upload, "INVALID_USER_IDENTIFIER", meaning::bad_event,
      "Google cannot use the hashed e-mail or phone number"},
    E{upload, "UNSUPPORTED_USER_IDENTIFIER", meaning::bad_event,
      "Google takes no such field of a person here"},
    E{upload, "GBRAID_WBRAID_BOTH_SET", meaning::bad_event, "two click ids were sent at once"},
    E{upload, "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
      meaning::bad_event, "Google sees external attribution data, which was not sent"},
    E{upload, "TOO_RECENT_CALL", meaning::bad_event, of_calls},
    E{upload, "EXPIRED_CALL", meaning::bad_event, of_calls},
    E{upload, "CALL_NOT_FOUND", meaning::bad_event, of_calls},
    E{upload, "CONVERSION_PRECEDES_CALL", meaning::bad_event, of_calls},
    E{upload, "CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME", meaning::bad_event, of_calls},
    E{upload, "UNPARSEABLE_CALLERS_PHONE_NUMBER", meaning::bad_event, of_calls},
    E{upload, "CALL_CONVERSION_ALREADY_EXISTS", meaning::bad_event, of_calls},
    E{upload, "DUPLICATE_CALL_CONVERSION_IN_REQUEST", meaning::bad_event, of_calls},
    E{upload, "INVALID_CUSTOMER_FOR_CALL", meaning::bad_event, of_calls},
    // The company it travelled in.
    E{upload, "TOO_MANY_CONVERSIONS_IN_REQUEST", meaning::bad_request,
      "more than 2,000 conversions in one request"},
    E{upload, "INVALID_JOB_ID", meaning::bad_request, "Google sees a job id, which was not sent"},
    E{upload, "DUPLICATE_ORDER_ID", meaning::bad_request,
      "the same order id twice in one request, of which Google processed nothing"},
    E{upload, "DUPLICATE_CLICK_CONVERSION_IN_REQUEST", meaning::passing,
      "the same click and second twice in one request"},
    // The account or the conversion action.
    E{upload, "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
      meaning::misconfigured, wrong_kind},
    E{upload, "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION",
      meaning::misconfigured, wrong_kind},
    E{upload, "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER",
      meaning::misconfigured, wrong_kind},
    E{upload, "CUSTOM_VARIABLE_NOT_ENABLED", meaning::misconfigured,
      "a custom variable is not enabled in the Google Ads account; enable it there"},
    E{upload, "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", meaning::misconfigured,
      "the conversion action counts one per click, which gbraid and wbraid do not allow; set its "
      "counting to every"},
    E{upload, "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", meaning::misconfigured,
      "the account may not use enhanced conversions, so no e-mail or phone may be sent to it"},
    E{upload, "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", meaning::misconfigured,
      "the customer data terms are not accepted in the Google Ads account"},
    E{upload, "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", meaning::misconfigured,
      "enhanced conversions for leads are not turned on in the Google Ads account"},
    E{upload, "NO_CONVERSION_ACTION_FOUND", meaning::misconfigured,
      "no such enabled conversion action in this account; compare customer_id and conversion "
      "action id"},
    E{upload, "INVALID_CONVERSION_ACTION_TYPE", meaning::misconfigured,
      "the conversion action is not of the type import from clicks (UPLOAD_CLICKS)"},
};

constexpr std::array other_errors = {
    E{"notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", meaning::misconfigured,
      "Google takes no more offline conversions of this account by the Ads API: switch the "
      "connection to Data Manager with `pruuv-send connections set ... --api data_manager`"},
    E{"notAllowlistedError", "", meaning::misconfigured,
      "the account may not use something the request has: session attributes are for few accounts, "
      "set google.session_attributes to skip"},

    E{"authenticationError", "CUSTOMER_NOT_FOUND", meaning::misconfigured,
      "there is no account of this customer_id"},
    E{"authenticationError", "CLIENT_CUSTOMER_ID_INVALID", meaning::misconfigured,
      "customer_id is no account number"},
    E{"authenticationError", "NOT_ADS_USER", meaning::not_permitted,
      "the Google user of this credential has no access to any Google Ads account"},
    E{"authenticationError", "DEVELOPER_TOKEN_INVALID", meaning::bad_credential,
      "Google does not know the developer_token of this credential; it is needed no more, take it "
      "out"},
    E{"authenticationError", "OAUTH_TOKEN_REVOKED", meaning::bad_credential,
      "the Google user took the access back; connect the Google account again"},
    E{"authenticationError", "OAUTH_TOKEN_DISABLED", meaning::bad_credential,
      "the access of this credential is turned off; connect the Google account again"},
    E{"authenticationError", "OAUTH_TOKEN_EXPIRED", meaning::bad_credential,
      "the access token is expired"},
    E{"authenticationError", "OAUTH_TOKEN_INVALID", meaning::bad_credential,
      "Google does not take the access token"},
    E{"authenticationError", "GOOGLE_ACCOUNT_DELETED", meaning::bad_credential,
      "the Google user of this credential was deleted; connect another one"},
    E{"authenticationError", "TWO_STEP_VERIFICATION_NOT_ENROLLED", meaning::bad_credential,
      "the account demands two-step verification, which the Google user of this credential has not "
      "turned on"},
    E{"authenticationError", "ADVANCED_PROTECTION_NOT_ENROLLED", meaning::bad_credential,
      "the account demands Advanced Protection, which the Google user of this credential has not "
      "turned on"},
    E{"authenticationError", "", meaning::bad_credential, ""},

    E{"authorizationError", "USER_PERMISSION_DENIED", meaning::not_permitted,
      "the Google user of this credential may not write to customer_id; where access runs through "
      "a "
      "manager account, set login_customer_id to it"},
    E{"authorizationError", "CUSTOMER_NOT_ENABLED", meaning::misconfigured,
      "the Google Ads account is closed or not set up to its end"},
    E{"authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION",
      meaning::misconfigured, "login_customer_id does not manage customer_id"},
    E{"authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", meaning::not_permitted,
      "the Google Cloud project of the OAuth client has test access only; apply for production "
      "access"},
    E{"authorizationError", "PROJECT_DISABLED", meaning::not_permitted,
      "the Google Cloud project of the OAuth client is disabled"},
    E{"authorizationError", "MISSING_TOS", meaning::not_permitted,
      "the terms are not accepted in the Google Ads account"},
    E{"authorizationError", "INCOMPLETE_SIGNUP", meaning::not_permitted,
      "the Google Ads account is not set up to its end"},
    E{"authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", meaning::not_permitted,
      "the Google Ads account is suspended"},
    E{"authorizationError", "", meaning::not_permitted, ""},
    E{"resourceAccessDeniedError", "", meaning::not_permitted, ""},
    E{"operationAccessDeniedError", "", meaning::not_permitted, ""},

    E{"headerError", "INVALID_LOGIN_CUSTOMER_ID", meaning::misconfigured,
      "login_customer_id is no account number"},
    E{"headerError", "INVALID_LINKED_CUSTOMER_ID", meaning::misconfigured,
      "Google sees a linked customer id, which was not sent"},

    E{"quotaError", "RESOURCE_EXHAUSTED", meaning::day_quota_used, ""},
    E{"quotaError", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION", meaning::day_quota_used, ""},
    E{"quotaError", "ACCESS_PROHIBITED", meaning::not_permitted,
      "Google has barred the Google Cloud project of the OAuth client"},
    E{"quotaError", "", meaning::throttled, ""},

    E{"internalError", "ERROR_CODE_NOT_PUBLISHED", meaning::bad_event,
      "Google refuses it for a reason it gives no public name"},
    E{"internalError", "", meaning::passing, ""},
    E{"databaseError", "CONCURRENT_MODIFICATION", meaning::passing, ""},
    E{"databaseError", "REQUEST_TOO_LARGE", meaning::bad_request, ""},

    E{"requestError", "UNSUPPORTED_VERSION", meaning::dead_version,
      "Google serves this version of the Google Ads API no more"},
    E{"requestError", "RESOURCE_NAME_MALFORMED", meaning::misconfigured,
      "an id of the connection is malformed; compare customer_id and the conversion action ids"},
    E{"requestError", "BAD_RESOURCE_ID", meaning::misconfigured,
      "an id of the connection is malformed; compare customer_id and the conversion action ids"},
    E{"requestError", "INVALID_CUSTOMER_ID", meaning::misconfigured,
      "customer_id is no account number"},
    E{"requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", meaning::misconfigured,
      "customer_id is a manager account that owns no conversions"},
    E{"requestError", "LOGIN_CUSTOMER_ID_PARAMETER_MISSING", meaning::misconfigured,
      "login_customer_id is needed: access to customer_id runs through a manager account"},
    E{"requestError", "CLOUD_PROJECT_NOT_FOUND", meaning::misconfigured,
      "the Google Cloud project of the OAuth client does not exist any more"},
};

template <std::size_t n>
const E* find(const std::array<E, n>& errors, std::string_view family, std::string_view name) {
  for (const E& error : errors) {
    if (error.family == family && error.name == name) return &error;
  }
  return nullptr;
}

}  // namespace

const AdsErrorMeaning* meaning_of_ads_error(std::string_view family, std::string_view name) {
  if (const E* error = find(upload_errors, family, name)) return error;
  if (const E* error = find(other_errors, family, name)) return error;
  return find(other_errors, family, "");
}

}  // namespace pruuv::platforms::google
