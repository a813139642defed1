#include "platform.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sandbox {
namespace {

bool starts_with_version(std::string_view path) {
  return path.size() > 2 && path[0] == '/' && path[1] == 'v' && path[2] >= '0' && path[2] <= '9';
}

/// Vault's paths begin as two of Google's do.
bool is_googles(std::string_view path) {
  return path.starts_with("/v1/events") || path.starts_with("/v1/requestStatus") ||
         path.starts_with("/v1/customers/") || path.ends_with(":ingest");
}

Judgement judge_unknown(const Call& call, const Conditions&) {
  return refuse(
      open_judgement(call, "data"), "unknown_path",
      Answer{
          404, R"({"error":"no platform of this sandbox has this path"})", "application/json", {}});
}

Answer answer_nothing(const Call&, const Judgement&) { return {}; }

std::optional<Answer> no_ready_made(std::string_view, const Judgement&) { return std::nullopt; }

}  // namespace

const Platform unknown_platform{"unknown",     "data",         "",
                                judge_unknown, answer_nothing, no_ready_made};

const Platform& platform_of(std::string_view path) {
  if (path.starts_with("/rest/")) return supabase_platform;
  if (path.starts_with("/v1/") && !is_googles(path)) return vault_platform;
  if (path == "/token") return token_platform;
  if (path.starts_with("/open_api/")) return tiktok_platform;
  if (path.find("/customers/") != std::string_view::npos) return google_ads_platform;
  if (path.starts_with("/v1/requestStatus")) return data_manager_status_platform;
  if (path.starts_with("/v1/") || path.ends_with(":ingest")) return data_manager_platform;
  if (starts_with_version(path) || path.ends_with("/events")) return meta_platform;
  return unknown_platform;
}

Judgement open_judgement(const Call& call, std::string_view event_list) {
  Judgement judgement;
  // Iterative: a hostile body must not be able to exhaust the stack.
  judgement.body.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      call.body.data(), call.body.size());
  if (judgement.body.HasParseError()) {
    judgement.body.SetNull();
    return judgement;
  }
  if (const Json* events = event_objects(judgement, event_list)) {
    judgement.events.resize(events->Size());
  }
  return judgement;
}

const Json* event_objects(const Judgement& judgement, std::string_view event_list) {
  const Json* events = find(judgement.body, event_list);
  return events != nullptr && events->IsArray() ? events : nullptr;
}

Judgement refuse(Judgement judgement, std::string reason, Answer answer) {
  for (Verdict& verdict : judgement.events) verdict.status = Status::refused;
  judgement.refusal = Refusal{std::move(reason), std::move(answer)};
  return judgement;
}

std::optional<Violation> ordered_violation(const Conditions& conditions, std::string_view event_id,
                                           std::string_view code, bool named_by_default) {
  if (conditions.marked == nullptr) return std::nullopt;
  const auto found = conditions.marked->find(event_id);
  if (found == conditions.marked->end()) return std::nullopt;
  Violation ordered = violation(code, {}, found->second.reason);
  ordered.named = found->second.named.value_or(named_by_default);
  return ordered;
}

void blame(Verdict& verdict, Violation violation, std::string_view event_list, std::size_t index) {
  verdict.status = Status::refused;
  prepend(violation, event_list, index);
  verdict.violation = std::move(violation);
}

const Verdict* first_bad(const Judgement& judgement) {
  const auto bad =
      std::find_if(judgement.events.begin(), judgement.events.end(),
                   [](const Verdict& verdict) { return verdict.violation.has_value(); });
  return bad == judgement.events.end() ? nullptr : &*bad;
}

std::string reason_of(const Verdict& verdict, const Judgement& judgement) {
  if (verdict.violation) {
    const Violation& bad = *verdict.violation;
    return fmt::format("{} at {}: {}", bad.code, dotted(bad.path), bad.message);
  }
  if (verdict.status != Status::refused) return {};
  return judgement.refusal ? "request refused: " + judgement.refusal->reason : "not executed";
}

}  // namespace sandbox
