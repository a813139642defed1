#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delivery/simulation/dice.hpp"
#include "delivery/simulation/parcel.hpp"
#include "model/http_message.hpp"

// The words of each platform, as their documents have them.
namespace pruuv::delivery::simulation {

// What a platform makes of one event of a request.
enum class Row : std::uint8_t { taken, known_already, bad, passing, too_recent };

// A whole answer of that status; JSON where the body begins with a brace.
[[nodiscard]] HttpResponse whole(int status, std::string body);
// No answer: libcurl's code, whether anything had left.
[[nodiscard]] HttpResponse none(int transport_code, bool bytes_sent);

// Every event is taken, but for the rows that say otherwise, which only Google Ads has words for.
[[nodiscard]] HttpResponse answer_rows(Vendor vendor, const std::vector<Row>& rows);
// Success for `rows` events of which the platform says that it took fewer, or not which.
[[nodiscard]] HttpResponse answer_partly_taken(Vendor vendor, std::size_t taken);

// Refused as a whole, for the event at `index` or for one that is not named.
[[nodiscard]] HttpResponse refuse_event(Vendor vendor, std::optional<std::size_t> index);

[[nodiscard]] HttpResponse refuse_token(Vendor vendor);
[[nodiscard]] HttpResponse refuse_permission(Vendor vendor);
// Too fast, in the platform's own words; of the credential where `of_credential` says so.
[[nodiscard]] HttpResponse throttle_by_code(Vendor vendor, bool of_credential, Dice& dice);
// A failure that passes, in the platform's own words.
[[nodiscard]] HttpResponse fail_in_passing(Vendor vendor, Dice& dice);

}  // namespace pruuv::delivery::simulation
