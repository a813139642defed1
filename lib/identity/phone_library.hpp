#pragma once

#include <string>

#include "model/phone.hpp"

// libphonenumber, silenced: a logger of its own would print what it stumbles over, personal data.
namespace pruuv::identity {

// Whether numbers can be read for this region: two upper-case letters the library has a table for.
[[nodiscard]] bool is_phone_region(const std::string& region);

// The region the library judges numbers of a calling code by; "001" for codes of no country; "" or
// "ZZ" for none.
[[nodiscard]] std::string main_region_of(int calling_code);

// Reads `text` as dialled in `region` ("" = unknown) and keeps it if its length is possible there;
// reason phone_invalid, or phone_without_country if it is national and no region was given.
[[nodiscard]] Phone parse_with_library(const std::string& text, const std::string& region);

}  // namespace pruuv::identity
