#include <fmt/format.h>

#include "platform.hpp"
#include "supabase_book.hpp"

/// A function of a Supabase project that reads its Vault, called through PostgREST behind the
/// project's gateway: POST /rest/v1/rpc/<function>.
/// https://docs.postgrest.org/en/v12/references/api/functions.html
/// https://docs.postgrest.org/en/v12/references/errors.html
namespace sandbox {
namespace {

constexpr std::string_view rpc_path = "/rest/v1/rpc/";
/// A good key of a role that may not execute the function.
constexpr std::string_view powerless_key = "sandbox-authenticated";
constexpr std::string_view content_type = "application/json; charset=utf-8";

Answer postgrest_error(int status, std::string_view code, std::string_view message,
                       std::string_view details = {}) {
  return {status,
          fmt::format(R"({{"code":"{}","details":{},"hint":null,"message":{}}})", code,
                      details.empty() ? "null" : json_quoted(details), json_quoted(message)),
          std::string(content_type),
          {}};
}

Answer wrong_key() { return postgrest_error(401, "PGRST301", "JWSError JWSInvalidSignature"); }

/// PostgREST: 403 for whoever has logged in, 401 for the anonymous.
Answer not_permitted(int status) {
  return postgrest_error(status, "42501", "permission denied for function read_secret");
}

Answer unknown_function(std::string_view name, std::string_view parameter) {
  return postgrest_error(
      404, "PGRST202",
      fmt::format("Could not find the function public.{}({}) in the schema cache", name, parameter),
      fmt::format("Searched for the function public.{} with parameter {} or with a single unnamed "
                  "json/jsonb parameter, but no matches were found in the schema cache.",
                  name, parameter));
}

std::optional<Answer> ready_made(std::string_view name, const Judgement&) {
  if (name == "unavailable") {
    return postgrest_error(503, "PGRST002",
                           "Could not query the database for the schema cache. Retrying.");
  }
  if (name == "internal") return postgrest_error(500, "XX000", "internal error");
  if (name == "rate_limit") {
    return Answer{429, R"({"message":"API rate limit exceeded"})", "application/json", {}};
  }
  if (name == "unauthenticated") return wrong_key();
  if (name == "denied") return not_permitted(403);
  if (name == "unknown_function") return unknown_function("read_secret", "secret_name");
  return std::nullopt;
}

Judgement refused(std::string_view reason, Answer answer) {
  return refuse(Judgement{}, std::string(reason), std::move(answer));
}

/// The gateway looks at `apikey`, PostgREST at the bearer token.
std::optional<Refusal> check_keys(const Call& call) {
  const std::string_view key = call.header("apikey");
  if (key.empty()) {
    return Refusal{"no_apikey",
                   {401,
                    R"({"message":"No API key found in request",)"
                    R"("hint":"No `apikey` request header or url param was found."})",
                    "application/json",
                    {}}};
  }
  const auto good = [](std::string_view one) {
    return one == service_role_key || one == powerless_key;
  };
  const std::string_view bearer = call.bearer_token();
  if (!good(key) || (!bearer.empty() && !good(bearer))) return Refusal{"wrong_key", wrong_key()};
  if (bearer.empty()) return Refusal{"anonymous", not_permitted(401)};
  if (bearer != service_role_key) return Refusal{"denied", not_permitted(403)};
  return std::nullopt;
}

/// The one text parameter of the call; nothing when the body is anything else.
struct Parameter {
  std::string name;
  std::string value;
};
std::optional<Parameter> read_parameter(std::string_view body) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(body.data(), body.size());
  if (document.HasParseError() || !document.IsObject() || document.MemberCount() != 1) {
    return std::nullopt;
  }
  const auto& member = *document.MemberBegin();
  if (!member.value.IsString()) return std::nullopt;
  return Parameter{std::string(text_of(member.name)), std::string(text_of(member.value))};
}

Judgement judge(const Call& call, const Conditions& conditions) {
  if (!call.path.starts_with(rpc_path)) {
    return refused("unknown_path", postgrest_error(404, "PGRST125", "Invalid path"));
  }
  if (call.method != "POST") {
    return refused("method", postgrest_error(405, "PGRST101", "Only POST is played"));
  }
  if (auto refusal = check_keys(call)) return refused(refusal->reason, std::move(refusal->answer));
  if (!call.query.empty()) {
    return refused("query", postgrest_error(400, "PGRST100", "no parameter belongs here"));
  }
  const auto parameter = read_parameter(call.body);
  if (!call.has_content_type("application/json") || !parameter) {
    return refused("body", postgrest_error(400, "PGRST102", "Empty or invalid json"));
  }
  const std::string_view function = std::string_view(call.path).substr(rpc_path.size());
  if (conditions.supabase == nullptr ||
      !conditions.supabase->has_function(function, parameter->name)) {
    return refused("unknown_function", unknown_function(function, parameter->name));
  }
  // The answer is all there is; it travels in the judgement's document.
  const std::string value = conditions.supabase->read(parameter->value, conditions.executed);
  Judgement judgement;
  judgement.body.SetString(value.c_str(), static_cast<rapidjson::SizeType>(value.size()),
                           judgement.body.GetAllocator());
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  return {200, std::string(text_of(judgement.body)), std::string(content_type), {}};
}

}  // namespace

const Platform supabase_platform{"supabase", "", "", judge, answer, ready_made};

}  // namespace sandbox
