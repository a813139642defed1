#include "platforms/meta/click_id.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "platforms/click_id.hpp"

namespace pruuv::platforms::meta {
namespace {

constexpr std::int64_t fbc_age_max_ms =
    std::int64_t{90} * 86400 * 1000;  // how long the cookie lives
constexpr std::int64_t clock_tolerance_ms = 60 * 1000;

// What base64url is made of; a real fbclid holds nothing else.
bool is_click_character(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_';
}

bool is_payload(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_click_character);
}

int base64url_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_ascii_digit(c)) return c - '0' + 52;
  return c == '-' ? 62 : 63;
}

// Two characters: one pair a language of Meta's library. Eight: the base64url of six bytes, which
// are format (1), language (1..6), kind (0..3) and three of the library's version.
bool is_appendix(std::string_view text) {
  constexpr std::array<std::string_view, 6> pairs = {"AQ", "Ag", "Aw", "BA", "BQ", "Bg"};
  if (text.size() == 2) return std::ranges::find(pairs, text) != pairs.end();
  if (text.size() != 8 || !is_payload(text)) return false;
  int bits = 0;
  for (const char c : text.substr(0, 4)) bits = bits * 64 + base64url_value(c);
  const int format = bits >> 16;
  const int language = (bits >> 8) & 0xff;
  const int kind = bits & 0xff;
  return format == 1 && language >= 1 && language <= 6 && kind <= 3;
}

// The segments if the first three and the appendix are right; the payload is the caller's matter.
std::optional<Fbc> parse_cookie(std::string_view text) {
  std::array<std::string_view, 5> parts;
  const std::size_t count = split_into(parts, text, '.');
  if (count != 4 && count != 5) return std::nullopt;
  if (parts[0] != "fb" || !is_all_digits(parts[1]) || parts[1].size() > 2) return std::nullopt;
  if (parts[2].size() != 13 || !is_all_digits(parts[2])) return std::nullopt;
  if (count == 5 && !is_appendix(parts[4])) return std::nullopt;
  return Fbc{parse_int64(parts[2]).value_or(0), parts[3]};
}

struct Candidate {
  std::string text;
  std::int64_t creation_ms = 0;
  std::string_view field;
};

// The field, trimmed, unless somebody else's click id stands in it.
std::string_view id_of_meta(std::string_view field, std::string_view raw,
                            std::vector<Warning>& warnings) {
  const std::string_view id = trim(raw);
  if (is_placeholder_click_id(id)) {
    warnings.push_back({field, Reason::click_id_placeholder});
    return {};
  }
  if (!is_click_of_another_platform(field, id)) return id;
  warnings.push_back({field, Reason::click_id_of_another_platform});
  return {};
}

// The click of the `fbclid` field. Its time falls back on the event's, its latest possible value.
std::optional<Candidate> from_fbclid(const FunnelEvent& event, std::vector<Warning>& warnings) {
  const std::string_view fbclid = id_of_meta("fbclid", event.fbclid, warnings);
  if (fbclid.empty()) return std::nullopt;
  if (!is_payload(fbclid)) {
    warnings.push_back({"fbclid", Reason::fbc_malformed});
    return std::nullopt;
  }
  auto click_s = click_time_s(event);
  // A clock that goes wrong: the time of the event is the latest the click can have.
  if (click_s && *click_s * 1000 > event.event_time * 1000 + clock_tolerance_ms) click_s.reset();
  if (!click_s && !trim(event.click_timestamp).empty()) {
    warnings.push_back({"click_timestamp", Reason::click_timestamp_invalid});
  }
  const std::int64_t creation_ms = click_s.value_or(event.event_time) * 1000;
  return Candidate{fmt::format("fb.1.{}.{}", creation_ms, fbclid), creation_ms, "fbclid"};
}

Reason age_fault(const Candidate& candidate, std::int64_t event_time_s) {
  const std::int64_t event_ms = event_time_s * 1000;
  if (candidate.creation_ms > event_ms + clock_tolerance_ms) return Reason::fbc_after_event;
  if (candidate.creation_ms < event_ms - fbc_age_max_ms) return Reason::fbc_too_old;
  return Reason::none;
}

// Whether the fbclid beside a stored fbc is another click, and known to be the later one.
bool is_newer_click(const FunnelEvent& event, const Fbc& stored) {
  const std::string_view fbclid = trim(event.fbclid);
  const auto click_s = click_time_s(event);
  return is_payload(fbclid) && !is_placeholder_click_id(fbclid) &&
         !is_click_of_another_platform("fbclid", fbclid) && fbclid != stored.payload && click_s &&
         *click_s * 1000 > stored.creation_ms;
}

}  // namespace

std::optional<Fbc> parse_fbc(std::string_view text) {
  const auto fbc = parse_cookie(text);
  if (!fbc || !is_payload(fbc->payload)) return std::nullopt;
  return fbc;
}

bool is_well_formed_fbp(std::string_view text) {
  const auto fbp = parse_cookie(text);
  return fbp && is_all_digits(fbp->payload);
}

std::string choose_fbc(const FunnelEvent& event, std::vector<Warning>& warnings) {
  const std::string_view stored = id_of_meta("fbc", event.fbc, warnings);
  std::optional<Candidate> candidate;
  if (const auto fbc = parse_fbc(stored); fbc && !is_newer_click(event, *fbc)) {
    candidate = Candidate{std::string(stored), fbc->creation_ms, "fbc"};
  } else {
    if (!fbc && !stored.empty()) warnings.push_back({"fbc", Reason::fbc_malformed});
    candidate = from_fbclid(event, warnings);
  }
  if (!candidate) return {};
  const Reason fault = age_fault(*candidate, event.event_time);
  if (fault == Reason::none) return candidate->text;
  warnings.push_back({candidate->field, fault});
  return {};
}

}  // namespace pruuv::platforms::meta
