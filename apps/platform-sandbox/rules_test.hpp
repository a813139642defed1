#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform.hpp"
#include "token_book.hpp"

/// What the tests of all platforms share: bodies in, answers out, no socket anywhere.
namespace sandbox::test {

inline constexpr std::int64_t now = 1'795'400'000;  ///< 2026-11-23 02:13:20 UTC
inline constexpr std::string_view hash =
    "849ae1eebc51f2a2ca4f4d0be0d1ee5a1a9b0ab0a4ca6a5ddcc0c1a6a5d7e0aa";

/// A platform, and calls to it that are right but for the body.
struct Subject {
  const Platform* platform = nullptr;
  Call call;
  Conditions conditions;
};

struct Result {
  int status = 0;
  std::string body;
  std::string reason;  ///< of the whole-request refusal, empty when there was none
  std::vector<Verdict> events;
};

[[nodiscard]] Subject meta_subject();
[[nodiscard]] Subject tiktok_subject();
[[nodiscard]] Subject google_ads_subject();
[[nodiscard]] Subject data_manager_subject();
[[nodiscard]] Subject token_subject();

[[nodiscard]] Result judged(const Subject& subject, std::string_view body);

/// The body with the first occurrence of `from` replaced; throws when there is none, so that a
/// case cannot pass because it changed nothing.
[[nodiscard]] std::string replaced(std::string_view body, std::string_view from,
                                   std::string_view to);

/// A change to a good body, and what the answer must hold.
struct BadCase {
  std::string_view from;
  std::string_view to;
  std::string_view expected;
};

/// `text` n times, commas between.
[[nodiscard]] std::string repeated(std::string_view text, std::size_t count);

/// Every body got from a good one by putting `replacement` (JSON) in the place of one value.
[[nodiscard]] std::vector<std::string> mutations(std::string_view body,
                                                 std::string_view replacement);

/// No mutation may be taken in full when the replacement is null, "", [] or {}; and no mutation,
/// and no beginning of the body, may do worse than be refused.
void check_that_nothing_empty_passes(const Subject& subject, std::string_view good);

}  // namespace sandbox::test
