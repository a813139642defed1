#include "platforms/page_url.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms {
namespace {

// Set by ad platforms themselves; long numbers among them are not phone numbers.
constexpr std::array<std::string_view, 10> ad_parameters = {
    "ttclid", "fbclid",  "gclid",  "gbraid",     "wbraid",
    "dclid",  "msclkid", "gclsrc", "gad_source", "gad_campaignid",
};

// A parameter goes if one word of its name is here ("billing_name", "apiKey") ...
constexpr std::array<std::string_view, 31> personal_words = {
    "mail",     "tel",     "mobile", "name",      "firstname", "lastname", "fname",         "lname",
    "fullname", "surname", "user",   "username",  "login",     "pass",     "pwd",           "pin",
    "auth",     "key",     "apikey", "session",   "sessionid", "sid",      "signature",     "code",
    "jwt",      "ssn",     "dob",    "birthdate", "birthday",  "address",  "postaladdress",
};

// ... or if its name, without what stands between words, contains one of these ("e-mail",
// "phoneNumber").
constexpr std::array<std::string_view, 7> personal_parts = {
    "email", "phone", "password", "passwd", "token", "secret", "credential",
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_encoded(char c) { return c == '%' || c == '+'; }

// Of a query: "%41+" is "A ". What has to be decoded is written into `room`.
std::string_view decode(std::string_view text, std::string& room) {
  if (std::ranges::none_of(text, is_encoded)) return text;
  std::string& out = room;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool has_personal_word(std::string_view name) {
  std::string squashed;  // the letters alone, in lower case
  std::size_t word_begin = 0;
  bool found = false;
  const auto end_word = [&] {
    const std::string_view word = std::string_view(squashed).substr(word_begin);
    found = found || std::ranges::find(personal_words, word) != personal_words.end();
    word_begin = squashed.size();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_ascii_alpha(name[i])) {
      end_word();
      continue;
    }
    if (is_upper(name[i]) && i > 0 && !is_upper(name[i - 1])) end_word();
    squashed += ascii_lower(name[i]);
  }
  end_word();
  return found || std::ranges::any_of(personal_parts, [&](std::string_view part) {
           return squashed.find(part) != std::string::npos;
         });
}

bool has_at_sign(std::string_view decoded) {
  return decoded.find('@') != std::string_view::npos ||
         decoded.find("%40") != std::string_view::npos;
}

// +44 20 7031 3000, (650) 555-1212, 02070313000: 7 to 15 digits and what people put between them.
// Bare digits count from ten on, for shorter ones are order and product numbers; a date is none.
bool looks_like_phone(std::string_view decoded) {
  const std::string_view text = trim(decoded);
  std::size_t digits = 0;
  bool is_bare = true;
  for (const char c : text) {
    if (is_ascii_digit(c)) {
      ++digits;
    } else if (is_phone_separator(c)) {
      is_bare = false;
    } else {
      return false;
    }
  }
  const bool is_date = text.size() == 10 && digits == 8 && text[4] == '-' && text[7] == '-';
  return !is_date && digits >= (is_bare ? 10U : 7U) && digits <= 15;
}

// "1,299.00" never comes here (a comma), "12345.67" would: an amount is no phone number.
bool looks_like_amount(std::string_view decoded) {
  const auto point = decoded.find('.');
  return point != std::string_view::npos && is_all_digits(decoded.substr(0, point)) &&
         is_all_digits(decoded.substr(point + 1));
}

bool may_stay(std::string_view parameter) {
  const auto equals = parameter.find('=');
  std::string name_room, value_room;
  const std::string_view name = decode(parameter.substr(0, equals), name_room);
  const std::string_view value = equals == std::string_view::npos
                                     ? std::string_view()
                                     : decode(parameter.substr(equals + 1), value_room);
  const auto is_name = [&](std::string_view one) { return equal_ignoring_ascii_case(name, one); };
  if (std::ranges::any_of(ad_parameters, is_name)) return true;
  if (has_at_sign(name) || has_at_sign(value)) return false;
  if (equal_ignoring_ascii_case(name.substr(0, 4), "utm_")) return true;
  if (has_personal_word(name) || looks_like_phone(name)) return false;
  return looks_like_amount(value) || !looks_like_phone(value);
}

void append_without_spaces(std::string& out, std::string_view text) {
  for (;;) {
    const auto space = text.find(' ');
    out += text.substr(0, space);
    if (space == std::string_view::npos) return;
    out += "%20";
    text.remove_prefix(space + 1);
  }
}

bool has_control_character(std::string_view text) {
  unsigned char found = 0;  // no early end and no bool: many bytes are looked at at once
  for (const char c : text) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20;
    found |= static_cast<unsigned char>(is_control | (c == '\x7f'));
  }
  return found != 0;
}

void append_parameters(CleanUrl& out, std::string_view query) {
  char separator = '?';
  for (;;) {
    const auto end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    if (!parameter.empty() && may_stay(parameter)) {
      out.url += separator;
      append_without_spaces(out.url, parameter);
      separator = '&';
    } else if (!parameter.empty()) {
      out.parameters_dropped = true;
    }
    if (end == std::string_view::npos) return;
    query.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<CleanUrl> clean_url(std::string_view raw) {
  const std::string_view url = trim(raw);
  if (has_control_character(url)) return std::nullopt;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string scheme = ascii_lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return std::nullopt;

  std::string_view rest = url.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto host_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view host = rest.substr(0, host_end);
  // Browsers read a backslash as a slash: which host is meant would be anyone's guess.
  if (host.find_first_of("\\ ") != std::string_view::npos) return std::nullopt;
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.empty() || host.front() == ':') return std::nullopt;
  rest.remove_prefix(host_end);
  const auto question = rest.find('?');

  CleanUrl out;
  out.url.reserve(url.size());
  out.url.append(scheme).append("://").append(host);
  append_without_spaces(out.url, rest.substr(0, question));
  if (question != std::string_view::npos) append_parameters(out, rest.substr(question + 1));
  return out;
}

}  // namespace pruuv::platforms
