#include "platforms/google/processing_errors.hpp"

#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

struct Row {
  std::string_view name;
  Outcome outcome;
  Reason reason;
};

void check(const Row& row) {
  INFO(row.name);
  const ProcessingError& error = processing_error(row.name);
  CHECK(error.outcome == row.outcome);
  CHECK(error.reason == row.reason);
  CHECK_FALSE(error.words.empty());
}

TEST_CASE("every reason of the platform's page has its class and words") {
  for (const char* name : {"DUPLICATE_TRANSACTION_ID", "DUPLICATE_GCLID"}) {
    check({name, Outcome::accepted, Reason::none});
  }
  for (const char* name : {"TOO_RECENT_CLICK", "INTERNAL_ERROR"}) {
    check({name, Outcome::waiting, Reason::asked_by_platform});
  }
  for (const char* name : {"DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT"}) {
    check({name, Outcome::rejected, Reason::consent_denied});
  }
  check(
      {"INVALID_OPERATING_ACCOUNT_FOR_CLICK", Outcome::rejected, Reason::click_of_another_account});
  for (const char* name : {"EVENT_TOO_OLD",
                           "INVALID_GBRAID",
                           "INVALID_GCLID",
                           "INVALID_WBRAID",
                           "INVALID_EVENT",
                           "INVALID_FORMAT",
                           "INVALID_AD_IDENTIFIERS",
                           "CONVERSION_PRECEDES_CLICK",
                           "INVALID_CLICK",
                           "CLICK_NOT_FOUND",
                           "INVALID_CUSTOM_VARIABLE",
                           "INVALID_MERCHANT_ID",
                           "USER_ID_NOT_FOUND",
                           "MATCH_ID_NOT_FOUND",
                           "CUSTOM_VARIABLE_NOT_ENABLED",
                           "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
                           "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER",
                           "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID",
                           "EXTERNAL_ATTRIBUTION_DATA_MISSING",
                           "INSUFFICIENT_MATCHED_TRANSACTIONS",
                           "INSUFFICIENT_TRANSACTIONS",
                           "DECRYPTION_ERROR",
                           "DEK_DECRYPTION_ERROR",
                           "INVALID_WIP",
                           "INVALID_KEK",
                           "WIP_AUTH_FAILED",
                           "KEK_PERMISSION_DENIED",
                           "AWS_AUTH_FAILED",
                           "USER_IDENTIFIER_DECRYPTION_ERROR"}) {
    check({name, Outcome::rejected, Reason::refused_afterwards});
    CHECK(processing_error(name).name == name);
  }
}

TEST_CASE("a reason that nobody listed is a refusal") {
  check({"REASON_OF_2027", Outcome::rejected, Reason::refused_afterwards});
  CHECK(processing_error("REASON_OF_2027").name.empty());
  CHECK(processing_error("USER_ID_NOT_FOUND_OF_SOME_KIND").name == "USER_ID_NOT_FOUND");
}

TEST_CASE("the two duplicates have different words") {
  CHECK(processing_error("DUPLICATE_TRANSACTION_ID").words.starts_with("duplicate order id"));
  CHECK(processing_error("DUPLICATE_GCLID").words.starts_with("duplicate (click and time)"));
}

TEST_CASE("prefixes are cut") {
  CHECK(without_prefix("PROCESSING_ERROR_REASON_EVENT_TOO_OLD") == "EVENT_TOO_OLD");
  CHECK(without_prefix("PROCESSING_ERROR_OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER") ==
        "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER");
  CHECK(without_prefix("PROCESSING_WARNING_REASON_INTERNAL_ERROR") == "INTERNAL_ERROR");
  CHECK(without_prefix("EVENT_TOO_OLD") == "EVENT_TOO_OLD");
}

}  // namespace
}  // namespace pruuv::platforms::google
