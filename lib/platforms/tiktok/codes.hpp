#pragma once

#include <cstdint>
#include <string_view>

#include "model/verdict.hpp"

// What TikTok's return codes mean for us. Page "Return codes" of
// business-api.tiktok.com/portal/docs; names of TikTok's own SDK (tiktok_code.py) where the page
// has none.
namespace pruuv::platforms::tiktok {

struct CodeMeaning {
  Outcome outcome = Outcome::accepted;
  Scope scope = Scope::event;
  Reason reason = Reason::none;
  std::string_view words;  // for account staff; empty for success
};

// `message` decides where a code alone does not: "permission" in a refusal of the parameters is one
// of the pixel ("40002 No permission to operate pixel code" has been seen), "api version" a dead
// version. Unknown codes: 401xx are about the token and hold the connection; other 4xxxx refuse the
// event; everything else is a failure that passes.
[[nodiscard]] CodeMeaning meaning_of(std::int64_t code, std::string_view message);

// What code 0 under a refusing HTTP status means: nobody can say.
[[nodiscard]] CodeMeaning unknown_meaning();

}  // namespace pruuv::platforms::tiktok
