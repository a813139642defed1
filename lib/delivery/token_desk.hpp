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

// The credentials of a run: read when they are first needed, and exchanged for an access token once
// for each credential and adapter, and again when that grows old. Whoever asks moves the client and
// brings back the answers whose ids are negative.
class TokenDesk {
 public:
  TokenDesk(const Services& services, std::uint64_t seed) : services_(services), random_(seed) {}

  // What a connection's credential is good for at this moment.
  struct Grant {
    enum class State {
      ready,    // `credential` can be used
      asked,    // a token request is in flight
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

  // What the answers came to, for those whose ask() said `asked`.
  struct Settled {
    std::string reference;
    const platforms::Platform* adapter = nullptr;
    std::int64_t wait_until_ms = 0;  // not to be asked for again before
    std::optional<Verdict> refusal;  // for the whole run
  };
  std::vector<Settled> settle();

  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }
  [[nodiscard]] bool has_answers() const { return !answers_.empty(); }
  [[nodiscard]] std::int64_t started() const { return started_; }    // token requests so far
  [[nodiscard]] std::int64_t answered() const { return answered_; }  // of them, with any status

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
  Grant exchange(const resolve::Target& target, platforms::Credential credential);
  Settled take(const http::Client::Completed& answer);

  const Services& services_;
  Random random_;
  std::map<Key, Token> tokens_;
  std::map<std::int64_t, Key> in_flight_;
  std::vector<http::Client::Completed> answers_;
  std::int64_t next_id_ = -1;  // negative: other requests count upwards from 1
  std::int64_t started_ = 0;
  std::int64_t answered_ = 0;
};

}  // namespace pruuv::delivery
