#include "audit/patterns.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace pruuv::audit {
namespace {

bool is_word(char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '_'; }

bool is_hex(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_token(char c) {
  return is_word(c) || std::string_view("-.+/=~%|:").find(c) != std::string_view::npos;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         equal_ignoring_ascii_case(text.substr(0, start.size()), start);
}

// Whether a word may start at `at`: nothing of one stands before it.
bool is_word_start(std::string_view text, std::size_t at) {
  return at == 0 || !is_word(text[at - 1]);
}

std::size_t end_of(std::string_view text, std::size_t at, bool (*belongs)(char)) {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view these) {
  while (at < text.size() && these.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

enum class After {
  equals_or_colon,  // access_token=x, "access_token": "x", Access-Token: x
  equals,           // words that prose puts a colon behind: token=x
  blank,            // Bearer x
};

struct Name {
  std::string_view text;
  After after;
};

constexpr std::array<Name, 20> names = {{{"access_token", After::equals_or_colon},
                                         {"access-token", After::equals_or_colon},
                                         {"accessToken", After::equals_or_colon},
                                         {"appsecret_proof", After::equals_or_colon},
                                         {"app_secret", After::equals_or_colon},
                                         {"client_secret", After::equals_or_colon},
                                         {"client-secret", After::equals_or_colon},
                                         {"refresh_token", After::equals_or_colon},
                                         {"id_token", After::equals_or_colon},
                                         {"developer-token", After::equals_or_colon},
                                         {"developer_token", After::equals_or_colon},
                                         {"x-vault-token", After::equals_or_colon},
                                         {"api_key", After::equals_or_colon},
                                         {"password", After::equals_or_colon},
                                         {"authorization", After::equals_or_colon},
                                         {"token", After::equals},
                                         {"secret", After::equals},
                                         {"key", After::equals},
                                         {"bearer", After::blank},
                                         {"oauth2", After::blank}}};

// Where the value behind the name that ends at `at` starts; `at` itself where none does.
std::size_t value_start(std::string_view text, std::size_t at, After after) {
  if (after == After::blank) return skip(text, at, " \t");
  const std::size_t sign = skip(text, at, " \t\"'\\");
  if (sign >= text.size()) return at;
  const bool is_sign = text[sign] == '=' || (text[sign] == ':' && after == After::equals_or_colon);
  return is_sign ? skip(text, sign + 1, " \t\"'\\") : at;
}

// A header's value is several words long ("Authorization: Basic abc"), so it goes up to the line's
// end or its quote.
std::size_t value_end(std::string_view text, std::size_t start, const Name& name) {
  const std::string_view ends =
      name.text == "authorization" ? "\r\n\"'" : " \t\r\n\"'&,;<>(){}[]\\";
  return std::min(text.find_first_of(ends, start), text.size());
}

}  // namespace

std::string hide_named_tokens(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t start = at;
    std::size_t end = at;
    for (const Name& name : names) {
      if (!is_word_start(text, at) || !starts_with_ignoring_case(text.substr(at), name.text))
        continue;
      const std::size_t name_end = at + name.text.size();
      start = value_start(text, name_end, name.after);
      end = start > name_end ? value_end(text, start, name) : start;
      if (end > start) break;
    }
    if (end > start) {
      out.append(text.substr(at, start - at)).append(hidden);
      at = end;
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

std::string hide_token_words(std::string_view text) {
  constexpr std::array<std::string_view, 5> starts = {"EAA", "ya29.", "1//", "GOCSPX-", "hvs."};
  constexpr std::size_t token_min = 16;  // "EAA" alone may be a word
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const bool is_start = is_word_start(text, at) &&
                          std::any_of(starts.begin(), starts.end(), [&](std::string_view start) {
                            return text.substr(at).starts_with(start);
                          });
    const std::size_t end = is_start ? end_of(text, at, &is_token) : at;
    if (end - at >= token_min) {
      out.append(hidden);
      at = end;
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

namespace {

// Without = & ? { | }: mailboxes hardly ever hold them, and they end the name of a parameter.
bool is_local_part(char c) {
  return is_word(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view(".%+-'!#$*^`~").find(c) != std::string_view::npos;
}

bool is_domain(char c) {
  return is_word(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// The length of an @ at that place, also as a URL spells it; 0 = none.
std::size_t at_sign(std::string_view text, std::size_t at) {
  if (text[at] == '@') return 1;
  return text.substr(at).starts_with("%40") ? 3 : 0;
}

}  // namespace

std::string hide_emails(std::string_view text) {
  std::string out;
  std::size_t local_start = 0;  // in `out`: where the part before an @ can start
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t sign = at_sign(text, at);
    const std::size_t domain_end = sign == 0 ? at : end_of(text, at + sign, &is_domain);
    const bool is_email = sign > 0 && domain_end > at + sign && out.size() > local_start;
    if (is_email) {
      out.replace(local_start, std::string::npos, hidden);
      at = domain_end;
    } else {
      out.push_back(text[at]);
      ++at;
    }
    if (!is_local_part(out.back())) local_start = out.size();  // a hidden one is: a@b@c
  }
  return out;
}

std::string hide_hashes(std::string_view text) {
  constexpr std::size_t digits_min = 64;
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::max(end_of(text, at, &is_hex), at + 1);
    if (end - at >= digits_min) {
      out.append(hidden);
    } else {
      out.append(text.substr(at, end - at));
    }
    at = end;
  }
  return out;
}

}  // namespace pruuv::audit
