#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "audit/diagnoses.hpp"
#include "delivery/pace.hpp"
#include "delivery/roster.hpp"
#include "delivery/run.hpp"
#include "delivery/token_desk.hpp"
#include "model/run_summary.hpp"
#include "store/status_checks.hpp"

namespace pruuv::delivery {

// Asks the platforms that accept first and judge later what became of accepted requests, and
// records what they say: a delivery becomes confirmed, rejected, or due once more.
class StatusChecks {
 public:
  StatusChecks(const Services& services, const Roster& roster, TokenDesk& tokens,
               const RunOptions& options, RunSummary& summary)
      : services_(services),
        roster_(roster),
        tokens_(tokens),
        options_(options),
        summary_(summary) {}

  // Asks about each request that is due, once a run; the platform's limit of requests a minute is
  // never waited for, what is left is asked about in a later run. Nothing that goes wrong here
  // keeps a run from sending: an error is about the store.
  Result<void> ask_all(const std::function<bool()>& is_stopping);

 private:
  // The requests of one connection; none of them is asked about any more once one failed.
  struct Queue {
    resolve::Target target;
    std::deque<store::StatusCheck> checks;
    platforms::Credential credential;
    std::int64_t credential_until_ms = 0;  // steady; to be asked for from then on
    bool is_asking_token = false;
    std::int64_t not_before_ms = 0;
  };
  struct Asked {
    store::StatusCheck check;
    audit::AcceptedRequest request;
  };

  Result<void> load();
  Result<void> close_unjudged(const store::StatusCheck& check, std::string message);
  Result<bool> start_some();
  Result<bool> start_next(Queue& queue);
  bool read_credential(Queue& queue);
  Result<void> take_answers(std::int64_t wait_ms);
  Result<void> record(const Asked& asked, const HttpResponse& response);
  Result<void> save_judgement(const Asked& asked, const platforms::StatusAnswer& answer);
  Result<void> save_event(const Asked& asked, const platforms::EventDiagnosis& diagnosis);
  Result<void> move(const Asked& asked, const platforms::EventDiagnosis& diagnosis);
  void give_up(Queue& queue, const Verdict& verdict);

  const Services& services_;
  const Roster& roster_;
  TokenDesk& tokens_;
  const RunOptions& options_;
  RunSummary& summary_;
  std::map<std::int64_t, Queue> queues_;  // by connection id
  std::map<std::string_view, RequestWindow> windows_;
  std::map<std::int64_t, Asked> in_flight_;  // by request id
};

}  // namespace pruuv::delivery
