#include "delivery/simulation/vendor_answers.hpp"

#include <utility>

#include <fmt/format.h>

namespace pruuv::delivery::simulation {
namespace {

HttpResponse meta_error(int status, int code, std::string_view message) {
  return whole(status, fmt::format(R"({{"error":{{"message":"{}","type":"OAuthException",)"
                                   R"("code":{},"fbtrace_id":"A2bC"}}}})",
                                   message, code));
}

HttpResponse tiktok(int code, std::string_view message) {
  return whole(200,
               fmt::format(R"({{"code":{},"message":"{}","request_id":"2026112203","data":{{}}}})",
                           code, message));
}

HttpResponse google_error(int status, std::string_view word, std::string_view details = "") {
  return whole(status, fmt::format(R"({{"error":{{"code":{},"message":"m","status":"{}")"
                                   R"(,"details":[{}]}}}})",
                                   status, word, details));
}

// The faults of single rows, in Google Ads' words.
struct AdsFault {
  Row row;
  std::string_view family;
  std::string_view name;
};
constexpr AdsFault ads_faults[] = {
    {Row::known_already, "conversionUploadError", "ORDER_ID_ALREADY_IN_USE"},
    {Row::bad, "conversionUploadError", "EXPIRED_EVENT"},
    {Row::passing, "internalError", "INTERNAL_ERROR"},
    {Row::too_recent, "conversionUploadError", "TOO_RECENT_EVENT"},
};

std::string ads_failure(const std::vector<Row>& rows) {
  std::string errors;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const AdsFault& fault : ads_faults) {
      if (fault.row != rows[i]) continue;
      if (!errors.empty()) errors += ',';
      errors += fmt::format(
          R"({{"errorCode":{{"{}":"{}"}},"message":"m","location":{{"fieldPathElements":)"
          R"([{{"fieldName":"conversions","index":{}}},{{"fieldName":"gclid"}}]}}}})",
          fault.family, fault.name, i);
    }
  }
  if (errors.empty()) return {};
  return fmt::format(R"({{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.)"
                     R"(GoogleAdsFailure","errors":[{}],"requestId":"r1"}})",
                     errors);
}

HttpResponse ads_rows(const std::vector<Row>& rows) {
  const std::string failure = ads_failure(rows);
  if (failure.empty()) return whole(200, R"({"results":[{}]})");
  return whole(200,
               fmt::format(R"({{"partialFailureError":{{"code":3,"message":"m","details":[{}]}},)"
                           R"("results":[{{}}]}})",
                           failure));
}

HttpResponse meta_received(std::size_t count) {
  return whole(200,
               fmt::format(R"({{"events_received":{},"messages":[],"fbtrace_id":"A1"}})", count));
}

}  // namespace

HttpResponse whole(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  response.body = std::move(body);
  return response;
}

HttpResponse none(int transport_code, bool bytes_sent) {
  HttpResponse response;
  response.transport_code = transport_code;
  response.transport_error = "no answer";
  response.bytes_sent = bytes_sent;
  return response;
}

HttpResponse answer_rows(Vendor vendor, const std::vector<Row>& rows) {
  switch (vendor) {
    case Vendor::meta:
      return meta_received(rows.size());
    case Vendor::tiktok:
      return tiktok(0, "OK");
    case Vendor::google_ads:
      return ads_rows(rows);
    case Vendor::data_manager:
      return whole(200, R"({"requestId":"req-1"})");
  }
  return {};
}

HttpResponse answer_partly_taken(Vendor vendor, std::size_t taken) {
  switch (vendor) {
    case Vendor::meta:
      return meta_received(taken);
    case Vendor::tiktok:
      return tiktok(20001, "Partially successful");
    case Vendor::google_ads:
      return whole(200, R"({"partialFailureError":{"code":13,"message":"m"},"results":[{}]})");
    case Vendor::data_manager:
      return whole(200, "{}");
  }
  return {};
}

HttpResponse refuse_event(Vendor vendor, std::optional<std::size_t> index) {
  switch (vendor) {
    case Vendor::meta:
      return meta_error(400, 100,
                        index ? fmt::format("Invalid parameter $['data'][{}]['user_data']", *index)
                              : std::string("Invalid parameter"));
    case Vendor::tiktok:
      return tiktok(40002, index ? fmt::format("data.{}.user is invalid", *index)
                                 : std::string("Invalid params"));
    case Vendor::google_ads: {
      if (!index) return google_error(400, "INVALID_ARGUMENT");
      std::vector<Row> rows(*index + 1, Row::taken);
      rows.back() = Row::bad;
      return google_error(400, "INVALID_ARGUMENT", ads_failure(rows));
    }
    case Vendor::data_manager:
      if (!index) return google_error(400, "INVALID_ARGUMENT");
      return google_error(
          400, "INVALID_ARGUMENT",
          fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":)"
                      R"([{{"field":"events.events[{}].user_data","reason":"INVALID_HEX"}}]}})",
                      *index));
  }
  return {};
}

HttpResponse refuse_token(Vendor vendor) {
  switch (vendor) {
    case Vendor::meta:
      return meta_error(400, 190, "Error validating access token");
    case Vendor::tiktok:
      return tiktok(40104, "Access token is expired");
    case Vendor::google_ads:
    case Vendor::data_manager:
      return google_error(401, "UNAUTHENTICATED");
  }
  return {};
}

HttpResponse refuse_permission(Vendor vendor) {
  switch (vendor) {
    case Vendor::meta:
      return meta_error(403, 200, "Permissions error");
    case Vendor::tiktok:
      return tiktok(40001, "No permission to operate pixel code");
    case Vendor::google_ads:
    case Vendor::data_manager:
      return google_error(403, "PERMISSION_DENIED");
  }
  return {};
}

HttpResponse throttle_by_code(Vendor vendor, bool of_credential, Dice& dice) {
  switch (vendor) {
    case Vendor::meta:
      if (!of_credential) return meta_error(400, 80004, "Too many calls");
      return meta_error(400, dice.one_of(std::vector<int>{4, 17, 613}), "Limit reached");
    case Vendor::tiktok:
      return of_credential ? tiktok(40100, "Too many requests of the app")
                           : tiktok(40132, "Too many requests of the pixel");
    case Vendor::google_ads:
    case Vendor::data_manager:
      return google_error(429, "RESOURCE_EXHAUSTED");
  }
  return {};
}

HttpResponse fail_in_passing(Vendor vendor, Dice& dice) {
  switch (vendor) {
    case Vendor::meta:
      return meta_error(500, dice.one_of(std::vector<int>{1, 2}), "Please retry your request");
    case Vendor::tiktok:
      return tiktok(50000, "System error");
    case Vendor::google_ads:
    case Vendor::data_manager:
      return google_error(500, "INTERNAL");
  }
  return {};
}

}  // namespace pruuv::delivery::simulation
