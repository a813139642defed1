#include "secrets/vault.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/file_source.hpp"
#include "secrets/source.hpp"
#include "secrets/vault_field.hpp"

namespace pruuv::secrets {
namespace {

using vault::Refusal;

// Reads under way at a time: enough to hide the way there and back.
constexpr std::size_t reads_max = 8;
Result<Secret> load(const std::string& path) {
  PRUUV_TRY_ASSIGN(const Secret whole, read_file(path));
  return tidy(whole, "file:" + path);
}

// Whether it says that something is wrong with what was asked, so that asking again will not help.
bool is_answer_about_us(Refusal refusal) {
  return refusal == Refusal::bad_request || refusal == Refusal::denied ||
         refusal == Refusal::missing;
}

}  // namespace

Vault::Vault(config::VaultSettings settings, Loaded loaded)
    : settings_(std::move(settings)), loaded_(std::move(loaded)) {
  if (!settings_.role_id.empty()) {
    method_ = Method::approle;
  } else if (!settings_.jwt_file.empty()) {
    method_ = Method::jwt;
  } else if (std::getenv("VAULT_TOKEN") != nullptr || !settings_.token_file.empty()) {
    method_ = Method::token;
  }
  session_.name_space = settings_.name_space;
  session_.ca_file = settings_.ca_file;
  if (!settings_.addresses.empty()) session_.address = settings_.addresses.front();
}

// What the login needs is read from its files when the first secret is asked for.
Result<void> Vault::prepare() {
  if (session_.address.empty()) {
    return fail(ErrorKind::config, "ask Vault: no address is set",
                "set VAULT_ADDR, or vault-addr in the configuration file");
  }
  switch (method_) {
    case Method::approle: {
      PRUUV_TRY_ASSIGN(login_secret_, load(settings_.secret_id_file));
      step_ = settings_.secret_id_wrapped ? Step::unwrap : Step::login;
      break;
    }
    case Method::jwt: {
      PRUUV_TRY_ASSIGN(login_secret_, load(settings_.jwt_file));
      step_ = Step::login;
      break;
    }
    case Method::token: {
      const char* variable = std::getenv("VAULT_TOKEN");
      const Secret text(variable == nullptr ? "" : variable);
      PRUUV_TRY_ASSIGN(session_.token, settings_.token_file.empty() ? tidy(text, "VAULT_TOKEN")
                                                                    : load(settings_.token_file));
      loaded_(session_.token);
      step_ = Step::look;
      break;
    }
    case Method::none:
      step_ = Step::ready;
      break;
  }
  if (!login_secret_.empty()) loaded_(login_secret_);
  return {};
}

Answer Vault::ask(const Reference& reference, std::int64_t now_ms) {
  if (step_ == Step::begin) {
    if (auto ready = prepare(); !ready) end_with(Reach::place, std::move(ready).error());
  }
  if (step_ == Step::over) return Answer::failed(end_.reach, end_.error);
  if (not_before_ms_ > now_ms) return Answer::paused(not_before_ms_);
  waiting_.push_back(reference);
  return {};
}

std::optional<HttpRequest> Vault::next_call(std::int64_t number, std::int64_t now_ms) {
  if (step_ == Step::over || step_call_ || not_before_ms_ > now_ms) return std::nullopt;
  if (waiting_.empty() && doubted_.empty()) return std::nullopt;
  if (auto request = next_step(now_ms)) {
    step_call_ = number;
    return request;
  }
  if (waiting_.empty() || reads_.size() >= reads_max) return std::nullopt;
  HttpRequest request = vault::read_request(session_, waiting_.front());
  reads_.emplace(number, Read{std::move(waiting_.front()), logins_, setbacks_});
  waiting_.pop_front();
  return request;
}

// What has to come before a read; nothing where it may go.
std::optional<HttpRequest> Vault::next_step(std::int64_t now_ms) {
  const bool is_ageing = renew_ms_ && now_ms >= *renew_ms_;
  if (step_ == Step::ready && !doubted_.empty()) step_ = Step::doubt;
  if (step_ == Step::ready && is_ageing) {
    renew_ms_.reset();
    if (is_renewable_) {
      step_ = Step::renew;
    } else if (can_login()) {
      step_ = Step::login;
    }
  }
  switch (step_) {
    case Step::unwrap:
      return vault::unwrap_request(session_, login_secret_);
    case Step::login:
      return method_ == Method::approle
                 ? vault::login_request(session_, settings_.auth_mount,
                                        vault::approle_body(settings_.role_id, login_secret_))
                 : vault::login_request(session_, settings_.auth_mount,
                                        vault::jwt_body(settings_.jwt_role, login_secret_));
    case Step::look:
    case Step::doubt:
      return vault::lookup_request(session_);
    case Step::renew: {
      constexpr std::int64_t hour_s = 3600;
      return vault::renew_request(session_, hour_s);
    }
    case Step::begin:
    case Step::ready:
    case Step::over:
      break;
  }
  return std::nullopt;
}

std::vector<Settled> Vault::take(std::int64_t number, const HttpResponse& response,
                                 std::int64_t now_ms) {
  if (step_call_ == number) {
    step_call_.reset();
    return take_step(response, now_ms);
  }
  auto read = reads_.extract(number);
  return take_read(read.mapped(), response, now_ms);
}

std::vector<Settled> Vault::take_step(const HttpResponse& response, std::int64_t now_ms) {
  switch (step_) {
    case Step::unwrap:
      return take_unwrapped(response, now_ms);
    case Step::login:
      return take_login(response, now_ms);
    case Step::renew:
      take_renewal(response, now_ms);
      return {};
    case Step::look:
      return take_look(response, now_ms);
    case Step::doubt:
      return take_doubt(response, now_ms);
    case Step::begin:
    case Step::ready:
    case Step::over:
      break;
  }
  return {};
}

std::vector<Settled> Vault::take_look(const HttpResponse& response, std::int64_t now_ms) {
  const Refusal refusal = vault::refusal_of(response);
  if (const auto token = vault::parse_lookup(response)) {
    went_well();
    keep_lease(*token, now_ms);
  } else if (is_answer_about_us(refusal)) {
    // It may have ended, or not be allowed to look at itself: the reads will tell.
    can_look_ = false;
  } else {
    return try_again(refusal, response, now_ms);
  }
  step_ = Step::ready;
  return {};
}

std::vector<Settled> Vault::take_unwrapped(const HttpResponse& response, std::int64_t now_ms) {
  const Refusal refusal = vault::refusal_of(response);
  if (auto secret_id = vault::parse_secret_id(response)) {
    went_well();
    login_secret_ = std::move(*secret_id);
    loaded_(login_secret_);
    step_ = Step::login;
    return {};
  }
  if (!is_answer_about_us(refusal)) return try_again(refusal, response, now_ms);
  return end_with(Reach::place,
                  error_of(ErrorKind::config,
                           vault::with_words("the wrapped secret id cannot be unwrapped", response),
                           "a wrapping token is good for one use: if nobody of yours has used "
                           "it, take the secret id for stolen and revoke it"));
}

std::vector<Settled> Vault::take_login(const HttpResponse& response, std::int64_t now_ms) {
  const Refusal refusal = vault::refusal_of(response);
  if (auto token = vault::parse_login(response)) {
    went_well();
    session_.token = std::move(token->token);
    loaded_(session_.token);
    keep_lease(*token, now_ms);
    ++logins_;
    can_look_ = true;
    step_ = Step::ready;
    // What the token before this one was denied.
    waiting_.insert(waiting_.end(), doubted_.begin(), doubted_.end());
    doubted_.clear();
    return {};
  }
  if (!is_answer_about_us(refusal)) return try_again(refusal, response, now_ms);
  return end_with(
      Reach::place,
      error_of(ErrorKind::config, vault::with_words("it refuses the login", response),
               method_ == Method::approle
                   ? "check vault-role-id and the secret id's file (an id may have expired or been "
                     "used up), and the mount and namespace of the AppRole"
                   : "check vault-jwt-role and the token in vault-jwt-file (its end, its "
                     "audience), and the mount and namespace"));
}

// A token that is not renewed is got anew, or lasts as long as it lasts.
void Vault::take_renewal(const HttpResponse& response, std::int64_t now_ms) {
  const auto token = vault::parse_login(response);
  if (token) {
    went_well();
    keep_lease(*token, now_ms);
  }
  step_ = token || !can_login() ? Step::ready : Step::login;
}

// Whether a read was denied for the path's sake, or because the token has ended.
std::vector<Settled> Vault::take_doubt(const HttpResponse& response, std::int64_t now_ms) {
  const Refusal refusal = vault::refusal_of(response);
  const bool is_alive = vault::parse_lookup(response).has_value();
  if (!is_alive && !is_answer_about_us(refusal)) return try_again(refusal, response, now_ms);
  std::deque<Reference> doubted;
  doubted.swap(doubted_);
  if (!is_alive && can_login() && may_login_again_) {
    may_login_again_ = false;
    step_ = Step::login;
    waiting_.insert(waiting_.begin(), doubted.begin(), doubted.end());
    return {};
  }
  can_look_ = is_alive;
  step_ = Step::ready;
  std::vector<Settled> settled;
  for (const Reference& reference : doubted) settled.push_back({reference.text, denied(reference)});
  return settled;
}

std::vector<Settled> Vault::take_read(const Read& read, const HttpResponse& response,
                                      std::int64_t now_ms) {
  const Reference& reference = read.reference;
  const Refusal refusal = vault::refusal_of(response);
  switch (refusal) {
    case Refusal::none:
      went_well();
      ++reads_done_;
      return {{reference.text, vault::answer_of_read(reference, response)}};
    case Refusal::missing:
      went_well();
      return {{reference.text, vault::answer_of_missing(reference, response)}};
    case Refusal::denied:
      if (!can_look_ || step_ == Step::over) return {{reference.text, denied(reference)}};
      // With the token before this one that says nothing.
      if (read.logins != logins_ || not_before_ms_ > now_ms) return put_back(reference, now_ms);
      doubted_.push_back(reference);
      return {};
    case Refusal::bad_request: {
      const Error error = error_of(
          ErrorKind::config, vault::with_words("it takes the request for a wrong one", response),
          session_.token.empty()
              ? "give it a login: vault-role-id with vault-secret-id-file, vault-jwt-role with "
                "vault-jwt-file, or VAULT_TOKEN"
              : "check that the token is a whole one, of this server and namespace");
      if (reads_done_ > 0) return {{reference.text, Answer::failed(Reach::reference, error)}};
      waiting_.push_front(reference);
      return end_with(Reach::place, error);
    }
    default:
      break;
  }
  // Reads that were under way together fail together: that is one failure.
  if (read.setbacks != setbacks_ && step_ != Step::over) return put_back(reference, now_ms);
  waiting_.push_front(reference);
  return try_again(refusal, response, now_ms);
}

void Vault::keep_lease(const vault::Token& token, std::int64_t now_ms) {
  is_renewable_ = token.renewable;
  renew_ms_.reset();
  ends_ms_.reset();
  if (token.lease_s == 0) return;
  ends_ms_ = now_ms + token.lease_s * 1000;
  renew_ms_ = now_ms + token.lease_s * 1000 * 2 / 3;
}

Error Vault::error_of(ErrorKind kind, const std::string& cause, std::string hint) const {
  return Error{kind, fmt::format("ask Vault at {}: {}", session_.address, cause), std::move(hint)};
}

Answer Vault::denied(const Reference& reference) const {
  // Where the token could read other things and was never seen dead, it is about this path.
  const bool is_own = can_look_ || reads_done_ > 0;
  return Answer::failed(
      is_own ? Reach::reference : Reach::place,
      Error{ErrorKind::config, vault::text_of_read(reference, "Vault denies it"),
            is_own ? "the policy of the login must allow `read` on <mount>/data/<path>"
                   : "the token may have ended, or its policy does not allow `read` on "
                     "<mount>/data/<path>"});
}

std::optional<HttpRequest> Vault::farewell() {
  if (!can_login() || session_.token.empty()) return std::nullopt;
  HttpRequest request = vault::revoke_request(session_);
  constexpr int farewell_ms = 3'000;
  request.timeout_ms = farewell_ms;
  session_.token = {};
  step_ = Step::over;
  return request;
}

}  // namespace pruuv::secrets
