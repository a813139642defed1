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
  for (const OutcomeCount& count : value_of(count_outcomes(*store, "acme", since_s, until_s))) {
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
    must(save_plan(*store, client, seq, codes));
  }
  must(save_planned_seq(*store, 4));
  Delivery delivery;
  delivery.event_seq = 1;
  delivery.connection_id = connection;
  delivery.state = DeliveryState::accepted;
  must(insert_delivery(*store, delivery));

  CHECK(list(store) ==
        "meta accepted none 1\nmeta skipped no_click_id 2\nmeta expired too_old 1\n unplanned none "
        "1\n");
  CHECK(list(store, sample_event(2).event_time, sample_event(4).event_time) ==
        "meta skipped no_click_id 1\nmeta expired too_old 1\n");
}
