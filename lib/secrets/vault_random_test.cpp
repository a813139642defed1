#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "secrets/vault_fixture.hpp"

// Whatever Vault answers, in whatever order: every secret that is asked for is answered in the end.
namespace pruuv::secrets {
namespace {

using State = Answer::State;
constexpr int names = 12;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  // 0 to `end`, without `end`.
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(engine_); }

 private:
  std::mt19937 engine_;
};

// An answer to anything: seldom a fitting one, where the weather is bad.
HttpResponse random_reply(Dice& dice, const std::string& call, int faults_of_100) {
  if (dice.below(100) >= faults_of_100) {
    if (call == "login" || call == "renew") {
      return lent("canary-token-" + std::to_string(dice.below(9)), dice.below(3) * 60,
                  dice.below(2) == 0);
    }
    if (call == "unwrap") return reply(200, R"({"data":{"secret_id":"canary-unwrapped"}})");
    if (call == "lookup") return alive(dice.below(3) * 60);
    return kept("canary-kept");
  }
  switch (dice.below(14)) {
    case 0:
      return reply(500);
    case 1:
      return no_reply();
    case 2:
      return no_reply(60);
    case 3:
      return reply(503);
    case 4:
      return with_header(reply(429), "retry-after", std::to_string(dice.below(40)));
    case 5:
      return with_header(reply(307), "location", dice.below(4) == 0 ? "x" : second_address);
    case 6:
      return with_header(reply(307), "location", first_address);
    case 7:
      return reply(400, R"({"errors":["a\nb"]})");
    case 8:
      return reply(404, R"({"errors":[]})");
    case 9:
      return reply(200, "<html>");
    case 10:
      return reply(204);
    default:
      return permission_denied();
  }
}

void check_no_secret(const Answer& answer) {
  if (answer.state != State::failed) return;
  const std::string words = answer.failure.error.message + answer.failure.error.hint;
  CHECK_FALSE(words.empty());
  CHECK(words.find("canary") == std::string::npos);
  CHECK(words.find('\n') == std::string::npos);
}

// Twelve people who each want one secret, and ask again when they are told to.
class Crowd {
 public:
  Crowd(config::VaultSettings settings, unsigned seed) : visit_(std::move(settings)), dice_(seed) {
    faults_of_100_ = dice_.below(101);
  }

  void satisfy_all() {
    for (int i = 0; i < names; ++i) ask(std::to_string(i));
    // Far more than tries, logins and secrets can add up to.
    for (int i = 0; !wanted_.empty() || !paused_.empty(); ++i) {
      REQUIRE(i < 20'000);
      turn();
    }
    for (const auto& [name, answer] : visit_.answers) check_no_secret(answer);
  }

 private:
  void ask(const std::string& name) {
    visit_.answers.erase(name);
    visit_.answers[name] = visit_.ask(name);
    if (visit_.answers[name].state == State::asked) visit_.answers.erase(name);
    wanted_.insert(name);
    sort_out();
  }

  void turn() {
    std::set<std::string> due;
    for (const std::string& name : paused_) {
      if (visit_.answers[name].again_ms <= visit_.now_ms) due.insert(name);
    }
    for (const std::string& name : due) {
      paused_.erase(name);
      ask(name);
    }
    visit_.send();
    const auto reads =
        std::count_if(visit_.under_way.begin(), visit_.under_way.end(),
                      [](const auto& call) { return name_of(call.second).rfind("read ", 0) == 0; });
    CHECK(reads <= 8);
    if (visit_.under_way.empty()) {
      // Nobody may wait for a call that nobody can send.
      REQUIRE(wanted_.empty());
      if (paused_.empty()) return;
      std::int64_t next_ms = INT64_MAX;
      for (const std::string& name : paused_) {
        next_ms = std::min(next_ms, visit_.answers[name].again_ms);
      }
      visit_.now_ms = std::max(visit_.now_ms, next_ms);
      return;
    }
    const int which = dice_.below(static_cast<int>(visit_.under_way.size()));
    const std::string call = name_of(visit_.under_way[static_cast<std::size_t>(which)].second);
    visit_.now_ms += dice_.below(4) == 0 ? dice_.below(20'000) : dice_.below(50);
    visit_.answer(call, random_reply(dice_, call, faults_of_100_));
    sort_out();
  }

  // Of those who wait: who has an answer, and who is to ask again.
  void sort_out() {
    for (const auto& [name, answer] : visit_.answers) {
      if (wanted_.erase(name) == 0) continue;
      CHECK(answer.state != State::asked);
      if (answer.state == State::paused) paused_.insert(name);
    }
  }

  Visit visit_;
  Dice dice_;
  int faults_of_100_ = 0;
  std::set<std::string> wanted_, paused_;
};

}  // namespace

TEST_CASE("every secret that is asked for is answered in the end, whatever Vault says") {
  Settings settings;
  const std::vector<std::string> two = {first_address, second_address};
  config::VaultSettings wrapped = settings.approle(two);
  wrapped.secret_id_wrapped = true;
  const std::vector<config::VaultSettings> kinds = {
      settings.approle(),      settings.approle(two), wrapped,
      settings.static_token(), settings.none(),       settings.none(two)};
  for (unsigned seed = 0; seed < 6000; ++seed) {
    INFO("seed " << seed);
    Crowd(kinds[seed % kinds.size()], seed).satisfy_all();
  }
}

}  // namespace pruuv::secrets
