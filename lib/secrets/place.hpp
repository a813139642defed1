#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/http_message.hpp"
#include "secrets/reference.hpp"

namespace pruuv::secrets {

// How far a failure reaches, and so what it stops.
enum class Reach {
  reference,  // this secret: not there, deleted, not allowed, unreadable. A person must act
  place,      // all that is kept there: it refuses us. A person must act
  outage,     // all that is kept there, for this run: down, sealed, too busy
};

struct Failure {
  Reach reach = Reach::reference;
  Error error;
};

// What became of a secret that was asked for.
struct Answer {
  enum class State {
    ready,
    asked,   // calls are under way
    paused,  // the place asked for patience: ask again at `again_ms`
    failed,
  };
  State state = State::asked;
  Secret secret;
  Failure failure;
  std::int64_t again_ms = 0;  // steady time

  static Answer ready(Secret secret) { return {State::ready, std::move(secret), {}, 0}; }
  static Answer paused(std::int64_t again_ms) { return {State::paused, {}, {}, again_ms}; }
  static Answer failed(Reach reach, Error error) {
    return {State::failed, {}, {reach, std::move(error)}, 0};
  }
};

// An answer to ask() that came later.
struct Settled {
  std::string reference;  // its text
  Answer answer;          // never `asked`
};

// Secrets behind HTTP. It holds no socket: whoever asks sends its calls and brings the responses.
// While anything is asked for, a call can be taken or is under way. Times are steady_ms.
class Place {
 public:
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  virtual ~Place() = default;

  // Begins to fetch that secret, unless it is known at once that this comes to nothing.
  virtual Answer ask(const Reference& reference, std::int64_t now_ms) = 0;
  // The next call to be sent, if there is any; take() gets its response with that number, which no
  // other call of this place has.
  virtual std::optional<HttpRequest> next_call(std::int64_t number, std::int64_t now_ms) = 0;
  virtual std::vector<Settled> take(std::int64_t number, const HttpResponse& response,
                                    std::int64_t now_ms) = 0;
  // What ends the visit, to be sent when all is done; its response does not matter.
  virtual std::optional<HttpRequest> farewell() = 0;
};

// Every secret that is read on the way to others (a login, a key), for who hides them in texts.
using Loaded = std::function<void(const Secret&)>;

}  // namespace pruuv::secrets
