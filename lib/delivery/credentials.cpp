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
  const Connection& connection = *lane.target.connection;
  const auto give_up = [&](const Error& error) -> Result<bool> {
    PRUUV_TRY_ASSIGN(store::Transaction transaction,
                     store::Transaction::begin(*services_.database));
    PRUUV_TRY(stop(lane, missing(error), true));
    PRUUV_TRY(transaction.commit());
    return false;
  };
  auto text = services_.read_secret(connection.credential);
  if (!text) return give_up(text.error());
  services_.redactor->add_secret(*text);
  auto credential = adapter.parse_credential(*text);
  if (!credential) return give_up(credential.error());
  lane.credential = std::move(*credential);
  for (const Secret* part : {&lane.credential.access_token, &lane.credential.app_secret,
                             &lane.credential.client_secret, &lane.credential.refresh_token}) {
    services_.redactor->add_secret(*part);
  }
  if (adapter.token_request == nullptr) {
    lane.state = Lane::State::ready;
    return true;
  }

  const TokenKey key{connection.credential, adapter.name};
  const auto known = tokens_.find(key);
  if (known != tokens_.end() && known->second.arrived) {
    if (known->second.answer.failed) {
      PRUUV_TRY_ASSIGN(store::Transaction transaction,
                       store::Transaction::begin(*services_.database));
      const Verdict& verdict = known->second.answer.failure.verdict;
      PRUUV_TRY(stop(lane, verdict, verdict.outcome == Outcome::rejected));
      PRUUV_TRY(transaction.commit());
      return false;
    }
    lane.credential.access_token = known->second.answer.token.token;
    lane.state = Lane::State::ready;
    return true;
  }
  lane.state = Lane::State::asking_token;
  if (known != tokens_.end()) return false;  // another lane asked already
  tokens_.emplace(key, Token{});
  const std::int64_t id = next_token_id_--;
  ++summary_.tried_requests;
  auto started =
      services_.client->start(id, adapter.token_request(lane.credential, *lane.target.endpoint));
  if (!started) return give_up(started.error());
  tokens_in_flight_.emplace(id, key);
  return false;
}

// Runs inside the transaction of take_answers.
Result<void> Dispatcher::take_token(std::int64_t token_id, const HttpResponse& response) {
  const auto entry = tokens_in_flight_.extract(token_id);
  const TokenKey& key = entry.mapped();
  const platforms::Platform* adapter = platforms::find_adapter(key.second);
  Token& token = tokens_.at(key);
  token.answer = adapter->parse_token(response);
  token.arrived = true;
  if (!token.answer.failed) services_.redactor->add_secret(token.answer.token.token);
  for (auto& [id, lane] : lanes_) {
    const bool asked = lane.state == Lane::State::asking_token && lane.target.adapter == adapter &&
                       lane.target.connection->credential == key.first;
    if (!asked) continue;
    if (token.answer.failed) {
      const Verdict& verdict = token.answer.failure.verdict;
      lane.state = Lane::State::fresh;
      PRUUV_TRY(stop(lane, verdict, verdict.outcome == Outcome::rejected));
    } else {
      lane.credential.access_token = token.answer.token.token;
      lane.state = Lane::State::ready;
    }
  }
  return {};
}

}  // namespace pruuv::delivery
