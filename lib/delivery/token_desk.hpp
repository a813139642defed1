#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "delivery/pace.hpp"
#include "delivery/run.hpp"
#include "http/client.hpp"
#include "platforms/platform.hpp"
#include "resolve/resolve.hpp"

namespace pruuv::delivery {

// The credentials of a run: read when they are first needed, kept for the run, and exchanged for an
// access token once for each credential and adapter, and again when that grows old. Whoever asks
// moves the client and brings back the answers whose ids are negative.
class TokenDesk {
 public:
  TokenDesk(const Services& services, std::uint64_t seed) : services_(services), random_(seed) {}

  // What a connection's credential is good for at this moment.
  struct Grant {
    enum class State {
      ready,    // `credential` can be used
      asked,    // the secret or a token is on its way
      paused,   // to be asked for again from `until_ms` on
      refused,  // `refusal`: rejected = a person must act; else only this run goes without
    };
    State state = State::refused;
    platforms::Credential credential;
    std::optional<std::int64_t> until_ms;  // steady time from which on to ask again
    Verdict refusal;
  };
  Grant ask(const resolve::Target& target);

  // An answer to a token request; its id is negative. settle() takes it in.
  void arrived(http::Client::Completed answer) { answers_.push_back(std::move(answer)); }

  // Has the secret read again by the next ask(), for it may have been changed at its place. Where
  // it has not, or cannot be read, that ask() is refused.
  void doubt(const resolve::Target& target);

  // What the answers came to, for those whose ask() said `asked`.
  struct Settled {
    std::string reference;
    const platforms::Platform* adapter = nullptr;  // null: all that use the reference
    std::int64_t wait_until_ms = 0;                // not to be asked for again before
    std::optional<Verdict> refusal;                // for the whole run

    [[nodiscard]] bool is_about(const resolve::Target& target) const {
      return reference == target.connection->credential &&
             (adapter == nullptr || adapter == target.adapter);
    }
  };
  std::vector<Settled> settle();

  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size() + secret_calls_.size(); }
  [[nodiscard]] bool has_answers() const { return !answers_.empty(); }
  [[nodiscard]] std::int64_t started() const { return started_; }    // token requests so far
  [[nodiscard]] std::int64_t answered() const { return answered_; }  // of them, with any status

  // As in RunSummary.
  [[nodiscard]] std::optional<ErrorKind> secrets_refused() const { return secrets_refused_; }
  [[nodiscard]] bool secrets_down() const { return secrets_down_; }

 private:
  using Key = std::pair<std::string, std::string_view>;
  struct Token {
    enum class State { fresh, asked, arrived, refused };
    State state = State::fresh;
    int tries = 0;
    Pause pause;
    platforms::AccessToken access;
    std::int64_t until_ms = 0;
    Verdict failure;
  };

  Grant refused(Verdict verdict);
  Grant without_secret(const secrets::Failure& failure);
  Grant with_secret(const resolve::Target& target, const Secret& text);
  void start_secret_calls();
  Grant exchange(const resolve::Target& target, platforms::Credential credential);
  Settled take_token(const http::Client::Completed& answer);
  std::vector<Settled> take_secret(http::Client::Completed answer);

  const Services& services_;
  Random random_;
  std::map<Key, Token> tokens_;
  std::map<std::int64_t, Key> in_flight_;
  std::map<std::int64_t, std::int64_t> secret_calls_;  // to the keeper's number
  std::map<Key, Secret> doubted_;                      // what it was
  std::optional<ErrorKind> secrets_refused_;
  bool secrets_down_ = false;
  std::vector<http::Client::Completed> answers_;
  std::int64_t next_id_ = -1;  // negative: other requests count upwards from 1
  std::int64_t started_ = 0;
  std::int64_t answered_ = 0;
};

}  // namespace pruuv::delivery
