#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "platform.hpp"
#include "query.hpp"
#include "service_account.hpp"
#include "token_book.hpp"

/// Google's OAuth 2.0 token endpoint, refresh-token and JWT bearer grants: POST /token, a form in,
/// JSON out.
/// https://developers.google.com/identity/protocols/oauth2
namespace sandbox {

namespace {

std::string_view value_of(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view{} : std::string_view{found->second};
}

Answer oauth_error(int status, std::string_view error, std::string_view description) {
  return {status,
          fmt::format(R"({{"error":{},"error_description":{}}})", json_quoted(error),
                      json_quoted(description)),
          "application/json",
          {}};
}

std::optional<Answer> ready_made(std::string_view name, const Judgement&) {
  if (name == "unavailable") {
    return oauth_error(503, "temporarily_unavailable", "The service is currently unavailable.");
  }
  if (name == "invalid_grant") {
    return oauth_error(400, "invalid_grant", "Token has been expired or revoked.");
  }
  if (name == "invalid_client") return oauth_error(401, "invalid_client", "Unauthorized");
  if (name == "invalid_scope") {
    return oauth_error(400, "invalid_scope", "Some requested scopes were invalid.");
  }
  return std::nullopt;
}

Answer invalid_request(std::string_view description) {
  return oauth_error(400, "invalid_request", description);
}

constexpr std::string_view refresh_grant = "refresh_token";
constexpr std::string_view assertion_grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Every parameter once, and none that the grant does not have.
std::optional<Answer> check_names(const Form& form, std::string_view grant) {
  for (const auto& [name, value] : form) {
    if (form.count(name) > 1) {
      return invalid_request("OAuth 2 parameters can only have a single value: " + name);
    }
    const bool known = grant == assertion_grant ? name == "assertion"
                                                : name == "client_id" || name == "client_secret" ||
                                                      name == "refresh_token" || name == "scope";
    if (!known && name != "grant_type") {
      return invalid_request("Parameter not allowed for this message type: " + name);
    }
  }
  return std::nullopt;
}

std::optional<Answer> check_refresh_form(const Form& form) {
  if (value_of(form, "client_id").empty()) {
    return invalid_request("Could not determine client ID from request.");
  }
  const std::string_view secret = value_of(form, "client_secret");
  if (secret.empty()) return invalid_request("client_secret is missing.");
  if (secret.starts_with("bad-")) return oauth_error(401, "invalid_client", "Unauthorized");
  const std::string_view refresh_token = value_of(form, "refresh_token");
  if (refresh_token.empty()) return invalid_request("Missing required parameter: refresh_token");
  if (refresh_token.starts_with("revoked-")) {
    return oauth_error(400, "invalid_grant", "Token has been expired or revoked.");
  }
  if (!refresh_token.starts_with("sandbox-")) {
    return oauth_error(400, "invalid_grant", "Bad Request");
  }
  return std::nullopt;
}

/// The scopes a form gets a token for, or the refusal.
struct Grant {
  std::string scopes;
  std::optional<Answer> refusal;
};

Grant grant_refresh(const Form& form) {
  if (auto answer = check_refresh_form(form)) return {{}, std::move(answer)};
  std::string scopes(adwords_scope);
  if (value_of(form, "refresh_token").find("adwords-only") == std::string_view::npos) {
    scopes.append(" ").append(data_manager_scope);
  }
  return {std::move(scopes), std::nullopt};
}

Grant grant_assertion(const Form& form, const Call& call, const Conditions& conditions) {
  const std::string_view text = value_of(form, "assertion");
  if (text.empty()) return {{}, invalid_request("Missing required parameter: assertion")};
  if (conditions.service_account == nullptr) {
    return {{}, oauth_error(400, "invalid_grant", "Invalid grant: account not found")};
  }
  const std::string audience = fmt::format("https://{}{}", call.header("Host"), call.path);
  Assertion assertion = read_assertion(text, *conditions.service_account, audience, conditions.now);
  if (!assertion.fault) return {std::move(assertion.scope), std::nullopt};
  return {{}, oauth_error(400, assertion.fault->error, assertion.fault->description)};
}

Grant grant(const Form& form, const Call& call, const Conditions& conditions) {
  const std::string_view type = value_of(form, "grant_type");
  if (auto answer = check_names(form, type)) return {{}, std::move(answer)};
  if (type.empty()) return {{}, invalid_request("Missing required parameter: grant_type")};
  if (type == refresh_grant) return grant_refresh(form);
  if (type == assertion_grant) return grant_assertion(form, call, conditions);
  return {{},
          oauth_error(400, "unsupported_grant_type", "Invalid grant_type: " + std::string(type))};
}

Judgement judge(const Call& call, const Conditions& conditions) {
  const auto refused = [](std::string_view reason, Answer answer) {
    return refuse(Judgement{}, std::string(reason), std::move(answer));
  };
  if (call.method != "POST") {
    return refused("method",
                   {405, "<html><body>405 Method Not Allowed</body></html>", "text/html", {}});
  }
  if (!call.query.empty()) {
    return refused("token_in_query", invalid_request("sandbox: parameters must not be in the URL"));
  }
  if (!call.has_content_type("application/x-www-form-urlencoded")) {
    return refused("content_type",
                   invalid_request("Content-Type must be application/x-www-form-urlencoded."));
  }
  const Form form = read_form(call.body);
  Grant granted = grant(form, call, conditions);
  if (granted.refusal) return refused("refused", std::move(*granted.refusal));

  Judgement judgement;
  const std::string token = conditions.tokens->issue(granted.scopes, conditions.now);
  // The answer is all there is to this platform; it travels in the judgement's document.
  judgement.body.SetObject();
  auto& memory = judgement.body.GetAllocator();
  judgement.body.AddMember("access_token", Json(token.c_str(), memory), memory);
  judgement.body.AddMember("expires_in", Json(access_token_lifetime), memory);
  // A service account is not told what it asked for.
  if (value_of(form, "grant_type") == refresh_grant) {
    judgement.body.AddMember("scope", Json(granted.scopes.c_str(), memory), memory);
  }
  judgement.body.AddMember("token_type", Json("Bearer"), memory);
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  judgement.body.Accept(writer);
  return {200, {text.GetString(), text.GetSize()}, "application/json", {}};
}

}  // namespace

const Platform token_platform{"token", "", "", judge, answer, ready_made};

}  // namespace sandbox
