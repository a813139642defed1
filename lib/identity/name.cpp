#include <array>

#include "base/text.hpp"
#include "identity/characters.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::identity {
namespace {

std::optional<std::string> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

// "mr. alex" -> "alex". A title needs its dot: "Mralex" and "Dr Alex" are names as far as Google's
// own formatters are concerned.
std::string_view without_titles(std::string_view name) {
  constexpr std::array<std::string_view, 4> titles = {"mr.", "mrs.", "ms.", "dr."};
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view title : titles) {
      if (!name.starts_with(title)) continue;
      name = trim(name.substr(title.size()));
      found = true;
    }
  }
  return name;
}

// "quinn, jr." -> "quinn". Only behind a comma or white space, so that a name ending in the same
// letters stays, and never the whole name.
std::string_view without_suffix(std::string_view name) {
  constexpr std::array<std::string_view, 7> suffixes = {"jr.", "jr",  "sr.", "sr",
                                                        "ii",  "iii", "iv"};
  for (const std::string_view suffix : suffixes) {
    if (!name.ends_with(suffix)) continue;
    const std::string_view before = name.substr(0, name.size() - suffix.size());
    std::string_view family = trim(before);
    if (family.ends_with(',')) family = trim(family.substr(0, family.size() - 1));
    if (family.size() < before.size() && !family.empty()) return family;
  }
  return name;
}

}  // namespace

std::optional<std::string> normalize_name(std::string_view raw, NameRule rule) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(trim(raw));
  if (!lower) return std::nullopt;
  const std::string name = without_ascii_punctuation(*lower);
  return rule == NameRule::meta ? unless_empty(without_white_space(name))
                                : unless_empty(trim(name));
}

std::optional<std::string> normalize_given_name_google(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(trim(raw));
  if (!lower) return std::nullopt;
  return unless_empty(without_titles(*lower));
}

std::optional<std::string> normalize_family_name_google(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(trim(raw));
  if (!lower) return std::nullopt;
  return unless_empty(without_suffix(*lower));
}

}  // namespace pruuv::identity
