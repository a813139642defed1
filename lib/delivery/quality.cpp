#include "delivery/quality.hpp"

#include <map>
#include <utility>

#include "identity/identity.hpp"
#include "platforms/signals.hpp"
#include "store/events.hpp"

namespace pruuv::delivery {
namespace {

// The counts of one connection as they grow.
class Tally {
 public:
  explicit Tally(const resolve::Target& target) : target_(target) {
    shares_.platform = target.connection->platform;
    shares_.connection = target.connection->name;
    for (const platforms::SignalSpec& signal : target.adapter->signals)
      shares_.signals.push_back({signal.words, signal.fields, 0});
  }

  void add(const FunnelEvent& event, std::int64_t now_s) {
    const Phone phone =
        identity::parse_phone(event.phone, event.country, target_.connection->default_country);
    const resolve::Decision decision = resolve::decide(event, target_, phone, now_s);
    const Encoding& encoding = decision.encoding;
    if (!encoding.refusals.empty() || encoding.conversion.object.empty()) return;
    ++shares_.events;
    const std::vector<bool> found =
        platforms::signals_in(*target_.adapter, encoding.conversion.object);
    for (std::size_t i = 0; i < found.size(); ++i) shares_.signals[i].events += found[i] ? 1 : 0;
    for (const Warning& warning : encoding.warnings) ++faults_[{warning.reason, warning.field}];
  }

  SignalShares finish() {
    for (const auto& [fault, events] : faults_)
      shares_.faults.push_back({text_of(fault.first).words, fault.second, events});
    return std::move(shares_);
  }

 private:
  resolve::Target target_;
  SignalShares shares_;
  std::map<std::pair<Reason, std::string_view>, std::int64_t> faults_;
};

}  // namespace

Result<std::vector<SignalShares>> count_signals(store::Database& database, const Roster& roster,
                                                std::string_view client_id,
                                                std::optional<std::int64_t> since_s,
                                                std::optional<std::int64_t> until_s) {
  std::vector<Tally> tallies;
  for (const resolve::Target& target : roster.of_client(client_id)) tallies.emplace_back(target);
  PRUUV_TRY_ASSIGN(const auto seqs, store::load_event_seqs(database, client_id, since_s, until_s));
  for (const std::int64_t seq : seqs) {
    PRUUV_TRY_ASSIGN(const auto event, store::load_event(database, seq));
    if (!event) continue;
    for (Tally& tally : tallies) tally.add(*event, event->event_time);
  }
  std::vector<SignalShares> out;
  out.reserve(tallies.size());
  for (Tally& tally : tallies) out.push_back(tally.finish());
  return out;
}

}  // namespace pruuv::delivery
