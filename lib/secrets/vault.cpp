#include "secrets/vault.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/file_source.hpp"
#include "secrets/source.hpp"

namespace pruuv::secrets {
namespace {

using vault::Refusal;

// Reads under way at a time: enough to hide the way there and back.
constexpr std::size_t reads_max = 8;
// Failures in a row that are followed by another try: after half a second, one, two, and four.
constexpr int tries_max = 4;
constexpr int moves_max = 2;
// The longest that a run waits because Vault asked it to.
constexpr std::int64_t asked_wait_s_max = 30;
// As much of an address that somebody else names is shown.
constexpr std::size_t address_bytes_max = 200;

Result<Secret> load(const std::string& path) {
  PRUUV_TRY_ASSIGN(const Secret whole, read_file(path));
  return tidy(whole, "file:" + path);
}

std::string with_words(std::string cause, const HttpResponse& response) {
  const std::string words = vault::words_of(response);
  return words.empty() ? cause : fmt::format("{} ({})", cause, words);
}

// Whether it says that something is wrong with what was asked, so that asking again will not help.
bool is_answer_about_us(Refusal refusal) {
  return refusal == Refusal::bad_request || refusal == Refusal::denied ||
         refusal == Refusal::missing;
}

std::string status_words(const HttpResponse& response) {
  if (response.is_whole()) return fmt::format("it answered with status {}", response.status);
  return response.transport_error.empty() ? std::string("its answer broke off")
                                          : response.transport_error;
}

// The reference stands at the end: what follows a token's name and a colon is hidden in records.
std::string text_of(const Reference& reference, const std::string& cause) {
  return fmt::format("read a secret: {}, at {}", cause, printable(reference.text));
}

Answer field_answer(const Reference& reference, const vault::Field& field) {
  const auto refuse = [&](const std::string& cause, std::string hint) {
    return Answer::failed(Reach::reference,
                          Error{ErrorKind::config, text_of(reference, cause), std::move(hint)});
  };
  switch (field.state) {
    case vault::Field::State::there: {
      auto text = tidy(field.text, reference.text);
      if (!text) return refuse("the field is empty or holds a control character", "");
      return Answer::ready(std::move(*text));
    }
    case vault::Field::State::no_field:
      return refuse("the secret is there, the field is not",
                    "`vault kv get` shows the fields; the one meant stands behind #");
    case vault::Field::State::not_text:
      return refuse("the field is neither text nor an object", "write the token as a string");
    case vault::Field::State::deleted:
      if (field.is_destroyed)
        return refuse("its latest version was destroyed", "write it again with `vault kv put`");
      return refuse(field.deleted_at.empty()
                        ? std::string("its latest version was deleted")
                        : fmt::format("its latest version was deleted at {}", field.deleted_at),
                    "`vault kv undelete`, or write it again");
    case vault::Field::State::not_a_secret:
      break;
  }
  return refuse("what Vault answered is no secret of KV version 2",
                "the first part of the reference must be the mount of a KV version 2 engine");
}

Answer missing(const Reference& reference, const HttpResponse& response) {
  const vault::Field field = vault::parse_field(response, reference.field);
  if (field.state == vault::Field::State::deleted) return field_answer(reference, field);
  const std::string words = vault::words_of(response);
  return Answer::failed(
      Reach::reference,
      Error{ErrorKind::config, text_of(reference, with_words("Vault has none", response)),
            words.empty()
                ? std::string("`vault kv get` with the same mount and path shows what is there; "
                              "mind the namespace")
                : std::string("the first part of the reference must be the mount of a KV version "
                              "2 engine, the rest the path without `data/`")});
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
  if (step_ == Step::over) return {};
  switch (step_) {
    case Step::unwrap:
      return take_unwrapped(response, now_ms);
    case Step::login:
      return take_login(response, now_ms);
    case Step::renew:
      take_renewal(response, now_ms);
      return {};
    case Step::doubt:
      return take_doubt(response, now_ms);
    default:
      break;
  }
  const Refusal refusal = vault::refusal_of(response);
  if (const auto token = vault::parse_lookup(response)) {
    went_well();
    keep_lease(*token, now_ms);
  } else if (refusal == Refusal::denied || refusal == Refusal::bad_request ||
             refusal == Refusal::missing) {
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
  return end_with(
      Reach::place,
      error_of(ErrorKind::config, with_words("the wrapped secret id cannot be unwrapped", response),
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
    is_lent_ = true;
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
      error_of(ErrorKind::config, with_words("it refuses the login", response),
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
      return {
          {reference.text, field_answer(reference, vault::parse_field(response, reference.field))}};
    case Refusal::missing:
      went_well();
      return {{reference.text, missing(reference, response)}};
    case Refusal::denied:
      if (!can_look_ || step_ == Step::over) return {{reference.text, denied(reference)}};
      // With the token before this one that says nothing.
      if (read.logins != logins_ || not_before_ms_ > now_ms) return put_back(reference, now_ms);
      doubted_.push_back(reference);
      return {};
    case Refusal::bad_request: {
      const Error error = error_of(
          ErrorKind::config, with_words("it takes the request for a wrong one", response),
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

// To be read again: next, or in a pause when whoever wants it asks again.
std::vector<Settled> Vault::put_back(const Reference& reference, std::int64_t now_ms) {
  if (not_before_ms_ > now_ms) return {{reference.text, Answer::paused(not_before_ms_)}};
  waiting_.push_front(reference);
  return {};
}

void Vault::went_well() { failures_ = 0; }

void Vault::keep_lease(const vault::Token& token, std::int64_t now_ms) {
  is_renewable_ = token.renewable;
  renew_ms_.reset();
  ends_ms_.reset();
  if (token.lease_s == 0) return;
  ends_ms_ = now_ms + token.lease_s * 1000;
  renew_ms_ = now_ms + token.lease_s * 1000 * 2 / 3;
}

// A failure that may pass: a pause, another address, or the end of it for this run.
std::vector<Settled> Vault::try_again(Refusal refusal, const HttpResponse& response,
                                      std::int64_t now_ms) {
  if (step_ == Step::over) return end_with(end_.reach, end_.error);
  if (refusal == Refusal::moved) return follow(response);
  if (refusal == Refusal::untrusted) {
    return end_with(Reach::place,
                    error_of(ErrorKind::config, response.transport_error,
                             "set VAULT_CACERT to the certificates that Vault's is signed by"));
  }
  ++failures_;
  ++setbacks_;
  const auto addresses = static_cast<int>(settings_.addresses.size());
  const bool is_other_left = failures_ < addresses;
  const std::string cause =
      refusal == Refusal::sealed ? with_words("it is sealed or not ready", response)
      : refusal == Refusal::busy ? with_words("it has too much to do", response)
                                 : status_words(response);
  const auto asked_s = vault::retry_after_s(response);
  const bool is_over = (refusal == Refusal::sealed && !is_other_left) ||
                       failures_ >= tries_max + addresses || asked_s > asked_wait_s_max;
  if (is_over) {
    return end_with(Reach::outage,
                    error_of(ErrorKind::unavailable, cause, "the next run asks again"));
  }
  address_ = (address_ + 1) % settings_.addresses.size();
  session_.address = settings_.addresses[address_];
  const int round = std::max(0, failures_ - addresses);
  const std::int64_t pause_ms = is_other_left ? 0 : std::int64_t{500} << round;
  return pause_all(now_ms + std::max(pause_ms, asked_s.value_or(0) * 1000));
}

// A standby names the active server. Only one that the operator named is followed.
std::vector<Settled> Vault::follow(const HttpResponse& response) {
  const std::string to = vault::moved_to(response);
  const auto known = std::ranges::find(settings_.addresses, to);
  if (known == settings_.addresses.end() || ++moves_ > moves_max) {
    return end_with(
        Reach::place,
        error_of(ErrorKind::config,
                 fmt::format("it sends us on to {}",
                             to.empty() ? "nowhere" : cut(printable(to), address_bytes_max)),
                 "if that is the active server of the same Vault, add it to vault-addr behind a "
                 "comma: others are not followed"));
  }
  ++setbacks_;
  address_ = static_cast<std::size_t>(known - settings_.addresses.begin());
  session_.address = *known;
  return {};
}

std::vector<Settled> Vault::pause_all(std::int64_t until_ms) {
  not_before_ms_ = std::max(not_before_ms_, until_ms);
  return settle_all(Answer::paused(not_before_ms_));
}

std::vector<Settled> Vault::end_with(Reach reach, Error error) {
  step_ = Step::over;
  end_ = {reach, std::move(error)};
  return settle_all(Answer::failed(end_.reach, end_.error));
}

std::vector<Settled> Vault::settle_all(const Answer& answer) {
  std::vector<Settled> settled;
  for (std::deque<Reference>* queue : {&waiting_, &doubted_}) {
    for (const Reference& reference : *queue) settled.push_back({reference.text, answer});
    queue->clear();
  }
  return settled;
}

Error Vault::error_of(ErrorKind kind, const std::string& cause, std::string hint) const {
  return Error{kind, fmt::format("ask Vault at {}: {}", session_.address, cause), std::move(hint)};
}

Answer Vault::denied(const Reference& reference) const {
  // Where the token could read other things and was never seen dead, it is about this path.
  const bool is_own = can_look_ || reads_done_ > 0;
  return Answer::failed(
      is_own ? Reach::reference : Reach::place,
      Error{ErrorKind::config, text_of(reference, "Vault denies it"),
            is_own ? "the policy of the login must allow `read` on <mount>/data/<path>"
                   : "the token may have ended, or its policy does not allow `read` on "
                     "<mount>/data/<path>"});
}

std::optional<HttpRequest> Vault::farewell() {
  if (!is_lent_ || session_.token.empty()) return std::nullopt;
  HttpRequest request = vault::revoke_request(session_);
  constexpr int farewell_ms = 3'000;
  request.timeout_ms = farewell_ms;
  session_.token = {};
  step_ = Step::over;
  return request;
}

}  // namespace pruuv::secrets
