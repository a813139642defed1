#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "identity/identity.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/phone.hpp"

// Single fields of an event on their way into a platform's object. What cannot be sent comes out
// empty, with a warning that names the field.
namespace pruuv::platforms {

// Room for the object of nearly every event.
inline constexpr std::size_t object_bytes = 1024;

// Trimmed. Text that is not UTF-8 would break the whole request and is left out (text_not_utf8).
[[nodiscard]] std::string sendable_text(std::string_view raw, std::string_view field,
                                        std::vector<Warning>& warnings);

// SHA-256 of the field after `normalize`; a digest that stands there already is passed on in lower
// case, never normalised and hashed again. `invalid` is the warning when the text does not fit the
// rule; with Reason::none (a name of punctuation only) it is left out without one.
using Normalize = std::optional<std::string> (*)(std::string_view raw);
[[nodiscard]] std::string hashed_field(std::string_view raw, std::string_view field,
                                       Normalize normalize, Reason invalid,
                                       std::vector<Warning>& warnings);

// The e-mail address by that rule (email_invalid).
[[nodiscard]] std::string hashed_email(const FunnelEvent& event, identity::EmailRule rule,
                                       std::vector<Warning>& warnings);

// The visitor's public address (ip_invalid).
[[nodiscard]] std::string sendable_ip(const FunnelEvent& event, std::vector<Warning>& warnings);

// Says why a phone number that the event has is not sent.
void warn_of_phone(const FunnelEvent& event, const Phone& phone, std::vector<Warning>& warnings);

// The cleaned URL of page_url.hpp; url_parameters_dropped where something was taken out.
[[nodiscard]] std::string sendable_url(std::string_view raw, std::string_view field,
                                       std::vector<Warning>& warnings);

// A member that is a list, unless there is nothing to put into it.
void write_list_of_one(json::Writer& out, std::string_view key, std::string_view only);

}  // namespace pruuv::platforms
