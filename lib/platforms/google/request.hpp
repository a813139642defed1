#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/conversion.hpp"
#include "model/http_message.hpp"
#include "platforms/platform.hpp"

// What the requests of both APIs have in common.
namespace pruuv::platforms::google {

// Both APIs know a conversion by its id and action for ever: ORDER_ID_ALREADY_IN_USE,
// DUPLICATE_TRANSACTION_ID.
inline constexpr std::string_view second_copy_words =
    "Google drops a second copy of the same event id and conversion action, however late";

// Authorization with the access token; x-goog-user-project where the connection names one.
// developers.google.com/data-manager/api/devguides/quickstart/set-up-access
[[nodiscard]] std::vector<HttpHeader> bearer_headers(const Credential& credential,
                                                     const Connection& connection);

// The text behind what is there, escaped for a query or a form: every byte but the unreserved ones
// of RFC 3986. At most three bytes for one.
void append_form_value(std::string& out, std::string_view text);

}  // namespace pruuv::platforms::google
