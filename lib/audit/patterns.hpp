#pragma once

#include <string>
#include <string_view>

// What redact.hpp says is recognised by its looks. Each function gives the text with "***" in the
// places it knows; they are pure and linear in the text.
namespace pruuv::audit {

inline constexpr std::string_view hidden = "***";

// Values behind token-like names, and what follows Bearer and its like.
[[nodiscard]] std::string hide_named_tokens(std::string_view text);

// Words that start as the platforms' tokens do.
[[nodiscard]] std::string hide_token_words(std::string_view text);

[[nodiscard]] std::string hide_emails(std::string_view text);
[[nodiscard]] std::string hide_hashes(std::string_view text);
[[nodiscard]] std::string hide_phones(std::string_view text);

}  // namespace pruuv::audit
