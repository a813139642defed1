#include <map>

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "platform.hpp"
#include "token_book.hpp"

/// Google's OAuth 2.0 token endpoint, refresh-token grant: POST /token, a form in, JSON out.
/// https://developers.google.com/identity/protocols/oauth2
namespace sandbox {

namespace {

using Form = std::multimap<std::string, std::string, std::less<>>;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Form read_form(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos) {
      form.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
    }
    if (end == std::string_view::npos) break;
    body.remove_prefix(end + 1);
  }
  return form;
}

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

std::optional<Answer> check_form(const Form& form) {
  for (const auto& [name, value] : form) {
    if (form.count(name) > 1) {
      return invalid_request("OAuth 2 parameters can only have a single value: " + name);
    }
    if (name != "client_id" && name != "client_secret" && name != "refresh_token" &&
        name != "grant_type" && name != "scope") {
      return invalid_request("Parameter not allowed for this message type: " + name);
    }
  }
  const std::string_view grant = value_of(form, "grant_type");
  if (grant.empty()) return invalid_request("Missing required parameter: grant_type");
  if (grant != "refresh_token") {
    return oauth_error(400, "unsupported_grant_type", "This sandbox plays refresh_token only.");
  }
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
  if (auto answer = check_form(form)) return refused("refused", std::move(*answer));

  Judgement judgement;
  std::string scopes(adwords_scope);
  if (value_of(form, "refresh_token").find("adwords-only") == std::string_view::npos) {
    scopes.append(" ").append(data_manager_scope);
  }
  const std::string token = conditions.tokens->issue(scopes, conditions.now);
  // The answer is all there is to this platform; it travels in the judgement's document.
  judgement.body.SetObject();
  auto& memory = judgement.body.GetAllocator();
  judgement.body.AddMember("access_token", Json(token.c_str(), memory), memory);
  judgement.body.AddMember("expires_in", Json(access_token_lifetime), memory);
  judgement.body.AddMember("scope", Json(scopes.c_str(), memory), memory);
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
