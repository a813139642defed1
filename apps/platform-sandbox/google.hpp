#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform.hpp"

/// What the two Google APIs have in common: bearer tokens of the token endpoint, the google.rpc
/// error envelope, and the refusal of JSON that does not fit the proto.
/// https://developers.google.com/google-ads/api/docs/best-practices/understand-api-errors
/// https://developers.google.com/data-manager/api/devguides/concepts/understand-errors
namespace sandbox::google {

/// {"error":{"code","message","status","details"}}; `details` are JSON objects separated by
/// commas, none = the key is left out.
[[nodiscard]] Answer error_answer(int status, std::string_view name, std::string_view message,
                                  std::string_view details = {});

/// A google.rpc.ErrorInfo detail; `metadata` is the inside of a JSON object.
[[nodiscard]] std::string error_info(std::string_view reason, std::string_view domain,
                                     std::string_view metadata = {});

[[nodiscard]] Answer unauthenticated();
[[nodiscard]] Answer scope_insufficient();
/// What the front end says to a path or method it does not know: HTML, no JSON.
[[nodiscard]] Answer front_end_not_found();

/// A bearer token of the token endpoint, good for this scope.
[[nodiscard]] std::optional<Refusal> check_token(const Call& call, std::string_view scope,
                                                 const Conditions& conditions);

/// Token, content type and body size, in the order the front end looks at them.
[[nodiscard]] std::optional<Refusal> check_call(const Call& call, std::string_view scope,
                                                const Conditions& conditions);

/// True for faults that proto3 JSON parsing finds: they refuse the whole request on both APIs.
[[nodiscard]] bool breaks_the_proto(Problem problem);

/// 400 "Invalid JSON payload received".
[[nodiscard]] Refusal payload_refusal(const Violation& violation);

/// A body that is no JSON object at all.
[[nodiscard]] Refusal not_json_refusal();

/// gclid, gbraid and wbraid are base64url text.
[[nodiscard]] bool is_click_id(std::string_view text);

}  // namespace sandbox::google
