#include "secrets/supabase.hpp"

#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

namespace pruuv::secrets {
namespace {

using State = Answer::State;

class Desk {
 public:
  Desk() : Desk("canary-key\n") {}
  explicit Desk(const std::string& key)
      : supabase_({"https://acme.supabase.co", settings_.write("key", key), "my_secret", "called"},
                  [this](const Secret& secret) { loaded.emplace_back(secret.reveal()); }) {}

  Answer ask(const std::string& name) {
    return supabase_.ask(parse_reference("supabase:" + name).value(), now_ms);
  }
  // All calls that can be sent; their numbers are `first` and those behind it.
  std::size_t send() {
    first = next_number_;
    while (auto request = supabase_.next_call(next_number_, now_ms)) {
      requests.push_back(std::move(*request));
      ++next_number_;
    }
    return static_cast<std::size_t>(next_number_ - first);
  }
  std::vector<Settled> take(std::int64_t number, const HttpResponse& response) {
    return supabase_.take(number, response, now_ms);
  }
  // What that answer to a question of its own comes to.
  Answer exchange(const HttpResponse& response) {
    CHECK(ask("acme").state == State::asked);
    CHECK(send() == 1);
    const auto settled = take(first, response);
    REQUIRE(settled.size() == 1);
    CHECK(settled[0].reference == "supabase:acme");
    return settled[0].answer;
  }

  std::int64_t now_ms = 5'000;
  std::int64_t first = 0;
  std::vector<HttpRequest> requests;
  std::vector<std::string> loaded;

 private:
  std::int64_t next_number_ = 1;
  Settings settings_;
  Supabase supabase_;
};

void check_failed(const Answer& answer, Reach reach, const std::string& cause) {
  REQUIRE(answer.state == State::failed);
  const std::string words = answer.failure.error.message + " | " + answer.failure.error.hint;
  INFO(words);
  CHECK(answer.failure.reach == reach);
  CHECK(words.find(cause) != std::string::npos);
  CHECK(words.find("canary") == std::string::npos);
}

}  // namespace

TEST_CASE("Supabase is asked through one function with the key in headers alone") {
  Desk desk;
  CHECK(desk.exchange(reply(200, R"("a\u0062c")")).secret.reveal() == "abc");
  const HttpRequest& request = desk.requests.front();
  CHECK(request.method == "POST");
  CHECK(request.url == "https://acme.supabase.co/rest/v1/rpc/my_secret");
  CHECK(request.body == R"({"called":"acme"})");
  CHECK(request.timeout_ms == 10'000);
  REQUIRE(request.headers.size() == 3);
  CHECK(request.headers[0].name == "apikey");
  CHECK(std::get<Secret>(request.headers[0].value).reveal() == "canary-key");
  CHECK(request.headers[1].name == "Authorization");
  CHECK(std::get<Secret>(request.headers[1].value).reveal() == "Bearer canary-key");
  CHECK(desk.loaded == std::vector<std::string>{"canary-key"});
}

TEST_CASE("Supabase's answer is text, an object, or none") {
  Desk desk;
  CHECK(desk.exchange(reply(200, R"({"a":"b"})")).secret.reveal() == R"({"a":"b"})");
  CHECK(desk.exchange(reply(200, R"(" a ")")).secret.reveal() == "a");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"null", "none of that name"},
      {"", "no JSON"},
      {"<html>canary", "no JSON"},
      {R"("canary)", "no JSON"},
      {R"("canary","b")", "no JSON"},
      {"true", "neither text"},
      {R"(["canary"])", "neither text"},
      {R"("")", "nothing in it"},
      {R"("canary\u0000")", "control character"},
      {std::string(200, '[') + std::string(200, ']'), "no JSON"},
  };
  for (const auto& [body, cause] : cases) {
    INFO(body);
    check_failed(desk.exchange(reply(200, body)), Reach::reference, cause);
  }
  CHECK(desk.exchange(reply(200, R"("a")")).state == State::ready);
}

TEST_CASE("a refusal by Supabase stops the place and quotes its code alone") {
  for (const int status : {401, 403, 404}) {
    Desk desk;
    const std::string body = R"({"code":"PGRST\n202","message":"canary-key acme"})";
    const Answer answer = desk.exchange(reply(status, body));
    check_failed(answer, Reach::place, "status " + std::to_string(status) + " (PGRST\\u{a}202)");
    check_failed(desk.ask("other"), Reach::place, status == 404 ? "supabase-rpc" : "the key in");
    CHECK(desk.send() == 0);
  }
}

TEST_CASE("a name that Supabase's function objects to stops nobody else") {
  Desk desk;
  const Answer answer = desk.exchange(reply(400, R"({"code":"22P02","message":"canary-key"})"));
  check_failed(answer, Reach::reference, "the function refuses the name (22P02)");
  CHECK(desk.exchange(reply(200, R"("a")")).state == State::ready);
}

TEST_CASE("a fault of Supabase is tried again after growing pauses, then it is an outage") {
  HttpResponse half = reply(200, R"("canary)");
  half.transport_code = 18;
  half.transport_error = "cut off";
  for (const HttpResponse& fault :
       {reply(500), reply(429), reply(408), reply(307), no_reply(), half}) {
    Desk desk;
    for (const std::int64_t pause_ms : {500, 1000, 2000, 4000}) {
      const Answer answer = desk.exchange(fault);
      CHECK(answer.state == State::paused);
      CHECK(answer.again_ms == desk.now_ms + pause_ms);
      CHECK(desk.ask("b").again_ms == answer.again_ms);
      CHECK(desk.send() == 0);
      desk.now_ms = answer.again_ms;
    }
    check_failed(desk.exchange(fault), Reach::outage, "ask Supabase at https://acme");
    check_failed(desk.ask("b"), Reach::outage, "next run");
  }
}

TEST_CASE("eight questions to Supabase are under way at a time, and fail as one") {
  Desk desk;
  for (int i = 0; i < 10; ++i) desk.ask(std::to_string(i));
  CHECK(desk.send() == 8);
  std::size_t settled = 0;
  const std::int64_t first = desk.first;
  for (int i = 0; i < 8; ++i) {
    for (const Settled& one : desk.take(first + i, reply(500))) {
      ++settled;
      CHECK(one.answer.state == State::paused);
      CHECK(one.answer.again_ms == desk.now_ms + 500);
    }
  }
  CHECK(settled == 10);
}

TEST_CASE("Supabase without its key asks nothing") {
  Settings settings;
  const auto nobody = [](const Secret&) {};
  Supabase nowhere({}, nobody);
  const Reference reference = parse_reference("supabase:a").value();
  check_failed(nowhere.ask(reference, 0), Reach::place, "supabase-url");
  Desk empty("\n");
  check_failed(empty.ask("a"), Reach::place, "nothing in it");
  CHECK(empty.send() == 0);
}

}  // namespace pruuv::secrets
