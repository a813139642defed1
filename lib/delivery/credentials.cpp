#include <algorithm>

#include <fmt/format.h>

#include "delivery/dispatcher.hpp"

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

}  // namespace

// Reads the connection's secret and, where the platform wants one, asks for an access token. True:
// the lane can send now. False: a token is on its way, or the lane was stopped.
Result<bool> Dispatcher::read_credential(Lane& lane) {
  const platforms::Platform& adapter = *lane.target.adapter;
  const auto give_up = [&](const Error& error) -> Result<bool> {
    Verdict verdict = missing(error);
    verdict.message = services_.redactor->redact(verdict.message);
    PRUUV_TRY(stop(lane, verdict, true));
    return false;
  };
  auto text = services_.read_secret(lane.target.connection->credential);
  if (!text) return give_up(text.error());
  services_.redactor->add_secret(*text);
  auto credential = adapter.parse_credential(*text);
  if (!credential) return give_up(credential.error());
  lane.credential = std::move(*credential);
  for (const Secret* part : {&lane.credential.access_token, &lane.credential.app_secret,
                             &lane.credential.client_secret, &lane.credential.refresh_token}) {
    services_.redactor->add_secret(*part);
  }
  if (adapter.token_request != nullptr) return read_token(lane);
  lane.state = Lane::State::ready;
  return true;
}

// The access token of the lane's credential: the one there is, or a new one to be asked for.
Result<bool> Dispatcher::read_token(Lane& lane) {
  const platforms::Platform& adapter = *lane.target.adapter;
  const TokenKey key{lane.target.connection->credential, adapter.name};
  Token& token = tokens_[key];
  const std::int64_t now_ms = services_.clock->steady_ms();
  if (token.state == Token::State::refused) {
    PRUUV_TRY(stop(lane, token.failure, token.failure.outcome == Outcome::rejected));
    return false;
  }
  if (token.state == Token::State::arrived && now_ms < token.until_ms) {
    lane.credential.access_token = token.access.token;
    lane.token_until_ms = token.until_ms;
    lane.state = Lane::State::ready;
    return true;
  }
  lane.state = Lane::State::asking_token;
  if (token.state == Token::State::asked) return false;  // another lane did
  token.state = Token::State::asked;
  const std::int64_t id = next_token_id_--;
  ++summary_.tried_requests;
  tokens_in_flight_.emplace(id, key);
  auto started = services_.client->start(
      id, adapter.token_request(lane.credential, *lane.target.endpoint, services_.clock->now_s()));
  if (started) return false;
  HttpResponse refused;
  refused.transport_code = http::not_started_code;
  refused.transport_error = std::move(started).error().message;
  token_answers_.push_back({id, std::move(refused)});
  return false;
}

Result<void> Dispatcher::take_token(std::int64_t token_id, const HttpResponse& response) {
  const auto entry = tokens_in_flight_.extract(token_id);
  const TokenKey& key = entry.mapped();
  const platforms::Platform* adapter = platforms::find_adapter(key.second);
  Token& token = tokens_.at(key);
  platforms::TokenAnswer answer = adapter->parse_token(response);
  ++token.tries;
  const std::int64_t now_ms = services_.clock->steady_ms();
  if (answer.failed) {
    token.failure = std::move(answer.failure.verdict);
    token.failure.code = services_.redactor->redact(token.failure.code);
    token.failure.message = services_.redactor->redact(token.failure.message);
    // Asking twice for a token does no harm, so an unknown outcome is a passing failure, too.
    const bool may_pass = token.failure.outcome != Outcome::rejected && token.tries < tries_max &&
                          token.failure.reason != Reason::connection_misconfigured &&
                          token.pause.fail(now_ms, now_ms, token.failure.retry_after_s, random_);
    token.state = may_pass ? Token::State::fresh : Token::State::refused;
  } else {
    services_.redactor->add_secret(answer.token.token);
    // Renewed well before it ends, so that no request is under way with a dead one.
    constexpr std::int64_t margin_s = 300;
    constexpr std::int64_t least_s = 60;
    token.until_ms = now_ms + 1000 * std::max(least_s, answer.token.expires_in_s - margin_s);
    token.access = std::move(answer.token);
    token.state = Token::State::arrived;
  }
  for (auto& [id, lane] : lanes_) {
    const bool asked = lane.state == Lane::State::asking_token && lane.target.adapter == adapter &&
                       lane.target.connection->credential == key.first;
    if (!asked) continue;
    lane.state = Lane::State::fresh;
    lane.pause.wait_until(token.pause.until_ms());
    if (token.state == Token::State::refused)
      PRUUV_TRY(stop(lane, token.failure, token.failure.outcome == Outcome::rejected));
  }
  return {};
}

}  // namespace pruuv::delivery
