#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "http/client.hpp"
#include "secrets/place.hpp"

namespace pruuv::secrets {

class Vault;

struct Places {
  // Reads the references of this machine: env:, file:, cred:, sealed:.
  std::function<Result<Secret>(const Reference&)> here;
  config::VaultSettings vault;
  config::SupabaseSettings supabase;
};

// The secrets of a run: each is read when it is first asked for, and kept for the run in memory
// alone. It holds no socket: calls to places behind HTTP are handed out to be sent, so that they go
// beside whatever else the caller has under way.
class Keeper {
 public:
  // `loaded` gets every secret it comes by, also those it logs in with; may be null.
  Keeper(Places places, const Clock& clock, Loaded loaded);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper();

  // The secret of a reference as connections hold it. Where the state is `asked`, take() says when
  // to ask again; `paused` says it by itself.
  Answer ask(const std::string& reference);

  // What was read is read again by the next ask(): it may have been changed at its place.
  void forget(const std::string& reference);

  struct Call {
    std::int64_t number = 0;  // from 1; used once in a Keeper's life
    HttpRequest request;
  };
  // The calls to be sent, one by one.
  std::optional<Call> next_call();
  // A call's response. The references that can be asked for again, with the time not to do so
  // before.
  struct Again {
    std::string reference;
    std::int64_t not_before_ms = 0;
  };
  std::vector<Again> take(std::int64_t number, const HttpResponse& response);

  // What ends the visits: tokens that were lent are given back. Nothing can be asked for after it.
  std::vector<HttpRequest> farewells();

  // For a person: when the token for Vault ends, as far as known; steady time.
  [[nodiscard]] std::optional<std::int64_t> vault_token_ends_ms() const;

 private:
  Place* place_of(Scheme scheme);

  std::function<Result<Secret>(const Reference&)> here_;
  const Clock& clock_;
  Loaded loaded_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Place> supabase_;
  std::map<std::string, Answer> answers_;  // by reference
  std::map<std::int64_t, Place*> calls_;   // under way
  std::int64_t next_number_ = 1;
};

// For who has nothing else to do meanwhile: sends the calls, waits, pauses. The client is idle.
Answer read_now(Keeper& keeper, http::Client& client, Clock& clock, const std::string& reference);

// Sends the farewells, and waits a little for them; what comes of it does not matter. Whatever the
// client still has under way is broken off.
void say_farewell(Keeper& keeper, http::Client& client);

}  // namespace pruuv::secrets
