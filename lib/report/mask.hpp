#pragma once

#include <string>
#include <string_view>

#include "model/http_message.hpp"

// What a person may see of a request or an event: secrets never, personal data only as a hint of
// its shape.
namespace pruuv::report {

// An e-mail as a***@***, a digest as its first 8 digits, a URL without the values of its query,
// anything else as its first characters and its length.
std::string mask_value(std::string_view value);

// The body of a request, laid out, with every text and number masked whose key is not known to be
// harmless. Default-deny: a key this list has never heard of is masked.
std::string mask_json(std::string_view compact_json);

// Method, URL, headers (secrets as ***) and masked body.
std::string render_request(const HttpRequest& request);

}  // namespace pruuv::report
