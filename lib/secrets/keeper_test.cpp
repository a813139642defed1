#include "secrets/keeper.hpp"

#include <deque>
#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

namespace pruuv::secrets {
namespace {

using State = Answer::State;
constexpr const char* remote = "vault:kv/acme#token";

struct Fixture {
  Settings settings;
  FixedClock clock{1'000};
  std::vector<std::string> read_here, loaded;
  Result<Secret> here = Secret("canary-here");
  Keeper keeper;

  Fixture()
      : keeper({[this](const Reference& reference) {
                  read_here.push_back(reference.text);
                  return here;
                },
                settings.none(),
                {}},
               clock, [this](const Secret& secret) { loaded.emplace_back(secret.reveal()); }) {}

  std::vector<Keeper::Again> exchange(const HttpResponse& response) {
    const auto call = keeper.next_call();
    REQUIRE(call);
    CHECK_FALSE(keeper.next_call());
    return keeper.take(call->number, response);
  }
};

// Answers in the order of its list, the last for ever.
class Replies final : public http::Client {
 public:
  explicit Replies(std::deque<HttpResponse> replies) : replies_(std::move(replies)) {}

  Result<void> start(std::int64_t id, HttpRequest request) override {
    sent.push_back(name_of(request));
    if (refuses) return fail(ErrorKind::config, "send a request: the address is none");
    waiting_.push_back({id, replies_.front()});
    if (replies_.size() > 1) replies_.pop_front();
    return {};
  }
  std::vector<Completed> wait(int) override { return take_all(); }
  std::vector<Completed> abort() override { return take_all(); }
  [[nodiscard]] std::size_t in_flight() const override { return waiting_.size(); }

  std::vector<std::string> sent;
  bool refuses = false;

 private:
  std::vector<Completed> take_all() {
    std::vector<Completed> all;
    all.swap(waiting_);
    return all;
  }

  std::deque<HttpResponse> replies_;
  std::vector<Completed> waiting_;
};

}  // namespace

TEST_CASE("a secret is read once, and again when it was forgotten") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) CHECK(fixture.keeper.ask("env:A").secret.reveal() == "canary-here");
  CHECK(fixture.read_here == std::vector<std::string>{"env:A"});
  fixture.here = Secret("canary-new");
  fixture.keeper.forget("env:A");
  CHECK(fixture.keeper.ask("env:A").secret.reveal() == "canary-new");
  CHECK(fixture.read_here.size() == 2);
  CHECK(fixture.loaded == std::vector<std::string>{"canary-here", "canary-new"});

  CHECK(fixture.keeper.ask(remote).state == State::asked);
  CHECK(fixture.keeper.ask(remote).state == State::asked);
  const auto again = fixture.exchange(kept("canary-kept"));
  REQUIRE(again.size() == 1);
  CHECK(again[0].reference == remote);
  CHECK(again[0].not_before_ms == 0);
  CHECK(fixture.keeper.ask(remote).secret.reveal() == "canary-kept");
  CHECK_FALSE(fixture.keeper.next_call());
  CHECK(fixture.loaded.back() == "canary-kept");
  fixture.keeper.forget(remote);
  CHECK(fixture.keeper.ask(remote).state == State::asked);
  CHECK(fixture.keeper.next_call());
}

TEST_CASE("a failure is remembered for the run") {
  Fixture fixture;
  fixture.here = fail(ErrorKind::config, "read the secret env:A: the variable is not set");
  for (int i = 0; i < 3; ++i) {
    const Answer answer = fixture.keeper.ask("env:A");
    CHECK(answer.state == State::failed);
    CHECK(answer.failure.reach == Reach::reference);
  }
  CHECK(fixture.read_here.size() == 1);
  fixture.keeper.ask(remote);
  fixture.exchange(reply(404, R"({"errors":[]})"));
  CHECK(fixture.keeper.ask(remote).state == State::failed);
  CHECK_FALSE(fixture.keeper.next_call());
  CHECK(fixture.loaded.empty());
}

TEST_CASE("what is no reference is failed without being quoted") {
  Fixture fixture;
  const Answer answer = fixture.keeper.ask("EAABcanary");
  CHECK(answer.state == State::failed);
  CHECK(answer.failure.error.message.find("canary") == std::string::npos);
  CHECK(fixture.read_here.empty());
}

TEST_CASE("a key file that others may read stops all that is sealed, another file only itself") {
  Fixture fixture;
  fixture.here = fail(ErrorKind::permission, "others may read it");
  CHECK(fixture.keeper.ask("sealed:a").failure.reach == Reach::place);
  CHECK(fixture.keeper.ask("file:/a").failure.reach == Reach::reference);
  fixture.here = fail(ErrorKind::config, "there is none");
  CHECK(fixture.keeper.ask("sealed:b").failure.reach == Reach::reference);
}

TEST_CASE("what was paused is asked for again when its time has come") {
  Fixture fixture;
  fixture.keeper.ask(remote);
  const auto again = fixture.exchange(reply(500));
  REQUIRE(again.size() == 1);
  CHECK(again[0].not_before_ms == fixture.clock.steady_ms() + 500);
  fixture.clock.sleep_ms(499);
  CHECK(fixture.keeper.ask(remote).again_ms == again[0].not_before_ms);
  CHECK_FALSE(fixture.keeper.next_call());
  fixture.clock.sleep_ms(1);
  CHECK(fixture.keeper.ask(remote).state == State::asked);
  fixture.exchange(kept("canary"));
  CHECK(fixture.keeper.ask(remote).state == State::ready);
}

TEST_CASE("read_now comes to an end") {
  Fixture fixture;
  SECTION("here") {
    Replies client({reply(500)});
    CHECK(read_now(fixture.keeper, client, fixture.clock, "env:A").state == State::ready);
    CHECK(client.sent.empty());
  }
  SECTION("well, after a pause") {
    Replies client({reply(500), kept("canary")});
    CHECK(read_now(fixture.keeper, client, fixture.clock, remote).secret.reveal() == "canary");
    CHECK(fixture.clock.steady_ms() == 1'000'500);
  }
  SECTION("in an outage") {
    Replies client({no_reply()});
    const Answer answer = read_now(fixture.keeper, client, fixture.clock, remote);
    CHECK(answer.failure.reach == Reach::outage);
    CHECK(client.sent.size() == 5);
  }
  SECTION("with a client that sends nothing") {
    Replies client({reply(500)});
    client.refuses = true;
    const Answer answer = read_now(fixture.keeper, client, fixture.clock, remote);
    CHECK(answer.state == State::failed);
    CHECK(answer.failure.error.message.find("the address is none") != std::string::npos);
  }
}

TEST_CASE("a lent token is given back by the farewell, once") {
  Settings settings;
  FixedClock clock{1'000};
  Keeper keeper({nullptr, settings.approle(), {}}, clock, nullptr);
  Replies client({lent("canary-token"), kept("canary"), reply(204)});
  CHECK(read_now(keeper, client, clock, remote).state == State::ready);
  REQUIRE(keeper.vault_token_ends_ms());
  CHECK(*keeper.vault_token_ends_ms() == clock.steady_ms() + 3'600'000);
  say_farewell(keeper, client);
  say_farewell(keeper, client);
  CHECK(client.sent == std::vector<std::string>{"login", "read acme", "revoke"});
}

}  // namespace pruuv::secrets
