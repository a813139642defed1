#pragma once

#include <string_view>

#include "platforms/google/answer.hpp"

namespace pruuv::platforms::google {

struct AdsErrorMeaning {
  std::string_view family;  // the key in errorCode: "conversionUploadError"
  std::string_view name;    // "EXPIRED_EVENT"; "" = every other of the family
  Meaning meaning;
  std::string_view words;  // for people; "" = Google's own text serves
};

// What an error code of the Google Ads API means; null for one that nobody listed.
[[nodiscard]] const AdsErrorMeaning* meaning_of_ads_error(std::string_view family,
                                                          std::string_view name);

// The same order id twice in one request, for which Google processes none of its rows.
inline constexpr std::string_view duplicate_order_id_code =
    "conversionUploadError:DUPLICATE_ORDER_ID";

}  // namespace pruuv::platforms::google
