#include "delivery/trial.hpp"

#include "testing/testing.hpp"

namespace pruuv::delivery {
namespace {

ConnectionTrial failed(bool may_pass) {
  ConnectionTrial trial;
  trial.fault = "something";
  trial.may_pass = may_pass;
  return trial;
}

}  // namespace

TEST_CASE("a try's exit code: 69 only where nothing answered and it may pass") {
  Trials trials;
  trials.lines.emplace_back();
  CHECK(exit_code_of(trials) == 0);
  trials.lines.push_back(failed(false));
  CHECK(exit_code_of(trials) == 3);
  trials.lines.push_back(failed(true));
  CHECK(exit_code_of(trials) == 69);
  trials.answered = 1;
  CHECK(exit_code_of(trials) == 3);
}

}  // namespace pruuv::delivery
