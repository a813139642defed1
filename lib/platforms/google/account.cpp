#include "platforms/google/account.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/google/settings.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t customer_id_digits = 10;
constexpr std::size_t int64_digits_max =
    18;  // of any number that surely fits: Google's ids are int64

Result<void> check_customer_id(std::string& id, std::string_view field, std::string_view hint) {
  std::string digits;
  for (const char c : without_white_space(id)) {
    if (c != '-') digits += c;
  }
  if (digits.size() != customer_id_digits || !is_all_digits(digits)) {
    return fail(ErrorKind::config, fmt::format("check {}: not 10 digits", field),
                std::string(hint));
  }
  id = std::move(digits);
  return {};
}

Result<void> check_action_id(std::string& id, const std::string& field) {
  const std::string digits(trim(id));
  if (!is_all_digits(digits) || digits.size() > int64_digits_max) {
    return fail(
        ErrorKind::config, fmt::format("check {}: not a number", field),
        "the id alone, without customers/.../conversionActions/: ctId in the address of the "
        "conversion action's page");
  }
  id = digits;
  return {};
}

}  // namespace

Result<void> check_connection(Connection& connection) {
  PRUUV_TRY(check_customer_id(
      connection.destination, "customer_id",
      "the id of the account that owns the conversion action, as Google Ads shows "
      "it at the top right: 123-456-7890"));
  if (trim(connection.login_customer_id).empty()) {
    connection.login_customer_id.clear();
  } else {
    PRUUV_TRY(
        check_customer_id(connection.login_customer_id, "login_customer_id",
                          "the id of the manager account the credential belongs to, or nothing"));
  }
  if (trim(connection.conversion_action_id).empty()) {
    connection.conversion_action_id.clear();
  } else {
    PRUUV_TRY(check_action_id(connection.conversion_action_id, "conversion_action_id"));
  }
  for (auto& [event_name, id] : connection.conversion_actions) {
    PRUUV_TRY(check_action_id(id, fmt::format("conversion_actions \"{}\"", printable(event_name))));
  }
  return check_settings(connection);
}

std::string conversion_action(const FunnelEvent& event, const Connection& connection) {
  const auto own = connection.conversion_actions.find(event.event_name);
  return own == connection.conversion_actions.end() ? connection.conversion_action_id : own->second;
}

}  // namespace pruuv::platforms::google
