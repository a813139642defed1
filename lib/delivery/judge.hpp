#pragma once

#include <cstdint>
#include <vector>

#include "audit/records.hpp"
#include "audit/redact.hpp"
#include "delivery/batch.hpp"
#include "model/connection.hpp"
#include "model/http_message.hpp"
#include "model/verdict.hpp"

// What an answer comes to: for the store, for each event, and for the connection it came on. Pure.
namespace pruuv::delivery {

// What an answer says about the connection.
enum class Effect {
  went_through,  // the platform looked at the events one by one
  refused,       // the whole request, for an event of it
  failed,        // known failure of the connection, credential or platform: later again
  unknown,       // the request may have arrived
  blocked,       // connection, credential or platform are refused: a person must act
};

// What the run does next with an event.
enum class Next : std::uint8_t {
  done,     // nothing: it is at its end, or waits for a later run
  at_once,  // sent again: it was refused for another's sake
  search,   // it, or another of the request, is bad and nobody says which
  later,    // tried again after a pause
};

// How often a run tries an event: after known failures, and after an outcome nobody knows.
inline constexpr int tries_max = 4;
inline constexpr int unknown_tries_max = 2;

struct SentRequest {
  std::int64_t request_id = 0;
  std::int64_t run = 0;
  std::int64_t opened_ms = 0;
};

struct Judgement {
  audit::ClosedRequest closed;
  std::vector<Delivery> after;  // one an event, in order, as are `next`
  std::vector<Next> next;
  Effect effect = Effect::went_through;
  Verdict verdict;            // the one that decided the effect; its texts are redacted
  bool is_too_large = false;  // HTTP 413: fewer bytes may do
  Pace pace;
};

// `classification` is the adapter's reading of `response`, one verdict an item.
[[nodiscard]] Judgement judge(const SentRequest& sent, const Batch& items,
                              const HttpResponse& response, const Classification& classification,
                              OnUnknown on_unknown, std::int64_t now_ms,
                              const audit::Redactor& redactor);

// For people, where the store could not take the judgement: one line of JSON that names the
// request's events and what came of them.
[[nodiscard]] std::string render_unrecorded(const Connection& connection, const Batch& items,
                                            const Judgement& judgement);

}  // namespace pruuv::delivery
