#pragma once

#include <optional>
#include <string_view>

#include "platform.hpp"

/// Meta's error bodies: {"error":{"message","type","code","error_subcode",...,"fbtrace_id"}}.
/// https://developers.facebook.com/docs/graph-api/guides/error-handling
namespace sandbox::meta {

struct Error {
  int status = 400;
  int code = 100;
  std::string_view subcode = {};  ///< empty = the key is left out
  std::string_view message = {};
  std::string_view type = "OAuthException";
  bool transient = false;
  std::string_view title = {};  ///< error_user_title; empty = both user texts are left out
  std::string_view user_message = {};
};

/// Subcodes of code 100 at the events edge; "Server Side Api Parameter Error" is the one whose
/// message says which event it was.
inline constexpr std::string_view parameter_error = "2804019";
inline constexpr std::string_view bad_click_id = "2804001";
inline constexpr std::string_view event_too_old = "2804003";
inline constexpr std::string_view event_in_future = "2804004";
inline constexpr std::string_view content_without_id = "2804008";
inline constexpr std::string_view purchase_without_value = "2804009";
inline constexpr std::string_view purchase_without_currency = "2804010";
inline constexpr std::string_view currency_not_accepted = "2804011";
inline constexpr std::string_view invalid_parameter = "2804016";
inline constexpr std::string_view value_without_currency = "2804023";
inline constexpr std::string_view bad_lead_id = "2804036";
inline constexpr std::string_view user_data_too_broad = "2804050";

[[nodiscard]] Answer error_answer(const Error& error);

/// The refusal of a whole batch because of one event.
[[nodiscard]] Answer event_error_answer(const Violation& violation);

/// Ready-made misbehaviour: token_expired, token_invalid, permission, unknown_pixel, rate_limit,
/// transient, unknown_error, blocked, invalid_event, partial.
[[nodiscard]] std::optional<Answer> ready_made(std::string_view name, const Judgement& judgement);

}  // namespace sandbox::meta
