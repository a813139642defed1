#include "platforms/testing/recorded.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms::testing {
namespace {

constexpr std::array<std::string_view, 5> outcomes = {"accepted", "rejected", "retryable",
                                                      "ambiguous", "waiting"};
constexpr std::array<std::string_view, 5> scopes = {"event", "request", "connection", "credential",
                                                    "platform"};

HttpResponse response_of(json::Value recorded) {
  HttpResponse response;
  response.status = static_cast<int>(recorded["status"].integer().value_or(0));
  response.transport_code = static_cast<int>(recorded["transport_code"].integer().value_or(0));
  response.bytes_sent = recorded["bytes_sent"].boolean().value_or(true);
  const json::Value body = recorded["body"];
  if (body.exists()) response.body = body.text() ? std::string(*body.text()) : body.dump();
  for (const auto& [name, value] : recorded["headers"].members()) {
    response.headers.emplace_back(ascii_lower(name), value.text().value_or(""));
  }
  return response;
}

void check_verdict(const Verdict& verdict, json::Value expected) {
  CHECK(outcomes.at(static_cast<std::size_t>(verdict.outcome)) == expected["outcome"].text());
  CHECK(scopes.at(static_cast<std::size_t>(verdict.scope)) ==
        expected["scope"].text().value_or("event"));
  CHECK(code_of(verdict.reason) == expected["reason"].text().value_or("none"));
  CHECK(verdict.code == expected["code"].text().value_or(""));
  CHECK(verdict.retry_after_s == expected["retry_after_s"].integer());
}

}  // namespace

void check_recorded_responses(const Platform& platform, const std::string& folder,
                              std::size_t at_least) {
  const auto names = json_files_in("responses/" + folder);
  CHECK(names.size() >= at_least);
  for (const std::string& name : names) {
    INFO(folder << "/" << name);
    const auto document = json::parse(read_testdata("responses/" + folder + "/" + name + ".json"));
    REQUIRE(document.has_value());
    const json::Value recorded = document->root();
    const auto events = static_cast<std::size_t>(recorded["events"].integer().value_or(1));
    const auto expected = recorded["expect"].items();
    REQUIRE((expected.size() == 1 || expected.size() == events));

    const Classification out = platform.classify(response_of(recorded), events);
    REQUIRE(out.verdicts.size() == events);
    for (std::size_t i = 0; i < events; ++i) {
      INFO("event " << i);
      check_verdict(out.verdicts[i], expected[expected.size() == 1 ? 0 : i]);
    }
    CHECK(out.trace_id == recorded["trace_id"].text().value_or(""));
    CHECK(out.warning == recorded["warning"].text().value_or(""));
  }
}

}  // namespace pruuv::platforms::testing
