#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

// Faults of the way and of the server.
namespace pruuv::secrets {
namespace {

using Names = std::vector<std::string>;
using State = Answer::State;

void check_outage(const Answer& answer, const std::string& cause) {
  REQUIRE(answer.state == State::failed);
  INFO(answer.failure.error.message);
  CHECK(answer.failure.reach == Reach::outage);
  CHECK(answer.failure.error.kind == ErrorKind::unavailable);
  CHECK(answer.failure.error.message.find(cause) != std::string::npos);
}

// The pauses that a fault in a row leads to, until it is an outage.
std::vector<std::int64_t> pauses_of(Visit& visit, const HttpResponse& fault) {
  std::vector<std::int64_t> pauses_ms;
  for (int i = 0; i < 20; ++i) {
    visit.answers.clear();
    visit.exchange("read a", fault);
    if (visit.answers["a"].state == State::failed) break;
    CHECK(visit.answers["a"].state == State::paused);
    const std::int64_t again_ms = visit.answers["a"].again_ms;
    pauses_ms.push_back(again_ms - visit.now_ms);
    if (again_ms > visit.now_ms) {
      CHECK(visit.ask("a").again_ms == again_ms);
      visit.now_ms = again_ms - 1;
      CHECK(visit.ask("a").state == State::paused);
    }
    visit.now_ms = again_ms;
    CHECK(visit.ask("a").state == State::asked);
  }
  return pauses_ms;
}

using Pauses = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a fault is tried again after growing pauses, then it is an outage") {
  Settings settings;
  HttpResponse half = reply(200, "{");
  half.transport_code = 18;
  const std::vector<std::pair<HttpResponse, std::string>> faults = {
      {reply(500), "status 500"},
      {reply(502, "<html>"), "status 502"},
      {half, "broke off"},
      {no_reply(), "no connection"},
      {reply(429), "too much to do"}};
  for (const auto& [fault, cause] : faults) {
    INFO(cause);
    Visit visit(settings.none());
    visit.ask("a");
    CHECK(pauses_of(visit, fault) == Pauses{500, 1000, 2000, 4000});
    check_outage(visit.answers["a"], cause);
    check_outage(visit.ask("b"), cause);
  }
}

TEST_CASE("a good answer between faults starts the pauses anew") {
  Settings settings;
  Visit visit(settings.none());
  for (int i = 0; i < 10; ++i) {
    visit.ask("a");
    visit.exchange("read a", reply(500));
    CHECK(visit.answers["a"].again_ms == visit.now_ms + 500);
    visit.now_ms += 500;
    visit.ask("a");
    visit.exchange("read a", kept("canary"));
  }
}

TEST_CASE("an asked-for pause is kept, unless it is too long") {
  Settings settings;
  const auto busy = [](const std::string& value) {
    return with_header(reply(429), "retry-after", value);
  };
  const std::vector<std::pair<std::string, std::int64_t>> pauses = {
      {"0", 500},    {"3", 3000},  {"30", 30'000}, {"-5", 500},
      {"soon", 500}, {"1e9", 500}, {"", 500},      {"99999999999999999999", 500}};
  for (const auto& [value, pause_ms] : pauses) {
    INFO(value);
    Visit visit(settings.none());
    visit.ask("a");
    visit.exchange("read a", busy(value));
    CHECK(visit.answers["a"].again_ms == visit.now_ms + pause_ms);
  }
  for (const auto* value : {"31", "9223372036854775807"}) {
    Visit visit(settings.none());
    visit.ask("a");
    visit.exchange("read a", busy(value));
    check_outage(visit.answers["a"], "too much to do");
  }
}

TEST_CASE("reads that fail together count as one failure") {
  Settings settings;
  Visit visit(settings.none());
  for (int i = 0; i < 8; ++i) visit.ask(std::to_string(i));
  CHECK(visit.send().size() == 8);
  for (int i = 0; i < 8; ++i) {
    const std::string name = std::to_string(i);
    visit.answer("read " + name, reply(500));
    CHECK(visit.answers[name].state == State::paused);
    CHECK(visit.answers[name].again_ms == visit.now_ms + 500);
  }
}

TEST_CASE("what a pause finds on its way is paused, too") {
  Settings settings;
  Visit visit(settings.approle({first_address, second_address}));
  visit.settle_in();
  for (const auto* name : {"a", "b", "c", "d"}) visit.ask(name);
  CHECK(visit.send().size() == 4);
  visit.answer("read a", with_header(reply(429), "retry-after", "20"));
  visit.answer("read b", permission_denied());
  visit.answer("read c", with_header(reply(307), "location", second_address));
  visit.answer("read d", kept("canary"));
  CHECK(visit.send().empty());
  for (const auto* name : {"a", "b", "c"}) {
    INFO(name);
    REQUIRE(visit.is_settled(name));
    CHECK(visit.answers[name].state == State::paused);
    CHECK(visit.answers[name].again_ms == visit.now_ms + 20'000);
  }
  CHECK(visit.answers["d"].state == State::ready);
}

TEST_CASE("a sealed server is an outage at once") {
  Settings settings;
  Visit visit(settings.approle());
  visit.ask("a");
  visit.exchange("login", reply(503, R"({"errors":["Vault is sealed"]})"));
  check_outage(visit.answers["a"], "sealed or not ready (Vault is sealed)");
}

TEST_CASE("with several addresses the next one is tried at once") {
  Settings settings;
  Visit visit(settings.none({first_address, second_address}));
  visit.ask("a");
  const HttpRequest first = visit.exchange("read a", reply(503));
  CHECK(first.url == std::string(first_address) + "/v1/kv/data/a");
  CHECK(visit.answers["a"].again_ms == visit.now_ms);
  visit.ask("a");
  SECTION("and may be good") {
    const HttpRequest second = visit.exchange("read a", kept("canary"));
    CHECK(second.url == std::string(second_address) + "/v1/kv/data/a");
    CHECK(visit.answers["a"].state == State::ready);
  }
  SECTION("or sealed as well") {
    visit.exchange("read a", reply(503));
    check_outage(visit.answers["a"], std::string(second_address) + ": it is sealed");
  }
  SECTION("or broken as well") {
    CHECK(pauses_of(visit, reply(500)) == Pauses{500, 1000, 2000, 4000});
    check_outage(visit.answers["a"], "status 500");
  }
}

TEST_CASE("two addresses are both tried though several reads fail at the first") {
  Settings settings;
  Visit visit(settings.none({first_address, second_address}));
  for (const auto* name : {"a", "b"}) visit.ask(name);
  CHECK(visit.send().size() == 2);
  visit.answer("read a", reply(503));
  visit.answer("read b", reply(503));
  CHECK(visit.answers["a"].again_ms == visit.now_ms);
  CHECK_FALSE(visit.is_settled("b"));  // it goes to the second address by itself
  visit.ask("a");
  CHECK(visit.send().size() == 2);
  for (const auto* name : {"a", "b"}) {
    const HttpRequest read = visit.answer(std::string("read ") + name, kept("canary"));
    CHECK(read.url.find(second_address) == 0);
  }
}

TEST_CASE("a standby is left for an address of the settings, and for no other") {
  Settings settings;
  const auto moved = [](const std::string& to) { return with_header(reply(307), "location", to); };
  SECTION("listed") {
    Visit visit(settings.approle({first_address, second_address}));
    visit.ask("a");
    visit.exchange("login", moved(std::string(second_address) + "/v1/auth/approle/login"));
    const HttpRequest login = visit.exchange("login", lent("canary-token-1"));
    CHECK(login.url == std::string(second_address) + "/v1/auth/approle/login");
    CHECK(visit.exchange("read a", kept("canary")).url.find(second_address) == 0);
  }
  SECTION("not listed, or none") {
    for (const std::string to :
         {"https://evil.example:8200/v1/x", "http://one.example:8200/v1/x", "", "/v1/x",
          "https://one.example:8200@evil.example/v1", "https://one.example:8200.evil.example/"}) {
      INFO(to);
      Visit visit(settings.approle());
      visit.ask("a");
      visit.exchange("login", moved(to));
      const Answer& answer = visit.answers["a"];
      REQUIRE(answer.state == State::failed);
      CHECK(answer.failure.reach == Reach::place);
      CHECK(answer.failure.error.message.find("sends us on to") != std::string::npos);
      CHECK(visit.send().empty());
    }
  }
  SECTION("back and forth") {
    Visit visit(settings.approle({first_address, second_address}));
    visit.ask("a");
    int sent = 0;
    while (!visit.is_settled("a")) {
      REQUIRE(++sent < 10);
      visit.exchange("login", moved(sent % 2 == 1 ? second_address : first_address));
    }
    CHECK(visit.answers["a"].failure.reach == Reach::place);
  }
  SECTION("by several reads at once") {
    Visit visit(settings.none({first_address, second_address}));
    for (int i = 0; i < 8; ++i) visit.ask(std::to_string(i));
    CHECK(visit.send().size() == 8);
    for (int i = 0; i < 8; ++i) visit.answer("read " + std::to_string(i), moved(second_address));
    CHECK(visit.answers.empty());
    CHECK(visit.send().size() == 8);
    for (int i = 0; i < 8; ++i) visit.answer("read " + std::to_string(i), kept("canary"));
    CHECK(visit.answers["7"].state == State::ready);
  }
}

TEST_CASE("an address that somebody else sends on to is not printed at length or as control text") {
  Settings settings;
  Visit visit(settings.none());
  visit.ask("a");
  visit.exchange("read a", with_header(reply(307), "location",
                                       "https://a\x1b[2J" + std::string(100'000, 'b') + "/"));
  const std::string& message = visit.answers["a"].failure.error.message;
  CHECK(message.size() < 500);
  CHECK(message.find('\x1b') == std::string::npos);
}

TEST_CASE("a certificate that is not trusted stops the place") {
  Settings settings;
  for (const int code : {60, 77}) {
    Visit visit(settings.approle());
    visit.ask("a");
    visit.exchange("login", no_reply(code));
    CHECK(visit.answers["a"].failure.reach == Reach::place);
    CHECK(visit.answers["a"].failure.error.hint.find("VAULT_CACERT") != std::string::npos);
  }
}

}  // namespace pruuv::secrets
