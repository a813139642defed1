#pragma once

#include <cstddef>
#include <string_view>

#include "model/http_message.hpp"
#include "platforms/platform.hpp"

// What Data Manager made of an accepted request, half an hour later at the earliest:
// developers.google.com/data-manager/api/devguides/diagnostics
namespace pruuv::platforms::google {

// GET requestStatus:retrieve of the requestId that the acceptance gave.
[[nodiscard]] HttpRequest status_request(std::string_view trace_id, const Connection& connection,
                                         const Endpoint& endpoint, const Credential& credential);

// Reads the answer to it; `rows` is how many events the request had. recordIndices are taken for
// positions from 0. They are believed only as a whole: where one of them is none of the request, or
// the platform counts other events than ours, nothing is said of single events. Where no positions
// are given, a reason that concerns all events is each one's, and of any other it is only known
// that it concerned some.
[[nodiscard]] StatusAnswer parse_status(const HttpResponse& response, std::size_t rows);

}  // namespace pruuv::platforms::google
