#include "delivery/token_desk.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "delivery/judge.hpp"

namespace pruuv::delivery {
namespace {

Verdict missing(const Error& error) {
  Verdict verdict;
  verdict.outcome = Outcome::rejected;
  verdict.scope = Scope::credential;
  verdict.reason = Reason::credential_missing;
  verdict.code = "credential";
  verdict.message =
      error.hint.empty() ? error.message : fmt::format("{}; {}", error.message, error.hint);
  return verdict;
}

Verdict unchanged() {
  Verdict verdict;
  verdict.outcome = Outcome::rejected;
  verdict.scope = Scope::credential;
  verdict.reason = Reason::credential_refused;
  verdict.code = "credential";
  verdict.message = "the platform refuses it, and where it is kept it is still the same";
  return verdict;
}

}  // namespace

TokenDesk::Grant TokenDesk::refused(Verdict verdict) {
  Grant grant;
  grant.state = Grant::State::refused;
  grant.refusal = std::move(verdict);
  grant.refusal.code = services_.redactor->redact(grant.refusal.code);
  grant.refusal.message = services_.redactor->redact(grant.refusal.message);
  return grant;
}

TokenDesk::Grant TokenDesk::without_secret(const secrets::Failure& failure) {
  Verdict verdict = missing(failure.error);
  switch (failure.reach) {
    case secrets::Reach::reference:
      break;
    case secrets::Reach::place:
      secrets_refused_ = failure.error.kind;
      break;
    case secrets::Reach::outage:
      secrets_down_ = true;
      verdict.outcome = Outcome::retryable;
      verdict.reason = Reason::secrets_unavailable;
      break;
  }
  return refused(std::move(verdict));
}

TokenDesk::Grant TokenDesk::ask(const resolve::Target& target) {
  const std::string& reference = target.connection->credential;
  const secrets::Answer answer = services_.secrets->ask(reference);
  Grant grant;
  switch (answer.state) {
    case secrets::Answer::State::asked:
      start_secret_calls();
      grant.state = Grant::State::asked;
      return grant;
    case secrets::Answer::State::paused:
      grant.state = Grant::State::paused;
      grant.until_ms = answer.again_ms;
      return grant;
    case secrets::Answer::State::failed:
      return without_secret(answer.failure);
    case secrets::Answer::State::ready:
      break;
  }
  const auto doubted = doubted_.find({reference, target.adapter->name});
  if (doubted != doubted_.end() && doubted->second.reveal() == answer.secret.reveal())
    return refused(unchanged());
  return with_secret(target, answer.secret);
}

TokenDesk::Grant TokenDesk::with_secret(const resolve::Target& target, const Secret& text) {
  const platforms::Platform& adapter = *target.adapter;
  auto credential = adapter.parse_credential(text);
  if (!credential) return refused(missing(credential.error()));
  for (const Secret* part :
       {&credential->access_token, &credential->app_secret, &credential->client_secret,
        &credential->refresh_token, &credential->private_key, &credential->private_key_id,
        &credential->developer_token}) {
    services_.redactor->add_secret(*part);
  }
  if (adapter.token_request != nullptr) return exchange(target, std::move(*credential));
  Grant grant;
  grant.state = Grant::State::ready;
  grant.credential = std::move(*credential);
  return grant;
}

void TokenDesk::doubt(const resolve::Target& target) {
  const std::string& reference = target.connection->credential;
  const secrets::Answer known = services_.secrets->ask(reference);
  const Key key{reference, target.adapter->name};
  if (known.state == secrets::Answer::State::ready) doubted_[key] = known.secret;
  services_.secrets->forget(reference);
  tokens_.erase(key);
}

void TokenDesk::start_secret_calls() {
  while (auto call = services_.secrets->next_call()) {
    const std::int64_t id = next_id_--;
    secret_calls_.emplace(id, call->number);
    if (auto started = services_.client->start(id, std::move(call->request)); !started)
      answers_.push_back({id, http::not_started(started.error())});
  }
}

// The access token of the credential: the one there is, or a new one to be asked for.
TokenDesk::Grant TokenDesk::exchange(const resolve::Target& target,
                                     platforms::Credential credential) {
  const platforms::Platform& adapter = *target.adapter;
  const Key key{target.connection->credential, adapter.name};
  Token& token = tokens_[key];
  if (token.state == Token::State::refused) return refused(token.failure);
  Grant grant;
  if (token.state == Token::State::arrived && services_.clock->steady_ms() < token.until_ms) {
    grant.state = Grant::State::ready;
    grant.credential = std::move(credential);
    grant.credential.access_token = token.access.token;
    grant.until_ms = token.until_ms;
    return grant;
  }
  grant.state = Grant::State::asked;
  if (token.state == Token::State::asked) return grant;  // for another connection
  token.state = Token::State::asked;
  const std::int64_t id = next_id_--;
  ++started_;
  in_flight_.emplace(id, key);
  auto started = services_.client->start(
      id, adapter.token_request(credential, *target.endpoint, services_.clock->now_s()));
  if (started) return grant;
  answers_.push_back({id, http::not_started(started.error())});
  return grant;
}

std::vector<TokenDesk::Settled> TokenDesk::settle() {
  std::vector<http::Client::Completed> answers;
  answers.swap(answers_);
  std::vector<Settled> settled;
  settled.reserve(answers.size());
  for (http::Client::Completed& answer : answers) {
    if (secret_calls_.contains(answer.id)) {
      std::ranges::move(take_secret(std::move(answer)), std::back_inserter(settled));
    } else {
      settled.push_back(take_token(answer));
    }
  }
  start_secret_calls();
  return settled;
}

std::vector<TokenDesk::Settled> TokenDesk::take_secret(http::Client::Completed answer) {
  const auto call = secret_calls_.extract(answer.id);
  std::vector<Settled> settled;
  for (secrets::Keeper::Again& again : services_.secrets->take(call.mapped(), answer.response)) {
    settled.push_back({std::move(again.reference), nullptr, again.not_before_ms, std::nullopt});
  }
  const Secret wiped(std::move(answer.response.body));
  return settled;
}

TokenDesk::Settled TokenDesk::take_token(const http::Client::Completed& answer) {
  if (answer.response.status != 0) ++answered_;
  const auto entry = in_flight_.extract(answer.id);
  const Key& key = entry.mapped();
  Settled settled;
  settled.reference = key.first;
  settled.adapter = platforms::find_adapter(key.second);
  Token& token = tokens_.at(key);
  platforms::TokenAnswer read = settled.adapter->parse_token(answer.response);
  ++token.tries;
  const std::int64_t now_ms = services_.clock->steady_ms();
  if (read.failed) {
    token.failure = std::move(read.failure.verdict);
    token.failure.code = services_.redactor->redact(token.failure.code);
    token.failure.message = services_.redactor->redact(token.failure.message);
    // Asking twice for a token does no harm, so an unknown outcome is a passing failure, too.
    const bool may_pass = token.failure.outcome != Outcome::rejected && token.tries < tries_max &&
                          token.failure.reason != Reason::connection_misconfigured &&
                          token.pause.fail(now_ms, now_ms, token.failure.retry_after_s, random_);
    token.state = may_pass ? Token::State::fresh : Token::State::refused;
    if (!may_pass) settled.refusal = token.failure;
  } else {
    services_.redactor->add_secret(read.token.token);
    // Renewed well before it ends, so that no request is under way with a dead one.
    constexpr std::int64_t margin_s = 300;
    constexpr std::int64_t least_s = 60;
    token.until_ms = now_ms + 1000 * std::max(least_s, read.token.expires_in_s - margin_s);
    token.access = std::move(read.token);
    token.state = Token::State::arrived;
  }
  settled.wait_until_ms = token.pause.until_ms();
  return settled;
}

}  // namespace pruuv::delivery
