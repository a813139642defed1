#include "platforms/meta/usage.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::int64_t slow_share = 80;
constexpr std::int64_t stop_share = 95;

// Whole percent of the highest share in an object such as X-App-Usage's.
std::int64_t highest_share(json::Value usage) {
  constexpr std::array<std::string_view, 4> shares = {"call_count", "total_time", "total_cputime",
                                                      "acc_id_util_pct"};
  std::int64_t highest = 0;
  for (const std::string_view name : shares) {
    const std::string_view number = usage[name].text().value_or("");
    const auto whole = parse_int64(number.substr(0, number.find('.')));
    highest = std::max(highest, whole.value_or(0));
  }
  return highest;
}

// Calls look(object) for each object a header holds, at whichever depth.
template <typename Look>
void for_each_usage(const HttpResponse& response, const char* header, Look look) {
  const auto document = json::parse(response.header(header), json::Numbers::as_text);
  if (!document) return;
  look(document->root());
  for (const auto& [business, usages] : document->root().members()) {
    for (const json::Value usage : usages.items()) look(usage);
  }
}

}  // namespace

Pace pace_of(const HttpResponse& response) {
  std::int64_t highest = 0;
  for (const char* const header :
       {"x-app-usage", "x-business-use-case-usage", "x-ad-account-usage"}) {
    for_each_usage(response, header,
                   [&](json::Value usage) { highest = std::max(highest, highest_share(usage)); });
  }
  Pace pace;
  if (highest >= slow_share) pace.gap_ms = 1'000;
  pace.rest_of_run = highest >= stop_share;
  return pace;
}

std::optional<std::int64_t> estimated_wait_s(const HttpResponse& response) {
  constexpr std::int64_t minutes_max = 7 * 24 * 60;
  constexpr std::int64_t wait_max_s = minutes_max * 60;
  std::int64_t minutes = 0;
  for_each_usage(response, "x-business-use-case-usage", [&](json::Value usage) {
    minutes = std::max(minutes, usage["estimated_time_to_regain_access"].integer().value_or(0));
  });
  std::int64_t wait_s = std::clamp<std::int64_t>(minutes, 0, minutes_max) * 60;
  for_each_usage(response, "x-ad-account-usage", [&](json::Value usage) {
    if (highest_share(usage) < stop_share) return;
    wait_s = std::max(wait_s, usage["reset_time_duration"].integer().value_or(0));
  });
  if (wait_s == 0) return std::nullopt;
  return std::min(wait_s, wait_max_s);
}

}  // namespace pruuv::platforms::meta
