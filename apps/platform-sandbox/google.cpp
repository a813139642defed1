#include "google.hpp"

#include <fmt/format.h>

#include "token_book.hpp"

namespace sandbox::google {
namespace {

std::string payload_text(const Violation& bad) {
  if (bad.problem == Problem::unknown_key && !bad.path.empty()) {
    const Path holder(bad.path.begin(), bad.path.end() - 1);
    const std::string place = proto_path(holder);
    return fmt::format("Invalid JSON payload received. Unknown name \"{}\"{}: Cannot find field.",
                       bad.path.back().name, place.empty() ? "" : fmt::format(" at '{}'", place));
  }
  return fmt::format("Invalid value at '{}': {}", proto_path(bad.path), bad.message);
}

std::string field_violation(std::string_view field, std::string_view description) {
  return fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.BadRequest",)"
                     R"("fieldViolations":[{{"field":{},"description":{}}}]}})",
                     json_quoted(field), json_quoted(description));
}

}  // namespace

Answer error_answer(int status, std::string_view name, std::string_view message,
                    std::string_view details) {
  std::string body = fmt::format(R"({{"error":{{"code":{},"message":{},"status":{})", status,
                                 json_quoted(message), json_quoted(name));
  if (!details.empty()) body += fmt::format(R"(,"details":[{}])", details);
  body += "}}";
  return {status, std::move(body), "application/json; charset=UTF-8", {}};
}

std::string error_info(std::string_view reason, std::string_view domain,
                       std::string_view metadata) {
  std::string text =
      fmt::format(R"({{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":{},"domain":{})",
                  json_quoted(reason), json_quoted(domain));
  if (!metadata.empty()) text += fmt::format(R"(,"metadata":{{{}}})", metadata);
  return text + "}";
}

Answer unauthenticated() {
  return error_answer(401, "UNAUTHENTICATED",
                      "Request had invalid authentication credentials. Expected OAuth 2 access "
                      "token, login cookie or other valid authentication credential.");
}

Answer scope_insufficient() {
  return error_answer(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
                      error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com"));
}

Answer front_end_not_found() {
  return {404,
          "<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title><body>The requested URL was "
          "not found on this server.</body></html>",
          "text/html; charset=UTF-8",
          {}};
}

std::optional<Refusal> check_token(const Call& call, std::string_view scope,
                                   const Conditions& conditions) {
  if (call.has_query_parameter("access_token")) {
    return Refusal{"token_in_query",
                   error_answer(400, "INVALID_ARGUMENT",
                                "sandbox: the access token must not be in the URL; send "
                                "Authorization: Bearer")};
  }
  const std::string_view token = call.bearer_token();
  if (token.empty()) {
    return Refusal{
        "token_missing",
        error_answer(401, "UNAUTHENTICATED",
                     "Request is missing required authentication credential. Expected OAuth 2 "
                     "access token, login cookie or other valid authentication credential.",
                     error_info("CREDENTIALS_MISSING", "googleapis.com"))};
  }
  switch (conditions.tokens->check(token, scope, conditions.now)) {
    case TokenBook::Check::good:
      return std::nullopt;
    case TokenBook::Check::unknown:
      return Refusal{"token_unknown", unauthenticated()};
    case TokenBook::Check::expired:
      return Refusal{"token_expired", unauthenticated()};
    case TokenBook::Check::scope_missing:
      return Refusal{"scope_missing", scope_insufficient()};
  }
  return std::nullopt;
}

std::optional<Refusal> check_call(const Call& call, std::string_view scope,
                                  const Conditions& conditions) {
  if (auto refusal = check_token(call, scope, conditions)) return refusal;
  if (!call.has_content_type("application/json")) {
    return Refusal{"content_type",
                   error_answer(400, "INVALID_ARGUMENT", "Content-Type must be application/json.")};
  }
  if (call.body.size() > conditions.max_body) {
    return Refusal{"body_too_large", error_answer(413, "INVALID_ARGUMENT",
                                                  "Request payload size exceeds the limit.")};
  }
  return std::nullopt;
}

bool breaks_the_proto(Problem problem) {
  return problem == Problem::unknown_key || problem == Problem::repeated_key ||
         problem == Problem::wrong_type || problem == Problem::not_a_choice;
}

Refusal payload_refusal(const Violation& bad) {
  const std::string text = payload_text(bad);
  return {"invalid_payload",
          error_answer(400, "INVALID_ARGUMENT", text, field_violation(proto_path(bad.path), text))};
}

Refusal not_json_refusal() {
  const std::string_view text = "Invalid JSON payload received. Unexpected token.";
  return {"not_json", error_answer(400, "INVALID_ARGUMENT", text, field_violation("", text))};
}

bool is_click_id(std::string_view text) { return text.size() >= 8 && is_base64url(text); }

}  // namespace sandbox::google
