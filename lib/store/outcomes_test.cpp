#include "store/outcomes.hpp"

#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

std::string list(const Store& store, std::optional<std::int64_t> since_s = {},
                 std::optional<std::int64_t> until_s = {}) {
  std::string out;
  const ClientOutcomes outcomes =
      value_of(count_outcomes(*store, "acme", {"meta", "snap"}, since_s, until_s));
  out += std::to_string(outcomes.events) + " events, " + std::to_string(outcomes.without_click_id) +
         " without a click\n";
  for (const OutcomeCount& count : outcomes.counts) {
    out += count.platform + " " + count.outcome + " " + std::string(code_of(count.reason)) + " " +
           std::to_string(count.events) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("every event of a client is accounted for") {
  const Store store;
  add_events(store, 5);
  const auto client = value_of(client_number(*store, "acme"));
  const auto connection = add_connection(store, "meta", "main");
  const auto meta = value_of(platform_number(*store, "meta"));
  for (const std::int64_t seq : {1, 2, 3, 4}) {
    PlanCodes codes;
    codes.set(meta, seq == 1 ? Reason::routed : seq == 2 ? Reason::too_old : Reason::no_click_id);
    must(save_plans(*store, std::vector<Plan>{{client, seq, codes}}));
  }
  must(save_planned_seq(*store, 4));
  Delivery delivery;
  delivery.event_seq = 1;
  delivery.connection_id = connection;
  delivery.state = DeliveryState::accepted;
  must(save_delivery(*store, delivery));

  CHECK(list(store) ==
        "5 events, 2 without a click\nmeta accepted none 1\nmeta skipped no_click_id 2\n"
        "meta expired too_old 1\nmeta waiting not_planned 1\nsnap waiting not_planned 5\n");
  CHECK(list(store, sample_event(2).event_time, sample_event(4).event_time) ==
        "2 events, 1 without a click\nmeta skipped no_click_id 1\nmeta expired too_old 1\n"
        "snap waiting not_planned 2\n");
  CHECK(value_of(load_client_ids(*store)) == std::vector<std::string>{"acme"});
}

TEST_CASE("an event counts once a platform, by the best of its connections") {
  const Store store;
  add_events(store, 4);
  const auto client = value_of(client_number(*store, "acme"));
  const auto first = add_connection(store, "meta", "first");
  const auto second = add_connection(store, "meta", "second");
  const auto meta = value_of(platform_number(*store, "meta"));
  using enum DeliveryState;
  const std::vector<std::pair<DeliveryState, DeliveryState>> states = {
      {rejected, accepted}, {expired, held}, {retryable, ambiguous}, {confirmed, rejected}};
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto seq = static_cast<std::int64_t>(i) + 1;
    PlanCodes codes;
    codes.set(meta, Reason::routed);
    must(save_plans(*store, std::vector<Plan>{{client, seq, codes}}));
    for (const auto& [connection, state] :
         {std::pair{first, states[i].first}, {second, states[i].second}}) {
      Delivery delivery;
      delivery.event_seq = seq;
      delivery.connection_id = connection;
      delivery.state = state;
      if (state == held) delivery.reason = Reason::paused;
      must(save_delivery(*store, delivery));
    }
  }
  must(save_planned_seq(*store, 4));
  CHECK(
      list(store).starts_with("4 events, 0 without a click\nmeta accepted confirmed 1\n"
                              "meta accepted none 1\nmeta waiting unknown_outcome 1\n"
                              "meta held paused 1\n"));
}
