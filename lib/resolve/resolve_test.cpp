#include "resolve/resolve.hpp"

#include "testing/testing.hpp"

using namespace pruuv;
using resolve::Target;

namespace {

constexpr std::int64_t now = 1'795'400'000;

FunnelEvent lead() {
  FunnelEvent event;
  event.seq = 10;
  event.id = "7b1f0c2e-0000-4000-8000-0000000000aa";
  event.client_id = "acme";
  event.event_name = "lead";
  event.event_time = now - 12 * 3600;
  event.email = "ada@example.com";
  event.page_url = "https://shop.example.com/thanks";
  return event;
}

Connection connection(const std::string& platform) {
  Connection made;
  made.client_id = "acme";
  made.platform = platform;
  made.name = "main";
  made.destination = platform == "tiktok" ? "C9ABCDEFGHIJKLMNOPQR" : "1234567890";
  made.conversion_action_id = "987";
  return made;
}

Target target(const Connection& made) {
  const platforms::Platform* adapter = platforms::pick_adapter(made.platform, made.api).value();
  return {&made, adapter, &adapter->default_endpoint};
}

Reason of(const resolve::Resolution& resolution, std::string_view platform) {
  for (const auto& [name, reason] : resolution.by_platform) {
    if (name == platform) return reason;
  }
  return Reason::none;
}

}  // namespace

TEST_CASE("an event goes where its click ids point and nowhere else") {
  const Connection meta = connection("meta"), google = connection("google"),
                   tiktok = connection("tiktok");
  const std::vector<Target> all = {target(meta), target(google), target(tiktok)};
  FunnelEvent event = lead();
  event.gclid = "Cj0KCQiA-fake";
  auto resolution = resolve::resolve(event, all, now);
  CHECK(of(resolution, "google") == Reason::routed);
  CHECK(of(resolution, "meta") == Reason::no_click_id);
  CHECK(of(resolution, "tiktok") == Reason::no_click_id);

  event.fbclid = "IwAR2F4-dbP0";
  event.ttclid = "E.C.P.fake";
  resolution = resolve::resolve(event, all, now);
  for (const auto& decision : resolution.decisions) CHECK(decision.reason == Reason::routed);
}

TEST_CASE("a click id without a connection, and a client nobody knows, are told apart") {
  const Connection google = connection("google");
  FunnelEvent event = lead();
  event.ttclid = "E.C.P.fake";
  CHECK(of(resolve::resolve(event, {target(google)}, now), "tiktok") == Reason::no_connection);
  CHECK(of(resolve::resolve(event, {}, now), "tiktok") == Reason::unknown_client);
  CHECK(of(resolve::resolve(event, {}, now), "meta") == Reason::no_click_id);
}

TEST_CASE("a connection takes what came after it, and what its match lets through") {
  Connection tiktok = connection("tiktok");
  FunnelEvent event = lead();
  event.ttclid = "E.C.P.fake";
  tiktok.from_seq = 10;
  CHECK(of(resolve::resolve(event, {target(tiktok)}, now), "tiktok") == Reason::before_connection);
  tiktok.from_seq = 9;
  CHECK(of(resolve::resolve(event, {target(tiktok)}, now), "tiktok") == Reason::routed);

  tiktok.match_event_names = {"purchase"};
  CHECK(of(resolve::resolve(event, {target(tiktok)}, now), "tiktok") == Reason::not_matched);
  tiktok.match_event_names = {};
  tiktok.match_hosts = {"Example.com"};
  CHECK(of(resolve::resolve(event, {target(tiktok)}, now), "tiktok") == Reason::routed);
  event.page_url = "https://notexample.com/";
  CHECK(of(resolve::resolve(event, {target(tiktok)}, now), "tiktok") == Reason::not_matched);
}

TEST_CASE("too old leads the reasons; a young Google click waits") {
  const Connection meta = connection("meta"), google = connection("google");
  FunnelEvent event = lead();
  event.fbclid = "IwAR2F4-dbP0";
  event.event_time = now - 30 * 86400;
  event.event_name = "\xff";
  auto resolution = resolve::resolve(event, {target(meta)}, now);
  REQUIRE(!resolution.decisions.empty());
  CHECK(resolution.decisions[0].reason == Reason::too_old);
  CHECK(resolution.decisions[0].reasons.size() > 1);

  FunnelEvent young = lead();
  young.gclid = "Cj0KCQiA-fake";
  young.event_time = now - 3600;
  resolution = resolve::resolve(young, {target(google)}, now);
  CHECK(resolution.decisions[0].reason == Reason::young_click);
  CHECK(resolution.decisions[0].becomes_delivery());
  CHECK(resolution.decisions[0].timing.until_s == now + 5 * 3600);
  CHECK(of(resolution, "google") == Reason::routed);
}

TEST_CASE("people are told every reason at once, planning the first one") {
  Connection tiktok = connection("tiktok");
  tiktok.from_seq = 10;
  tiktok.match_event_names = {"purchase"};
  FunnelEvent event = lead();
  event.seq = 10;
  event.ttclid.clear();
  event.page_url.clear();
  event.event_time = now - 40 * 86400;
  const std::vector<Target> targets = {target(tiktok)};
  const auto planned = resolve::resolve(event, targets, now).decisions.at(0);
  CHECK(planned.reasons == std::vector<Reason>{Reason::no_click_id});
  const auto told = resolve::resolve(event, targets, now, resolve::Reasons::every).decisions.at(0);
  CHECK(told.reason == Reason::no_click_id);
  for (const Reason reason : {Reason::before_connection, Reason::not_matched, Reason::too_old,
                              Reason::page_url_missing}) {
    INFO(code_of(reason));
    CHECK(std::ranges::count(told.reasons, reason) == 1);
  }
  event.event_time = INT64_MIN;
  CHECK(resolve::resolve(event, targets, now, resolve::Reasons::every).decisions.at(0).reasons ==
        std::vector<Reason>{Reason::no_click_id, Reason::before_connection, Reason::not_matched,
                            Reason::too_old});
}

TEST_CASE("several connections of a platform each decide for themselves") {
  Connection first = connection("meta"), second = connection("meta");
  second.name = "second";
  second.match_event_names = {"purchase"};
  FunnelEvent event = lead();
  event.fbclid = "IwAR2F4-dbP0";
  const auto resolution = resolve::resolve(event, {target(second), target(first)}, now);
  CHECK(resolution.decisions[0].reason == Reason::not_matched);
  CHECK(resolution.decisions[1].reason == Reason::routed);
  CHECK(of(resolution, "meta") == Reason::routed);
}

TEST_CASE("a time that cannot be is too far ahead or too old, and nobody reckons with it") {
  const Connection meta = connection("meta"), google = connection("google"),
                   tiktok = connection("tiktok");
  const std::vector<Target> all = {target(meta), target(google), target(tiktok)};
  FunnelEvent event = lead();
  event.fbclid = "IwAR2F4-dbP0";
  event.gclid = "Cj0KCQiA-fake";
  event.ttclid = "E.C.P.fake";
  for (const auto& [time, reason] :
       {std::pair{INT64_MAX, Reason::event_in_future}, {INT64_MIN, Reason::too_old}}) {
    event.event_time = time;
    for (const auto& decision : resolve::resolve(event, all, now).decisions)
      CHECK(decision.reason == reason);
  }
}
