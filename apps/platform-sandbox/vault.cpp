#include "platform.hpp"
#include "vault_answers.hpp"
#include "vault_book.hpp"

/// Vault or OpenBao as a platform of the sandbox: everything below /v1/ that is not Google's.
namespace sandbox {
namespace {

std::optional<Answer> ready_made(std::string_view name, const Judgement&) {
  using namespace vault;
  if (name == "sealed") return error(503, {}, "Vault is sealed").answer;
  if (name == "standby") {
    return error(500, {}, "local node not active but active cluster node not found").answer;
  }
  if (name == "rate_limit") return error(429, {}, "rate limit quota exceeded").answer;
  if (name == "denied") return policy_denied().answer;
  if (name == "token") return token_refused().answer;
  if (name == "internal") return error(500, {}, as_list("internal error")).answer;
  if (name == "malformed") return token_malformed().answer;
  return std::nullopt;
}

Judgement judge(const Call& call, const Conditions& conditions) {
  if (conditions.vault == nullptr) {
    return refuse(Judgement{}, "sealed", *ready_made("sealed", Judgement{}));
  }
  vault::Outcome outcome = conditions.vault->answer(call, conditions.now, conditions.executed);
  if (!outcome.reason.empty()) {
    return refuse(Judgement{}, std::move(outcome.reason), std::move(outcome.answer));
  }
  // The answer is all there is; it travels in the judgement's document.
  Judgement judgement;
  const std::string& body = outcome.answer.body;
  judgement.body.SetString(body.c_str(), static_cast<rapidjson::SizeType>(body.size()),
                           judgement.body.GetAllocator());
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  const std::string_view body = text_of(judgement.body);
  return {body.empty() ? 204 : 200,
          std::string(body),
          "application/json",
          {{"Cache-Control", "no-store"}}};
}

}  // namespace

const Platform vault_platform{"vault", "", "", judge, answer, ready_made};

}  // namespace sandbox
