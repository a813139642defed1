#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pruuv::identity {

// Asking libphonenumber costs 10 to 14 µs a number, and some ms for the first. These two answer
// only where the library's own table settles what it would say; an answer says that the number is
// possible, no answer says nothing about it: the library must be asked. What they need of a region
// is made when the first number of it comes, in about 0.1 ms.

// True only if the library would give exactly `text` back as E.164. Needs all of: "+" and ASCII
// digits; a calling code the library knows; behind it a count of digits that is possible for the
// code's main region (local-only counts are not among them); and a beginning that it does not take
// for a national prefix there.
[[nodiscard]] bool is_settled_e164(std::string_view text);

// What the library would make of a number as dialled inside `region` ("DE"), as E.164. Needs ASCII
// digits and the usual separators alone, and digits that numbering_plan.hpp calls certain.
[[nodiscard]] std::optional<std::string> settled_national(std::string_view text,
                                                          std::string_view region);

// Whether the library has a table for the region; false also where only the library can say.
[[nodiscard]] bool is_listed_region(std::string_view region);

}  // namespace pruuv::identity
