#include "delivery/by_hand.hpp"

#include <optional>
#include <string>
#include <utility>

#include "audit/records.hpp"
#include "base/sha256.hpp"
#include "delivery/diff.hpp"
#include "identity/identity.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"
#include "testing/testing.hpp"

using namespace pruuv;
using delivery::Difference;

namespace {

constexpr std::int64_t night = 1'795'402'800;
constexpr std::int64_t day_s = 86400;

std::string id_of(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

// A store with connections of client acme to meta and tiktok and 20 events that suit both.
struct Hand {
  testing::TempDir dir;
  std::unique_ptr<store::Database> database;
  Connection meta = connection("meta", "1234567890123456");
  Connection tiktok = connection("tiktok", "C9ABCDEFGHIJKLMNOPQR");
  std::int64_t run = 0;

  Hand() {
    const std::string path = dir.file("store.db");
    REQUIRE(store::create_store(path, night - day_s));
    database = store::open_store(path, store::OpenMode::read_write).value();
    save(meta);
    save(tiktok);
    for (std::int64_t number = 1; number <= 20; ++number) {
      FunnelEvent event;
      event.id = id_of(number);
      event.client_id = "acme";
      event.event_name = "lead";
      event.event_time = night - 3600;
      event.fbclid = "IwAR2F4-dbP0";
      event.ttclid = "E.C.P.x";
      event.page_url = "https://shop.example/";
      event.user_agent = "Mozilla/5.0";
      event.email = "person@example.com";
      REQUIRE(store::insert_event(*database, event));
    }
    run = store::begin_run(*database, "send", "test", night).value().id;
  }
  static Connection connection(const std::string& platform, const std::string& destination) {
    Connection made;
    made.client_id = "acme";
    made.platform = platform;
    made.name = "main";
    made.destination = destination;
    made.credential = "env:TOKEN";
    made.currency = "EUR";
    return made;
  }
  void save(Connection& each) { REQUIRE(store::save_connection(*database, each, 0, night)); }
  [[nodiscard]] delivery::Roster roster() const {
    return std::move(
        delivery::Roster::make(store::load_connections(*database).value(), {}).value());
  }

  Delivery add(std::int64_t seq, DeliveryState state, Reason reason = Reason::none,
               std::optional<std::int64_t> unknown_s = {}) const {
    Delivery each;
    each.event_seq = seq;
    each.connection_id = meta.id;
    each.state = state;
    each.reason = reason;
    each.expires_s = night + day_s;
    each.first_unknown_s = unknown_s;
    if (state < DeliveryState::held) each.next_at_s = night + 3600;
    REQUIRE(store::save_delivery(*database, each));
    return each;
  }
  void attempt(std::int64_t seq, const std::string& error, audit::ManifestEntry entry = {}) const {
    entry.event_seq = seq;
    audit::OpenedRequest opened;
    opened.run = run;
    opened.connection_id = meta.id;
    opened.manifest = {entry};
    audit::ClosedRequest closed;
    closed.request_id = audit::append_request_opened(*database, opened).value();
    closed.run = run;
    closed.error = error;
    closed.attempts.resize(1);
    closed.attempts[0].event_seq = seq;
    REQUIRE(audit::append_request_closed(*database, closed));
  }
  [[nodiscard]] std::string failed(const delivery::FailedOptions& options = {},
                                   const store::DeliveryFilter& filter = {}) const {
    return words(delivery::pick_failed(*database, filter, options).value());
  }
  // The numbers picked, "| " and those guarded, "| " and those too old.
  static std::string words(const delivery::Picked& picked) {
    std::string out;
    for (const auto* rows : {&picked.rows, &picked.guarded, &picked.too_old}) {
      for (const store::DeliveryRow& row : *rows)
        out += std::to_string(row.delivery.event_seq) + " ";
      out += rows == &picked.too_old ? "" : "| ";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("what may have arrived is taken only when it is asked for") {
  const Hand hand;
  hand.add(1, DeliveryState::rejected, Reason::rejected_by_platform);
  hand.add(2, DeliveryState::rejected, Reason::given_up);
  hand.add(3, DeliveryState::held, Reason::credential_refused);
  hand.add(4, DeliveryState::retryable, Reason::known_failure);
  hand.add(5, DeliveryState::waiting);
  hand.add(6, DeliveryState::accepted);
  hand.add(7, DeliveryState::expired, Reason::too_old);
  hand.add(8, DeliveryState::held, Reason::paused);
  hand.add(9, DeliveryState::ambiguous, Reason::unknown_outcome);
  std::int64_t seq = 10;
  for (const Reason reason :
       {Reason::dedup_window_over, Reason::changed_after_unknown, Reason::unknown_outcome_held,
        Reason::restored_copy, Reason::crashed_runs})
    hand.add(seq++, DeliveryState::held, reason);
  // Unknown before it was held, or refused, for another reason.
  hand.add(15, DeliveryState::held, Reason::credential_refused, night - day_s);
  hand.add(16, DeliveryState::rejected, Reason::rejected_by_platform, night - day_s);

  CHECK(hand.failed() == "1 2 3 4 | 9 10 11 12 13 14 15 16 | ");
  delivery::FailedOptions all;
  all.include_ambiguous = true;
  CHECK(hand.failed(all) == "1 2 3 4 9 10 11 12 13 14 15 16 | | ");
  store::DeliveryFilter one;
  one.event_id = id_of(14);
  CHECK(hand.failed({}, one) == "14 | | ");
  store::DeliveryFilter few;
  few.limit = 2;
  CHECK(hand.failed({}, few) == "1 2 | | ");
}

TEST_CASE("failed deliveries are picked by reason or by the last error") {
  const Hand hand;
  hand.add(1, DeliveryState::held, Reason::credential_refused);
  hand.attempt(1, "190/463");
  hand.add(2, DeliveryState::rejected, Reason::rejected_by_platform);
  hand.attempt(2, "190");
  hand.attempt(2, "100/2804003");
  hand.add(3, DeliveryState::rejected, Reason::rejected_by_platform);
  hand.attempt(3, "1900");
  hand.add(4, DeliveryState::held, Reason::credential_refused);  // never tried
  hand.add(5, DeliveryState::held, Reason::unknown_outcome_held);
  hand.attempt(5, "190");
  const auto failed = [&](const std::string& error) {
    delivery::FailedOptions options;
    options.error = error;
    return hand.failed(options);
  };
  CHECK(failed("190") == "1 | 5 | ");
  CHECK(failed("190/463") == "1 | | ");
  CHECK(failed("19") == "| | ");
  CHECK(failed("100") == "2 | | ");
  CHECK(failed("credential_refused") == "1 4 | | ");
  CHECK(failed("credential") == "| | ");
  CHECK(failed("") == "1 2 3 4 | 5 | ");
}

TEST_CASE("what nobody takes any more and what is paused is not sent again") {
  Hand hand;
  hand.add(1, DeliveryState::rejected, Reason::given_up);
  hand.add(2, DeliveryState::accepted, Reason::none, night - 60);
  delivery::FailedOptions options;
  options.now_s = night + day_s - 1;
  CHECK(hand.failed(options) == "1 | | ");
  options.now_s = night + day_s;
  CHECK(hand.failed(options) == "| | 1 ");
  const delivery::Roster roster = hand.roster();
  const auto accepted = [&](bool force, std::int64_t now_s) {
    return Hand::words(delivery::pick_accepted(*hand.database, roster, {}, force, now_s).value());
  };
  CHECK(accepted(false, night) == "| 2 | ");
  CHECK(accepted(true, night) == "2 | | ");
  CHECK(accepted(true, night + day_s) == "| | 2 ");

  hand.meta.paused = true;
  hand.save(hand.meta);
  CHECK(hand.failed() == "| | ");
}

TEST_CASE("made due by hand, with the operator's record") {
  const Hand hand;
  hand.add(1, DeliveryState::rejected, Reason::given_up);
  hand.add(2, DeliveryState::ambiguous, Reason::unknown_outcome, night - 60);
  delivery::FailedOptions options;
  options.include_ambiguous = true;
  const auto picked = delivery::pick_failed(*hand.database, {}, options).value();
  REQUIRE(delivery::make_due(*hand.database, picked.rows, Cause::retry, "root", night * 1000));
  const Delivery after = *store::load_delivery(*hand.database, 2, hand.meta.id).value();
  CHECK(after.state == DeliveryState::waiting);
  CHECK(after.cause == Cause::retry);
  CHECK(after.next_at_s == std::optional<std::int64_t>(night));
  store::Statement* const read =
      *hand.database->prepare("SELECT action, operator, detail FROM operator_action");
  std::string record;
  REQUIRE(read->for_each([&](const store::Statement& row) {
    record +=
        std::string(row.text(0)) + " " + std::string(row.text(1)) + " " + std::string(row.text(2));
  }));
  CHECK(record == "retry root {\"deliveries\":2,\"may_have_arrived\":1,\"events\":[\"" + id_of(1) +
                      "\",\"" + id_of(2) + "\"]}");
}

TEST_CASE("a diff says what a second copy would be") {
  Hand hand;
  hand.add(1, DeliveryState::accepted);
  const auto entry_now = [&] {
    const delivery::Roster roster = hand.roster();
    const FunnelEvent event = *store::load_event(*hand.database, std::int64_t{1}).value();
    const resolve::Target& target = *roster.of_connection(hand.meta.id);
    const Phone phone = identity::parse_phone(event.phone, event.country, "");
    const auto decision = resolve::decide(event, target, phone, night, false);
    REQUIRE(decision.reason == Reason::routed);
    audit::ManifestEntry entry;
    entry.dedup_scope = decision.encoding.conversion.dedup_scope;
    entry.object_sha256 = sha256(decision.encoding.conversion.object);
    return entry;
  };
  const auto difference = [&](std::int64_t now_s = night) {
    const delivery::Roster roster = hand.roster();
    const auto picked = delivery::pick_accepted(*hand.database, roster, {}, true, night).value();
    const auto rows = delivery::diff(*hand.database, roster, picked.rows, now_s).value();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].row.event_id == id_of(1));
    return rows[0];
  };
  CHECK(difference().difference == Difference::nothing_to_compare);
  hand.attempt(1, "", entry_now());
  CHECK(difference().difference == Difference::same);

  SECTION("other bytes") {
    REQUIRE(hand.database->execute("UPDATE funnel_event SET email = 'other@example.com'"));
    CHECK(difference().difference == Difference::other_bytes);
    hand.attempt(1, "", entry_now());
    CHECK(difference().difference == Difference::same);
  }
  SECTION("another event name") {
    hand.meta.event_names["lead"] = "Contact";
    hand.save(hand.meta);
    CHECK(difference().difference == Difference::other_key);
  }
  SECTION("it would not go") {
    const delivery::DiffRow row = difference(night + 30 * day_s);
    CHECK(row.difference == Difference::would_not_go);
    CHECK(row.reason == Reason::too_old);
  }
}
