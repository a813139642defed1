#include "delivery/token_desk.hpp"

#include <string>
#include <utility>
#include <vector>

#include "audit/redact.hpp"
#include "base/clock.hpp"
#include "secrets/keeper.hpp"
#include "testing/testing.hpp"

namespace pruuv::delivery {
namespace {

using State = TokenDesk::Grant::State;
constexpr const char* remote = "vault:kv/acme#token";
constexpr const char* google_text =
    R"({"client_id":"canary-id","client_secret":"canary-secret","refresh_token":"canary-refresh"})";

// Keeps what it is sent until the test answers it.
class Wire final : public http::Client {
 public:
  Result<void> start(std::int64_t id, HttpRequest request) override {
    if (refuses) return fail(ErrorKind::config, "send a request: the address is none");
    sent.emplace_back(id, std::move(request));
    return {};
  }
  std::vector<Completed> wait(int) override { return {}; }
  std::vector<Completed> abort() override { return {}; }
  [[nodiscard]] std::size_t in_flight() const override { return sent.size(); }

  std::vector<std::pair<std::int64_t, HttpRequest>> sent;
  bool refuses = false;
};

HttpResponse reply(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse kept(const std::string& text) {
  return reply(200, R"({"data":{"data":{"token":)" + text + R"(},"metadata":{}}})");
}

struct Connected {
  Connection connection;
  resolve::Target target;
  Connected(const char* adapter, const char* reference) {
    connection.credential = reference;
    target.adapter = platforms::find_adapter(adapter);
    target.endpoint = &target.adapter->default_endpoint;
    target.connection = &connection;
  }
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;
  ~Connected() = default;
};

config::VaultSettings vault_settings() {
  config::VaultSettings settings;
  settings.addresses = {"https://vault.example:8200"};
  settings.auth_mount = "approle";
  return settings;
}

struct Fixture {
  Result<Secret> here = Secret("canary-here");
  FixedClock clock{1'000};
  audit::Redactor redactor;
  Wire wire;
  secrets::Keeper keeper{
      {[this](const secrets::Reference&) { return here; }, vault_settings(), {}}, clock, nullptr};
  Services services;
  TokenDesk desk{services, 1};
  Connected meta{"meta", remote}, tiktok{"tiktok", remote}, google{"google_ads", remote};

  Fixture() {
    services.client = &wire;
    services.clock = &clock;
    services.secrets = &keeper;
    services.redactor = &redactor;
  }

  // The answer to the only request under way.
  std::vector<TokenDesk::Settled> answer(HttpResponse response) {
    REQUIRE(wire.sent.size() == 1);
    const std::int64_t id = wire.sent.front().first;
    CHECK(id < 0);
    wire.sent.clear();
    desk.arrived({id, std::move(response)});
    CHECK(desk.has_answers());
    auto settled = desk.settle();
    CHECK_FALSE(desk.has_answers());
    return settled;
  }

  std::string token_of(const Connected& connected) {
    const TokenDesk::Grant grant = desk.ask(connected.target);
    CHECK(grant.state == State::ready);
    return std::string(grant.credential.access_token.reveal());
  }
};

void check_refused(const TokenDesk::Grant& grant, Outcome outcome, Reason reason,
                   const std::string& words) {
  REQUIRE(grant.state == State::refused);
  INFO(grant.refusal.message);
  CHECK(grant.refusal.scope == Scope::credential);
  CHECK(grant.refusal.outcome == outcome);
  CHECK(grant.refusal.reason == reason);
  CHECK(grant.refusal.message.find(words) != std::string::npos);
  CHECK(grant.refusal.message.find("canary") == std::string::npos);
}

}  // namespace

TEST_CASE("a secret is asked for once, though two adapters want it") {
  Fixture fixture;
  CHECK(fixture.desk.ask(fixture.meta.target).state == State::asked);
  CHECK(fixture.desk.ask(fixture.tiktok.target).state == State::asked);
  CHECK(fixture.desk.in_flight() == 1);
  const auto settled = fixture.answer(kept(R"("canary-token")"));
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].is_about(fixture.meta.target));
  CHECK(settled[0].is_about(fixture.tiktok.target));
  CHECK_FALSE(settled[0].is_about(Connected("meta", "env:OTHER").target));
  CHECK(fixture.desk.in_flight() == 0);
  CHECK(fixture.token_of(fixture.meta) == "canary-token");
  CHECK(fixture.token_of(fixture.tiktok) == "canary-token");
  CHECK(fixture.wire.sent.empty());
  CHECK(fixture.redactor.redact("a canary-token b") == "a *** b");
  CHECK(fixture.desk.started() == 0);  // it was no token request
  CHECK(fixture.desk.answered() == 0);
}

TEST_CASE("a doubted secret is read again, and refused where it is the same") {
  Fixture fixture;
  fixture.desk.ask(fixture.meta.target);
  fixture.answer(kept(R"("canary-token")"));
  CHECK(fixture.token_of(fixture.meta) == "canary-token");
  fixture.desk.doubt(fixture.meta.target);
  CHECK(fixture.desk.ask(fixture.meta.target).state == State::asked);
  SECTION("unchanged") {
    fixture.answer(kept(R"("canary-token")"));
    for (int i = 0; i < 2; ++i) {
      check_refused(fixture.desk.ask(fixture.meta.target), Outcome::rejected,
                    Reason::credential_refused, "still the same");
    }
    // The other adapter's platform has not refused it.
    CHECK(fixture.token_of(fixture.tiktok) == "canary-token");
  }
  SECTION("changed, and refused again") {
    fixture.answer(kept(R"("canary-other")"));
    CHECK(fixture.token_of(fixture.meta) == "canary-other");
    fixture.desk.doubt(fixture.meta.target);
    fixture.desk.ask(fixture.meta.target);
    fixture.answer(kept(R"("canary-other")"));
    check_refused(fixture.desk.ask(fixture.meta.target), Outcome::rejected,
                  Reason::credential_refused, "still the same");
  }
  SECTION("unreadable") {
    fixture.answer(reply(404, R"({"errors":[]})"));
    check_refused(fixture.desk.ask(fixture.meta.target), Outcome::rejected,
                  Reason::credential_missing, "Vault has none");
  }
  CHECK_FALSE(fixture.desk.secrets_down());
  CHECK_FALSE(fixture.desk.secrets_refused());
}

TEST_CASE("an outage is for this run, a refusal is for a person") {
  Fixture fixture;
  CHECK_FALSE(fixture.desk.secrets_down());
  fixture.desk.ask(fixture.meta.target);
  SECTION("outage") {
    fixture.answer(reply(503, R"({"errors":["Vault is sealed"]})"));
    check_refused(fixture.desk.ask(fixture.meta.target), Outcome::retryable,
                  Reason::secrets_unavailable, "sealed");
    CHECK(fixture.desk.secrets_down());
    CHECK_FALSE(fixture.desk.secrets_refused());
  }
  SECTION("place") {
    fixture.answer(reply(400, R"({"errors":["missing client token"]})"));
    check_refused(fixture.desk.ask(fixture.meta.target), Outcome::rejected,
                  Reason::credential_missing, "missing client token");
    CHECK(fixture.desk.secrets_refused() == ErrorKind::config);
    CHECK_FALSE(fixture.desk.secrets_down());
  }
  SECTION("reference") {
    fixture.answer(reply(404, R"({"errors":[]})"));
    check_refused(fixture.desk.ask(fixture.meta.target), Outcome::rejected,
                  Reason::credential_missing, "Vault has none");
    CHECK_FALSE(fixture.desk.secrets_refused());
    CHECK_FALSE(fixture.desk.secrets_down());
  }
}

TEST_CASE("a pause of the place holds a connection until it is over") {
  Fixture fixture;
  fixture.desk.ask(fixture.meta.target);
  const auto settled = fixture.answer(reply(500, ""));
  REQUIRE(settled.size() == 1);
  CHECK(settled[0].wait_until_ms == fixture.clock.steady_ms() + 500);
  CHECK_FALSE(settled[0].refusal);
  const TokenDesk::Grant grant = fixture.desk.ask(fixture.meta.target);
  CHECK(grant.state == State::paused);
  CHECK(grant.until_ms == settled[0].wait_until_ms);
  fixture.clock.sleep_ms(500);
  CHECK(fixture.desk.ask(fixture.meta.target).state == State::asked);
  fixture.answer(kept(R"("canary-token")"));
  CHECK(fixture.token_of(fixture.meta) == "canary-token");
}

TEST_CASE("a request for a secret that cannot be sent is an answer, too") {
  Fixture fixture;
  fixture.wire.refuses = true;
  fixture.desk.ask(fixture.meta.target);
  CHECK(fixture.desk.has_answers());
  CHECK(fixture.desk.settle().size() == 1);
  CHECK(fixture.desk.in_flight() == 0);
  CHECK(fixture.desk.ask(fixture.meta.target).state == State::paused);
}

TEST_CASE("a credential that is exchanged is read first, and its token got anew after a doubt") {
  Fixture fixture;
  fixture.desk.ask(fixture.google.target);
  fixture.answer(kept(google_text));
  CHECK(fixture.desk.ask(fixture.google.target).state == State::asked);
  CHECK(fixture.desk.started() == 1);
  fixture.answer(reply(200, R"({"access_token":"canary-access","expires_in":3600,)"
                            R"("scope":"https://www.googleapis.com/auth/adwords",)"
                            R"("token_type":"Bearer"})"));
  CHECK(fixture.desk.answered() == 1);
  CHECK(fixture.token_of(fixture.google) == "canary-access");
  CHECK(fixture.redactor.redact("canary-refresh canary-access") == "*** ***");

  fixture.desk.doubt(fixture.google.target);
  fixture.desk.ask(fixture.google.target);
  std::string other = google_text;
  other.replace(other.find("canary-refresh"), 14, "canary-later");
  fixture.answer(kept(other));
  CHECK(fixture.desk.ask(fixture.google.target).state == State::asked);
  CHECK(fixture.desk.started() == 2);
}

TEST_CASE("a secret that is no credential is refused without being quoted") {
  Fixture fixture;
  fixture.desk.ask(fixture.google.target);
  fixture.answer(kept(R"("canary bare")"));
  check_refused(fixture.desk.ask(fixture.google.target), Outcome::rejected,
                Reason::credential_missing, "");
  CHECK_FALSE(fixture.desk.secrets_refused());
}

}  // namespace pruuv::delivery
