#pragma once

#include <string>
#include <vector>

#include "audit/records.hpp"
#include "store/store_fixture.hpp"

namespace pruuv::audit::testing {

// A store with ten events of client "acme", a connection to meta and one to tiktok, and a run.
struct Audited : store::testing::Store {
  std::int64_t meta = 0;
  std::int64_t tiktok = 0;
  std::int64_t run_id = 0;

  Audited();

  // Opens a request for these events, each for the first time, at now + `at_s`; its number.
  [[nodiscard]] std::int64_t open(std::int64_t connection,
                                  const std::vector<std::int64_t>& event_seqs,
                                  std::int64_t at_s = 0) const;
  // Closes it with one attempt an event, all of that status.
  void close(std::int64_t request, const std::vector<std::int64_t>& event_seqs,
             AttemptStatus status = AttemptStatus::accepted) const;
  void act(const std::string& action) const;
};

}  // namespace pruuv::audit::testing
