#include "store/events.hpp"

#include <fmt/format.h>

#include "store/schema.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

FunnelEvent full_event() {
  FunnelEvent event = sample_event(1);
  for (const EventField& field : event_fields) {
    event.*field.text = fmt::format("{} '\"; DROP TABLE funnel_event; -- \xC3\xA9", field.name);
  }
  event.extra = R"({"campaign":"summer"})";
  return event;
}

}  // namespace

TEST_CASE("every field of an event comes back as it was") {
  const Store store;
  const FunnelEvent event = full_event();
  REQUIRE(value_of(insert_event(*store, event)) == Inserted::stored);
  const auto loaded = value_of(load_event(*store, event.id));
  REQUIRE(loaded);
  CHECK(loaded->seq == 1);
  CHECK(loaded->id == event.id);
  CHECK(loaded->client_id == event.client_id);
  CHECK(loaded->event_name == event.event_name);
  CHECK(loaded->event_time == event.event_time);
  for (const EventField& field : event_fields) {
    INFO(field.name);
    CHECK((*loaded).*field.text == event.*field.text);
  }
  CHECK(loaded->extra == event.extra);
}

TEST_CASE("absent fields are NULL in the store") {
  const Store store;
  FunnelEvent event = sample_event(1);
  event.email = event.fbclid = "";
  REQUIRE(value_of(insert_event(*store, event)) == Inserted::stored);
  CHECK(store.number(
            "SELECT email IS NULL AND fbclid IS NULL AND click_timestamp IS NULL AND extra IS NULL"
            " FROM funnel_event") == 1);
}

TEST_CASE("the columns that take anything hold integers as such and give the text back") {
  const Store store;
  int number = 0;
  for (const std::string text : {"1700000000", "-5", "0", "007", "1700000000.5", "yesterday", "+1",
                                 "99999999999999999999", "true", " 1"}) {
    INFO(text);
    FunnelEvent event = sample_event(++number);
    event.click_timestamp = text;
    event.limited_data_use = text;
    event.value = text;
    REQUIRE(value_of(insert_event(*store, event)) == Inserted::stored);
    const auto loaded = value_of(load_event(*store, event.id));
    REQUIRE(loaded);
    CHECK(loaded->click_timestamp == text);
    CHECK(loaded->limited_data_use == text);
    CHECK(loaded->value == text);
    CHECK(value_of(insert_event(*store, event)) == Inserted::known);
  }
  CHECK(store.number(
            "SELECT count(*) FROM funnel_event WHERE typeof(click_timestamp) = 'integer'") == 3);
  CHECK(store.number("SELECT count(*) FROM funnel_event WHERE typeof(value) = 'text'") == 10);
}

TEST_CASE("a second copy is known, other content is a conflict, and the stored one stays") {
  const Store store;
  const FunnelEvent event = full_event();
  REQUIRE(value_of(insert_event(*store, event)) == Inserted::stored);
  CHECK(value_of(insert_event(*store, event)) == Inserted::known);

  FunnelEvent upper = event;
  upper.id = "0190A1B2-C3D4-4E5F-8A9B-000000000001";
  CHECK(value_of(insert_event(*store, upper)) == Inserted::known);

  for (const EventField& field : event_fields) {
    INFO(field.name);
    FunnelEvent other = event;
    other.*field.text += "x";
    CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);
  }
  FunnelEvent other = event;
  other.event_time += 1;
  CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);
  other = event;
  other.client_id = "other";
  CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);
  other = event;
  other.event_name = "other";
  CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);
  other = event;
  other.extra = "{}";
  CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);

  CHECK(store.number("SELECT count(*) FROM funnel_event") == 1);
  CHECK(value_of(load_event(*store, upper.id))->id == event.id);
  CHECK(value_of(last_event_seq(*store)) == 1);
}

TEST_CASE("the trigger drops a known id against INSERT OR REPLACE too") {
  const Store store;
  add_events(store, 2);
  store.run(
      "INSERT OR REPLACE INTO funnel_event (id, client_id, event_name, event_time)"
      " VALUES ('0190A1B2-C3D4-4E5F-8A9B-000000000001', 'thief', 'lead', 1)");
  CHECK(value_of(load_event(*store, event_id(1)))->client_id == "acme");
  CHECK(store.number("SELECT count(*) FROM funnel_event") == 2);
}

TEST_CASE("an id that is no UUID is refused by the table") {
  const Store store;
  FunnelEvent event = sample_event(1);
  event.id = "0190a1b2c3d44e5f8a9b000000000001";
  CHECK_FALSE(insert_event(*store, event));
}

TEST_CASE("a connection that expects many events keeps the rules of the table") {
  const Store store;
  must(store.database->expect_many_events());
  const FunnelEvent event = full_event();
  REQUIRE(value_of(insert_event(*store, event)) == Inserted::stored);
  CHECK(value_of(insert_event(*store, event)) == Inserted::known);
  FunnelEvent upper = event;
  upper.id = "0190A1B2-C3D4-4E5F-8A9B-000000000001";
  CHECK(value_of(insert_event(*store, upper)) == Inserted::known);
  FunnelEvent other = event;
  other.email = "other@example.com";
  CHECK(value_of(insert_event(*store, other)) == Inserted::conflict);
  CHECK(value_of(insert_event(*store, sample_event(2))) == Inserted::stored);

  for (std::string FunnelEvent::*const field :
       {&FunnelEvent::id, &FunnelEvent::client_id, &FunnelEvent::event_name}) {
    FunnelEvent broken = sample_event(3);
    broken.*field = "";
    CHECK_FALSE(insert_event(*store, broken));
  }
  FunnelEvent broken = sample_event(3);
  broken.id = "0190a1b2c3d44e5f8a9b000000000003";
  CHECK_FALSE(insert_event(*store, broken));
  CHECK(store.number("SELECT count(*) FROM funnel_event") == 2);
  CHECK(value_of(load_event(*store, event.id))->email == event.email);

  // What it was told is for this connection: the next one has the table's own rules.
  const auto next = value_of(open_store(store.path, OpenMode::read_write));
  CHECK_FALSE(
      next->execute("INSERT INTO funnel_event (id, client_id, event_name, event_time)"
                    " VALUES ('0190a1b2c3d44e5f8a9b000000000003', 'a', 'lead', 1)"));
}

