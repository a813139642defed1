#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "delivery/run.hpp"
#include "delivery/simulation/books.hpp"
#include "delivery/simulation/fleet.hpp"
#include "delivery/simulation/parcel.hpp"
#include "delivery/simulation/stand_ins.hpp"

// What one run may do: how often it tries, when it keeps quiet, where it stops. Throws Violation.
namespace pruuv::delivery::simulation {

class RunRules {
 public:
  // `without`: names of promises that are not looked at, among other words: retry_after_rule,
  // dead_token_rule, retries_rule.
  RunRules(const RunOptions& options, std::string_view without);

  // A request is about to leave.
  void begin_request(const FleetConnection& connection, const std::vector<std::int64_t>& seqs,
                     std::int64_t steady_ms);
  void begin_token_request(std::int64_t steady_ms);
  // Its answer is handed to the program.
  void end_request(const FleetConnection& connection, const std::vector<std::int64_t>& seqs,
                   const Reply& reply, std::int64_t steady_ms);
  void end_token_request(const std::string& credential, const Reply& reply);

  // The program has been told to begin nothing more.
  void note_stop() { is_told_to_stop_ = true; }

  // Whether nothing stood in the connection's way in this run.
  [[nodiscard]] bool is_clean(const FleetConnection& connection) const;
  [[nodiscard]] std::int64_t requests() const { return requests_; }

 private:
  enum class Last { refused, failed };
  struct PerConnection {
    std::map<std::int64_t, Last> last;  // by event: what became of it in this run
    std::int64_t first_tries = 0;
    std::int64_t retries = 0;
    std::int64_t quiet_until_ms = 0;
    bool is_in_trouble = false;
  };

  void check_time(std::int64_t steady_ms) const;
  void count_try(PerConnection& own, const std::vector<std::int64_t>& seqs) const;

  const RunOptions& options_;
  bool has_retry_after_rule_;
  bool has_dead_token_rule_;
  bool has_retries_rule_;
  bool is_told_to_stop_ = false;
  std::int64_t requests_ = 0;
  std::map<std::int64_t, PerConnection> connections_;
  std::map<std::string, int> dead_tokens_;  // requests, by credential
  std::set<std::string> credentials_in_trouble_;
  std::set<Vendor> vendors_in_trouble_;
  std::set<DeliveryKey> tried_;
};

}  // namespace pruuv::delivery::simulation
