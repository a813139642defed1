#include "store/connections.hpp"
#include "store/deliveries.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

TEST_CASE("plan codes keep one reason a platform") {
  PlanCodes codes;
  codes.set(0, Reason::routed);
  codes.set(6, Reason::click_timestamp_invalid);
  codes.set(3, Reason::no_click_id);
  codes.set(3, Reason::no_connection);
  CHECK(codes.get(0) == Reason::routed);
  CHECK(codes.get(1) == Reason::none);
  CHECK(codes.get(3) == Reason::no_connection);
  CHECK(codes.get(6) == Reason::click_timestamp_invalid);
  CHECK(codes.packed() > 0);
  CHECK(PlanCodes::unpack(codes.packed()).get(6) == Reason::click_timestamp_invalid);
}

TEST_CASE("platforms are numbered from 0 in the order they are met") {
  const Store store;
  CHECK(value_of(platform_number(*store, "meta")) == 0);
  CHECK(value_of(platform_number(*store, "google")) == 1);
  CHECK(value_of(platform_number(*store, "meta")) == 0);
}

TEST_CASE("a plan is kept per event, and planning again replaces it") {
  const Store store;
  const auto client = value_of(client_number(*store, "acme"));
  CHECK_FALSE(value_of(load_plan(*store, client, 5)));
  PlanCodes codes;
  codes.set(0, Reason::before_connection);
  must(save_plans(*store, std::vector<Plan>{{client, 5, codes}}));
  codes.set(0, Reason::routed);
  must(save_plans(*store, std::vector<Plan>{{client, 5, codes}}));
  CHECK(value_of(load_plan(*store, client, 5))->get(0) == Reason::routed);
  CHECK(store.number("SELECT count(*) FROM event_plan") == 1);
}

TEST_CASE("the planning mark is kept") {
  const Store store;
  must(save_planned_seq(*store, 77));
  CHECK(value_of(load_store_info(*store)).planned_seq == 77);
}
