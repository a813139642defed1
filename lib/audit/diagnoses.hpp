#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/delivery.hpp"
#include "store/database.hpp"

// What platforms that judge later said of accepted requests. A record of its own, append-only and
// chained; the attempts stay as they are.
namespace pruuv::audit {

struct Diagnosis {
  std::int64_t request_id = 0;
  // Of the event in the request, from 0; none: of the whole request, or of those of its events that
  // have no diagnosis of their own.
  std::optional<std::int64_t> position;
  // confirmed, rejected, waiting (to be sent again), unknown (the platform never said), warning.
  std::string status;
  std::string reason;   // the platform's code, "" = none
  std::string message;  // in plain words, redacted
  std::int64_t at_ms = 0;
};

// Runs inside the caller's transaction and adds the link of the chain.
Result<void> append_diagnosis(store::Database& database, const Diagnosis& diagnosis);

// A request as its diagnosis needs it.
struct AcceptedRequest {
  std::string trace_id;
  std::int64_t opened_at_ms = 0;
  struct Event {
    std::int64_t event_seq = 0;
    int attempt_number = 0;
    AttemptStatus status = AttemptStatus::accepted;
  };
  std::vector<Event> events;  // in the order of the request
};
// Error store_content where it is not there or not closed.
Result<AcceptedRequest> load_accepted_request(store::Database& database, std::int64_t request_id);

}  // namespace pruuv::audit
