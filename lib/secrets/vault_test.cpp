#include "secrets/vault.hpp"

#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

namespace pruuv::secrets {
namespace {

using Names = std::vector<std::string>;
using State = Answer::State;

std::string failure_of(const Answer& answer) {
  CHECK(answer.state == State::failed);
  return answer.failure.error.message + " | " + answer.failure.error.hint;
}

void check_failed(const Answer& answer, Reach reach, const std::string& cause) {
  INFO(failure_of(answer));
  CHECK(answer.state == State::failed);
  CHECK(answer.failure.reach == reach);
  CHECK(failure_of(answer).find(cause) != std::string::npos);
}

}  // namespace

TEST_CASE("one login serves every secret, and eight reads are under way at a time") {
  Settings settings;
  Visit visit(settings.approle());
  for (int i = 0; i < 20; ++i) CHECK(visit.ask(std::to_string(i)).state == State::asked);
  const HttpRequest login = visit.exchange("login", lent("canary-token-1"));
  CHECK(login.secret_body.reveal() == R"({"role_id":"role","secret_id":"canary-secret-id"})");
  CHECK(visit.send().size() == 8);
  CHECK(token_in(visit.answer("read 0", kept("canary-0"))) == "canary-token-1");
  CHECK(visit.answers["0"].secret.reveal() == "canary-0");
  CHECK(visit.send() == Names{"read 8"});
  CHECK(visit.loaded == Names{secret_id, "canary-token-1"});
}

TEST_CASE("what cannot be read for its own sake holds nothing else") {
  Settings settings;
  Visit visit(settings.approle());
  visit.settle_in();
  const std::vector<std::pair<HttpResponse, std::string>> cases = {
      {reply(404, R"({"errors":[]})"), "Vault has none"},
      {reply(404, R"({"data":{"data":null,"metadata":{"deletion_time":"2026-01-02T03:04:05Z"}}})"),
       "deleted at 2026-01-02T03:04:05Z"},
      {reply(404, R"({"warnings":["Invalid path for a versioned K/V secrets engine"]})"),
       "mount of a KV version 2 engine"},
      {reply(200, R"({"data":{"data":{"other":"x"},"metadata":{}}})"), "the field is not"},
      {reply(200, R"({"data":{"data":{"token":[1]},"metadata":{}}})"), "neither text"},
      {reply(200, R"({"data":{"data":{"token":""},"metadata":{}}})"), "empty"},
      {reply(200, R"({"data":{"token":"x"}})"), "no secret of KV version 2"},
      {reply(200, "<html>"), "no secret of KV version 2"},
      {reply(400, R"({"errors":["odd path"]})"), "odd path"},
  };
  for (const auto& [response, cause] : cases) {
    INFO(cause);
    visit.ask("bad");
    visit.exchange("read bad", response);
    check_failed(visit.answers["bad"], Reach::reference, cause);
  }
  visit.ask("good");
  visit.exchange("read good", kept("canary-good"));
  CHECK(visit.answers["good"].state == State::ready);
}

TEST_CASE("a 403 while the token is alive is about that path") {
  Settings settings;
  Visit visit(settings.approle());
  visit.ask("bad");
  visit.exchange("login", lent("canary-token-1"));
  visit.exchange("read bad", permission_denied());
  CHECK_FALSE(visit.is_settled("bad"));
  visit.exchange("lookup", alive());
  check_failed(visit.answers["bad"], Reach::reference, "policy of the login");
  visit.ask("good");
  visit.exchange("read good", kept("canary-good"));
}

TEST_CASE("a dead token is replaced once, and the read is made again") {
  Settings settings;
  Visit visit(settings.approle());
  visit.settle_in();
  visit.ask("late");
  visit.exchange("read late", permission_denied());
  visit.exchange("lookup", permission_denied());
  visit.exchange("login", lent("canary-token-2"));
  const HttpRequest again = visit.exchange("read late", permission_denied());
  CHECK(token_in(again) == "canary-token-2");
  visit.exchange("lookup", permission_denied());
  check_failed(visit.answers["late"], Reach::reference, "denies");
  CHECK(visit.send().empty());
  visit.ask("later");
  visit.exchange("read later", permission_denied());
  check_failed(visit.answers["later"], Reach::reference, "denies");
}

TEST_CASE("a token that could read nothing and not look at itself stops the place") {
  Settings settings;
  Visit visit(settings.static_token());
  visit.ask("first");
  CHECK(token_in(visit.exchange("lookup", permission_denied())) == "canary-static");
  visit.exchange("read first", permission_denied());
  check_failed(visit.answers["first"], Reach::place, "token may have ended");
  CHECK_FALSE(visit.vault().farewell());
}

TEST_CASE("a 403 of the token before the login says nothing") {
  Settings settings;
  Visit visit(settings.approle());
  visit.settle_in();
  for (const auto* name : {"a", "b", "c"}) visit.ask(name);
  CHECK(visit.send() == Names{"read a", "read b", "read c"});
  visit.answer("read a", permission_denied());
  visit.exchange("lookup", permission_denied());
  CHECK(visit.send() == Names{"login"});
  visit.answer("read b", permission_denied());
  visit.answer("login", lent("canary-token-2"));
  visit.answer("read c", permission_denied());
  // No lookup comes first: none of them was denied with the token there is.
  CHECK(visit.send().size() == 3);
  for (const auto* name : {"a", "b", "c"}) {
    const HttpRequest read = visit.answer(std::string("read ") + name, kept("canary"));
    CHECK(token_in(read) == "canary-token-2");
    CHECK(visit.answers[name].state == State::ready);
  }
}

TEST_CASE("a token is renewed at two thirds of its lease") {
  Settings settings;
  Visit visit(settings.approle());
  visit.settle_in(lent("canary-token-1", 300));
  CHECK(visit.vault().token_ends_ms() == visit.now_ms + 300'000);
  visit.now_ms += 199'999;
  visit.ask("a");
  visit.exchange("read a", kept("canary"));
  visit.now_ms += 1;
  CHECK(visit.send().empty());  // nothing is asked for
  visit.ask("b");
  visit.exchange("renew", lent("canary-token-1", 600));
  visit.exchange("read b", kept("canary"));
  CHECK(visit.vault().token_ends_ms() == visit.now_ms + 600'000);

  SECTION("and got anew where that is refused") {
    visit.now_ms += 400'000;
    visit.ask("c");
    visit.exchange("renew", permission_denied());
    visit.exchange("login", lent("canary-token-2"));
    CHECK(token_in(visit.exchange("read c", kept("canary"))) == "canary-token-2");
  }
}

TEST_CASE("a token that cannot be renewed is got anew, one without end is kept") {
  Settings settings;
  Visit visit(settings.approle());
  visit.settle_in(lent("canary-token-1", 300, false));
  visit.now_ms += 200'000;
  visit.ask("a");
  visit.exchange("login", lent("canary-token-2", 0, true));
  visit.exchange("read a", kept("canary"));
  CHECK_FALSE(visit.vault().token_ends_ms());
  visit.now_ms += 100'000'000;
  visit.ask("b");
  visit.exchange("read b", kept("canary"));
}

TEST_CASE("a lease of any length is kept without overflow") {
  Settings settings;
  for (const std::int64_t lease_s : {INT64_MAX, INT64_MIN, std::int64_t{-1}}) {
    Visit visit(settings.approle());
    visit.settle_in(lent("canary-token-1", lease_s));
    CHECK(visit.vault().token_ends_ms().value_or(visit.now_ms + 1) > visit.now_ms);
    visit.ask("b");
    visit.exchange("read b", kept("canary"));
  }
}

TEST_CASE("a static token is looked at and never given back") {
  Settings settings;
  Visit visit(settings.static_token());
  visit.ask("a");
  visit.exchange("lookup", alive(300));
  CHECK(visit.vault().token_ends_ms() == visit.now_ms + 300'000);
  visit.exchange("read a", kept("canary"));
  visit.now_ms += 250'000;
  visit.ask("b");
  visit.exchange("read b", kept("canary"));  // it can neither be renewed nor got anew
  CHECK_FALSE(visit.vault().farewell());
}

TEST_CASE("without a login nothing but the reads is sent") {
  Settings settings;
  Visit visit(settings.none());
  visit.ask("a");
  CHECK(token_in(visit.exchange("read a", kept("canary"))).empty());
  visit.ask("b");
  visit.exchange("read b", reply(400, R"({"errors":["missing client token"]})"));
  check_failed(visit.answers["b"], Reach::reference, "missing client token");
  Visit early(settings.none());
  early.ask("a");
  early.exchange("read a", reply(400, R"({"errors":["missing client token"]})"));
  check_failed(early.answers["a"], Reach::place, "give it a login");
  check_failed(early.ask("b"), Reach::place, "missing client token");
}

TEST_CASE("a refused login stops the place with its words") {
  Settings settings;
  for (const int status : {400, 403, 404}) {
    Visit visit(settings.approle());
    visit.ask("a");
    visit.ask("b");
    visit.exchange("login", reply(status, R"({"errors":["invalid secret id"]})"));
    check_failed(visit.answers["a"], Reach::place, "refuses the login (invalid secret id)");
    check_failed(visit.answers["b"], Reach::place, "vault-role-id");
    check_failed(visit.ask("c"), Reach::place, "invalid secret id");
    CHECK(visit.send().empty());
    CHECK_FALSE(visit.vault().farewell());
  }
}

TEST_CASE("a wrapped secret id is unwrapped once for all logins") {
  Settings settings;
  config::VaultSettings wrapped = settings.approle();
  wrapped.secret_id_wrapped = true;
  Visit visit(wrapped);
  visit.ask("a");
  const HttpRequest unwrap =
      visit.exchange("unwrap", reply(200, R"({"data":{"secret_id":"canary-unwrapped"}})"));
  CHECK(token_in(unwrap) == secret_id);
  const HttpRequest login = visit.exchange("login", lent("canary-token-1", 300, false));
  CHECK(login.secret_body.reveal().find("canary-unwrapped") != std::string_view::npos);
  visit.exchange("read a", kept("canary"));
  visit.now_ms += 250'000;
  visit.ask("b");
  const HttpRequest again = visit.exchange("login", lent("canary-token-2"));
  CHECK(again.secret_body.reveal() == login.secret_body.reveal());
  CHECK(visit.loaded == Names{secret_id, "canary-unwrapped", "canary-token-1", "canary-token-2"});

  Visit stolen(wrapped);
  stolen.ask("a");
  stolen.exchange("unwrap", reply(400, R"({"errors":["wrapping token is not valid"]})"));
  check_failed(stolen.answers["a"], Reach::place, "take the secret id for stolen");
}

TEST_CASE("what was lent is given back once") {
  Settings settings;
  Visit visit(settings.approle());
  CHECK_FALSE(visit.vault().farewell());
  visit.settle_in();
  const auto farewell = visit.vault().farewell();
  REQUIRE(farewell);
  CHECK(name_of(*farewell) == "revoke");
  CHECK(token_in(*farewell) == "canary-token-1");
  CHECK(farewell->timeout_ms == 3000);
  CHECK_FALSE(visit.vault().farewell());
}

TEST_CASE("no address and no file of the login stop the place") {
  Settings settings;
  Visit nowhere(settings.none({}));
  check_failed(nowhere.ask("a"), Reach::place, "VAULT_ADDR");
  config::VaultSettings lost = settings.approle();
  lost.secret_id_file = settings.dir.file("missing");
  Visit visit(lost);
  check_failed(visit.ask("a"), Reach::place, "there is no such file");
  CHECK(visit.send().empty());
}

}  // namespace pruuv::secrets
