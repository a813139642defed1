#include "platforms/testing/golden.hpp"
#include "platforms/testing/recorded.hpp"
#include "platforms/tiktok/tiktok.hpp"

namespace pruuv::platforms::tiktok {
namespace {

TEST_CASE("recorded answers of TikTok") {
  testing::check_recorded_responses(events_api, "tiktok", 60);
}

TEST_CASE("an index is a word of its own and a number that fits") {
  HttpResponse response;
  response.status = 200;
  response.bytes_sent = true;
  const auto names_second = [&](const std::string& message) {
    response.body = R"({"code": 40002, "message": ")" + message + "\"}";
    const auto out = events_api.classify(response, 2);
    return out.verdicts.at(0).outcome == Outcome::retryable &&
           out.verdicts.at(1).scope == Scope::event;
  };
  CHECK(names_second("data.1"));
  CHECK(names_second("BATCH.1.user: bad"));
  CHECK(names_second("(data.1)"));
  CHECK(names_second("my_data.0, but data.1"));
  CHECK(!names_second("data.1x"));
  CHECK(!names_second("data.1_"));
  CHECK(!names_second("data."));
  CHECK(!names_second("xdata.1"));
  CHECK(!names_second("data.99999999999999999999"));
  CHECK(!names_second("data.2"));
}

}  // namespace
}  // namespace pruuv::platforms::tiktok
