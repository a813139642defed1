#include "platforms/meta/usage.hpp"

#include <string>
#include <utility>

#include "platforms/meta/meta.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

HttpResponse with_header(const std::string& name, const std::string& value) {
  HttpResponse response;
  response.status = 200;
  response.bytes_sent = true;
  response.headers = {{name, value}};
  response.body = R"({"events_received": 1, "messages": [], "fbtrace_id": "A"})";
  return response;
}

// Milliseconds between requests; -1 = no more in this run.
std::int64_t gap_ms(const std::string& name, const std::string& value) {
  const Pace pace = pace_of(with_header(name, value));
  return pace.rest_of_run ? -1 : pace.gap_ms;
}

TEST_CASE("the highest share of any limit sets the pace") {
  CHECK(gap_ms("x-app-usage", R"({"call_count":28,"total_time":25,"total_cputime":79})") == 0);
  CHECK(gap_ms("x-app-usage", R"({"call_count":28,"total_time":80,"total_cputime":25})") == 1000);
  CHECK(gap_ms("x-app-usage", R"({"call_count":95,"total_time":80,"total_cputime":25})") == -1);
  CHECK(gap_ms("x-ad-account-usage", R"({"acc_id_util_pct":9.67,"reset_time_duration":100})") == 0);
  CHECK(gap_ms("x-ad-account-usage", R"({"acc_id_util_pct":94.99})") == 1000);
  CHECK(gap_ms("x-ad-account-usage", R"({"acc_id_util_pct":100})") == -1);
  CHECK(gap_ms("x-business-use-case-usage",
               R"({"1":[{"call_count":5}],"2":[{"call_count":6},{"total_cputime":81}]})") == 1000);
}

TEST_CASE("headers that are absent or hold something else set no pace") {
  for (const std::string value :
       {"", "x", "[]", "5", "{\"call_count\":\"many\"}", "{\"call_count\":-3}", "{\"1\":[5]}"}) {
    INFO(value);
    CHECK(gap_ms("x-app-usage", value) == 0);
    CHECK(gap_ms("x-business-use-case-usage", value) == 0);
  }
  CHECK(gap_ms("x-other", R"({"call_count":99})") == 0);
}

TEST_CASE("the wait is the longest that is named, and that of an ad account only when it is full") {
  const auto wait_s = [](const char* header, const std::string& value) {
    return estimated_wait_s(with_header(header, value));
  };
  CHECK(wait_s("x-business-use-case-usage",
               R"({"1":[{"estimated_time_to_regain_access":2},
                        {"estimated_time_to_regain_access":19}]})") == 1140);
  CHECK(wait_s("x-ad-account-usage", R"({"acc_id_util_pct":95,"reset_time_duration":240})") == 240);
  CHECK(!wait_s("x-ad-account-usage", R"({"acc_id_util_pct":94.9,"reset_time_duration":240})"));
  CHECK(!wait_s("x-ad-account-usage", R"({"acc_id_util_pct":100,"reset_time_duration":-5})"));
  CHECK(wait_s("x-ad-account-usage",
               R"({"acc_id_util_pct":100,"reset_time_duration":9000000000000000000})") ==
        7 * 86400);
}

TEST_CASE("a success near the limit is a success all the same") {
  const auto out = conversions_api.classify(with_header("x-app-usage", R"({"call_count":97})"), 1);
  CHECK(out.verdicts.at(0).outcome == Outcome::accepted);
  CHECK(out.pace.rest_of_run);
}

}  // namespace
}  // namespace pruuv::platforms::meta
