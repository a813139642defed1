#include "vault_answers.hpp"

#include <fmt/format.h>

#include "rules.hpp"

namespace sandbox::vault {
namespace {

Outcome answered(int status, std::string body, std::string_view reason) {
  return {{status, std::move(body), "application/json", {{"Cache-Control", "no-store"}}},
          std::string(reason)};
}

}  // namespace

Outcome error(int status, std::string_view reason, std::string_view text) {
  return answered(status, fmt::format("{{\"errors\":[{}]}}\n", json_quoted(text)), reason);
}

Outcome nothing_found() { return answered(404, "{\"errors\":[]}\n", "not_found"); }

std::string as_list(std::string_view text) {
  return fmt::format("1 error occurred:\n\t* {}\n\n", text);
}

Outcome policy_denied() { return error(403, "policy", as_list("permission denied")); }

Outcome token_refused() { return error(403, "token", "permission denied"); }

Outcome token_malformed() {
  return error(400, "token_malformed",
               as_list("error performing token check: failed to look up namespace from the token: "
                       "no namespace"));
}

Outcome unsupported_operation() {
  return error(405, "operation", as_list("unsupported operation"));
}

Outcome done() { return answered(204, {}, {}); }

Outcome given(std::string_view data) {
  Envelope parts;
  parts.data = data;
  return answered(200, envelope(parts), {});
}

Outcome logged_in(std::string_view auth) {
  Envelope parts;
  parts.auth = auth;
  return answered(200, envelope(parts), {});
}

Outcome plain(int status, std::string body) {
  const std::string_view reason = status == 200 ? "" : "status";
  return answered(status, std::move(body), reason);
}

std::string envelope(const Envelope& parts) {
  return fmt::format(
      R"({{"request_id":"5a9d0bcb-0000-4000-8000-000000000000","lease_id":"","renewable":false,)"
      R"("lease_duration":0,"data":{},"wrap_info":{},"warnings":{},"auth":{}}})"
      "\n",
      parts.data, parts.wrap_info, parts.warnings, parts.auth);
}

}  // namespace sandbox::vault
