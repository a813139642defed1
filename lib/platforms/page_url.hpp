#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pruuv::platforms {

struct CleanUrl {
  std::string url;
  bool parameters_dropped = false;  // personal data or secrets stood in it
};

// The URL of a page as it may be told to an ad platform. Dropped: user and password
// before the host, the fragment, and query parameters that look like personal data or secrets by
// name
// ("user[email]", "accessToken", "tel") or by value (an '@' once decoded, a phone number). Click
// ids and ad ids always stay, utm_* unless there is an '@' in it. What stays keeps its bytes and
// its order, but a space becomes %20. Nothing if it is no http or https URL with a host, or holds
// control characters.
[[nodiscard]] std::optional<CleanUrl> clean_url(std::string_view raw);

}  // namespace pruuv::platforms
