#pragma once

#include <string_view>
#include <vector>

#include "model/conversion.hpp"
#include "model/event.hpp"

// Click ids as they arrive damaged: lower-cased by a script, cut by a column, never filled in. No
// platform publishes a grammar; what is here are the shapes its ids begin with, and where one is
// not certain nothing is said. The program sends ids as they are, whatever is remarked.
namespace pruuv::platforms {

// At most one remark a field, of fbclid, fbc, gclid, gbraid, wbraid and ttclid, in that order:
//   click_id_placeholder          "{gclid}", "__CLICKID__", "undefined", the name of a parameter
//   click_id_of_another_platform  an id that begins as another field's ids do
//   click_id_url_encoded          %XX, which no id holds
//   click_id_lower_cased          24 letters or more and no capital, or the beginning of a known
//                                 shape without one
//   click_id_cut_off              shorter than the length that it states itself, or than all of
//                                 its shape are
// Ids that say they are no real ones ("Cj0KCQiA-test") are neither lower-cased nor cut off.
[[nodiscard]] std::vector<Warning> look_at_click_ids(const FunnelEvent& event);

// Whether it says that there is no click at all: "undefined", "{gclid}", the name of a parameter,
// also inside an fbc ("fb.1.1795316400000.undefined").
[[nodiscard]] bool is_placeholder_click_id(std::string_view value);

// Whether the event's field of that name holds something that may be a click id of its platform:
// not blank, no placeholder, no other platform's. What claims() asks.
[[nodiscard]] bool is_click(std::string_view field, std::string_view raw);

// Whether it is made of what a gclid, gbraid or wbraid can hold: letters, digits, - _ . ~ =
[[nodiscard]] bool is_possible_google_click_id(std::string_view value);

// Whether `value`, found in the event's field of that name ("fbc"), certainly is a click id of
// another platform than the field's. A gclid in `gbraid` is none: both are Google's.
[[nodiscard]] bool is_click_of_another_platform(std::string_view field, std::string_view value);

}  // namespace pruuv::platforms
