#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "secrets/place.hpp"
#include "secrets/vault_api.hpp"

namespace pruuv::secrets {

// HashiCorp Vault or OpenBao, KV version 2. One login a run, by AppRole or JWT; or a token from
// outside (VAULT_TOKEN or the token file); or none, behind an agent that adds its own. The token is
// renewed before it ends, got anew where it cannot be renewed, and given back by the farewell if it
// was lent by a login.
//
// A 403 can mean that a policy denies this path or that the token has ended: the token itself is
// then asked about, and where it has ended one more login is made, once in a run. Limits, failures
// and unreachable servers are tried a few times with pauses and with every address; a sealed server
// is not. Where nothing helps, that is an outage for the rest of the run.
class Vault final : public Place {
 public:
  Vault(config::VaultSettings settings, Loaded loaded);

  Answer ask(const Reference& reference, std::int64_t now_ms) override;
  std::optional<HttpRequest> next_call(std::int64_t number, std::int64_t now_ms) override;
  std::vector<Settled> take(std::int64_t number, const HttpResponse& response,
                            std::int64_t now_ms) override;
  std::optional<HttpRequest> farewell() override;

  // For a person: when the token ends, as far as known.
  [[nodiscard]] std::optional<std::int64_t> token_ends_ms() const { return ends_ms_; }

 private:
  enum class Step {
    begin,   // nothing read yet, not even the login's files
    unwrap,  // the file's wrapping token is exchanged for the secret id
    login,
    look,  // a token from outside: how long it lasts
    ready,
    renew,
    doubt,  // a read was denied: is it the token?
    over,   // end_ says why
  };
  enum class Method { approle, jwt, token, none };

  struct Read {
    Reference reference;
    int logins = 0;    // made before it
    int setbacks = 0;  // that came before it
  };

  Result<void> prepare();
  [[nodiscard]] std::optional<HttpRequest> next_step(std::int64_t now_ms);
  [[nodiscard]] bool can_login() const {
    return method_ == Method::approle || method_ == Method::jwt;
  }

  std::vector<Settled> take_step(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> take_unwrapped(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> take_login(const HttpResponse& response, std::int64_t now_ms);
  void take_renewal(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> take_look(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> take_doubt(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> take_read(const Read& read, const HttpResponse& response,
                                 std::int64_t now_ms);
  void went_well() { failures_ = 0; }
  void keep_lease(const vault::Token& token, std::int64_t now_ms);

  // vault_faults.cpp: what failures that may pass lead to
  std::vector<Settled> put_back(const Reference& reference, std::int64_t now_ms);
  std::vector<Settled> try_again(vault::Refusal refusal, const HttpResponse& response,
                                 std::int64_t now_ms);
  std::vector<Settled> follow(const HttpResponse& response);
  std::vector<Settled> pause_all(std::int64_t until_ms);
  std::vector<Settled> end_with(Reach reach, Error error);
  std::vector<Settled> settle_all(const Answer& answer);
  [[nodiscard]] Error error_of(ErrorKind kind, const std::string& cause, std::string hint) const;
  [[nodiscard]] Answer denied(const Reference& reference) const;

  config::VaultSettings settings_;
  Loaded loaded_;
  Method method_ = Method::none;
  vault::Session session_;
  std::size_t address_ = 0;  // of the settings', the session's
  Secret login_secret_;      // secret id, JWT, or, until it is unwrapped, the wrapping token

  Step step_ = Step::begin;
  std::optional<std::int64_t> step_call_;  // its number, while it is under way
  Failure end_;
  std::optional<std::int64_t> renew_ms_, ends_ms_;
  bool is_renewable_ = false;
  int logins_ = 0;
  bool may_login_again_ = true;
  bool can_look_ = true;  // at the token: its policy allows it, and it lives
  std::int64_t reads_done_ = 0;

  int failures_ = 0;  // in a row
  int setbacks_ = 0;  // failures and moves, all of them
  int moves_ = 0;
  std::int64_t not_before_ms_ = 0;
  std::deque<Reference> waiting_;
  std::deque<Reference> doubted_;       // denied, perhaps for the token's sake
  std::map<std::int64_t, Read> reads_;  // under way, by number
};

}  // namespace pruuv::secrets