TEST_CASE("the id of an event and its number never change") {
  const Store store;
  add_events(store, 1);
  CHECK_FALSE(store.database->execute("UPDATE funnel_event SET id = upper(id)"));
  CHECK_FALSE(store.database->execute("UPDATE funnel_event SET seq = 9"));
  CHECK(store.database->execute("UPDATE funnel_event SET email = NULL"));
}

TEST_CASE("pages come in order of arrival") {
  const Store store;
  add_events(store, 7);
  const auto page = value_of(load_events_after(*store, 2, 3));
  REQUIRE(page.size() == 3);
  CHECK(page[0].id == event_id(3));
  CHECK(page[2].id == event_id(5));
  CHECK(value_of(load_events_after(*store, 7, 3)).empty());
}

TEST_CASE(
    "events read one after the other are those of the page, each without the last one's fields") {
  const Store store;
  REQUIRE(value_of(insert_event(*store, full_event())) == Inserted::stored);
  FunnelEvent bare = sample_event(2);
  bare.email = bare.fbclid = "";
  bare.value = "7";
  REQUIRE(value_of(insert_event(*store, bare)) == Inserted::stored);
  REQUIRE(value_of(insert_event(*store, sample_event(3))) == Inserted::stored);

  for (const std::size_t limit : {0U, 1U, 2U, 9U}) {
    INFO(limit);
    const auto page = value_of(load_events_after(*store, 0, limit));
    std::size_t number = 0;
    must(read_events_after(*store, 0, limit, [&](const FunnelEvent& event) -> Result<void> {
      REQUIRE(number < page.size());
      const FunnelEvent& expected = page[number++];
      CHECK(event.seq == expected.seq);
      CHECK(event.id == expected.id);
      CHECK(event.client_id == expected.client_id);
      CHECK(event.event_name == expected.event_name);
      CHECK(event.event_time == expected.event_time);
      for (const EventField& field : event_fields) {
        INFO(field.name);
        CHECK(event.*field.text == expected.*field.text);
      }
      CHECK(event.extra == expected.extra);
      return {};
    }));
    CHECK(number == page.size());
  }
  CHECK(value_of(load_event(*store, std::int64_t{2}))->email.empty());
}

TEST_CASE("whoever takes the events can end the reading, and nothing stays open") {
  const Store store;
  add_events(store, 3);
  int taken = 0;
  const auto read = read_events_after(*store, 0, 9, [&](const FunnelEvent&) -> Result<void> {
    if (++taken == 2) return fail(ErrorKind::io, "enough");
    return {};
  });
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "enough");
  CHECK(taken == 2);
  CHECK_FALSE(store.database->is_reading());
}

TEST_CASE("what is not there is nothing") {
  const Store store;
  CHECK(value_of(last_event_seq(*store)) == 0);
  add_events(store, 3);
  store.run("DELETE FROM funnel_event WHERE seq = 2");
  CHECK_FALSE(value_of(load_event(*store, std::int64_t{2})));
  CHECK_FALSE(value_of(load_event(*store, event_id(2))));
  CHECK(value_of(load_event(*store, std::int64_t{3}))->id == event_id(3));
}

TEST_CASE("a number is never given again") {
  const Store store;
  add_events(store, 3);
  store.run("DELETE FROM funnel_event WHERE seq = 3");
  CHECK(value_of(last_event_seq(*store)) == 3);
  REQUIRE(value_of(insert_event(*store, sample_event(4))) == Inserted::stored);
  CHECK(value_of(load_event(*store, event_id(4)))->seq == 4);
}

TEST_CASE("the number before a time of arrival is found, gaps or not") {
  const Store store;
  CHECK(value_of(seq_before_time(*store, 500)) == 0);
  add_events(store, 20);
  store.run("UPDATE funnel_event SET received_at = seq / 2 * 100");  // 0, 100, 100, 200, 200 ...
  store.run("DELETE FROM funnel_event WHERE seq IN (4, 5, 6, 19, 20)");
  CHECK(value_of(seq_before_time(*store, -1)) == 0);
  CHECK(value_of(seq_before_time(*store, 0)) == 0);
  CHECK(value_of(seq_before_time(*store, 1)) == 1);
  CHECK(value_of(seq_before_time(*store, 100)) == 1);
  CHECK(value_of(seq_before_time(*store, 101)) == 3);
  CHECK(value_of(seq_before_time(*store, 300)) == 3);  // 6 is gone: 7 is the first of that time
  CHECK(value_of(seq_before_time(*store, 350)) == 7);
  CHECK(value_of(seq_before_time(*store, 900)) == 17);
  CHECK(value_of(seq_before_time(*store, 901)) == 18);
}
