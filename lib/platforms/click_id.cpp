#include "platforms/click_id.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

enum class Vendor { meta, google, tiktok };

struct ClickField {
  std::string_view name;
  std::string FunnelEvent::*text;
  Vendor vendor;
};

constexpr std::array<ClickField, 6> click_fields = {{
    {"fbclid", &FunnelEvent::fbclid, Vendor::meta},
    {"fbc", &FunnelEvent::fbc, Vendor::meta},
    {"gclid", &FunnelEvent::gclid, Vendor::google},
    {"gbraid", &FunnelEvent::gbraid, Vendor::google},
    {"wbraid", &FunnelEvent::wbraid, Vendor::google},
    {"ttclid", &FunnelEvent::ttclid, Vendor::tiktok},
}};

// How ids of a vendor begin, seen in links of all kinds. `only_field`: this one field alone has
// them.
struct Shape {
  std::string_view prefix;
  Vendor vendor;
  std::string_view only_field;
};

constexpr std::array shapes = {
    Shape{"IwAR", Vendor::meta, ""},          Shape{"IwY2xjaw", Vendor::meta, ""},
    Shape{"IwZXh0bg", Vendor::meta, ""},      Shape{"PAZXh0bg", Vendor::meta, ""},
    Shape{"PAQ0xDS", Vendor::meta, ""},       Shape{"Cj0KCQ", Vendor::google, ""},
    Shape{"CjwKCA", Vendor::google, ""},      Shape{"EAIaIQob", Vendor::google, "gclid"},
    Shape{"0AAAA", Vendor::google, "gbraid"}, Shape{"E.C.P.", Vendor::tiktok, ""},
    Shape{"E_C_P_", Vendor::tiktok, ""},
};

constexpr std::size_t iwar_length = 61;      // every IwAR id, without its "_aem_" part
constexpr std::size_t aem_tail_length = 22;  // the shortest: 16 bytes in base64url
constexpr std::size_t letters_min = 24;      // all small by chance: 2^-24 of ids at the most

const Shape* shape_of(std::string_view value) {
  const auto* const shape =
      std::ranges::find_if(shapes, [&](const Shape& one) { return value.starts_with(one.prefix); });
  return shape == shapes.end() ? nullptr : shape;
}

// The fbclid within an fbc; any other id is its own.
std::string_view id_within(std::string_view field, std::string_view value) {
  if (field != "fbc" || !value.starts_with("fb.")) return value;
  std::array<std::string_view, 4> parts;
  return split_into(parts, value, '.') >= parts.size() ? parts[3] : value;
}

bool is_fbc_shape(std::string_view value) {
  if (!value.starts_with("fb.")) return false;
  std::array<std::string_view, 4> parts;
  return split_into(parts, value, '.') >= parts.size() && is_all_digits(parts[1]) &&
         parts[2].size() == 13 && is_all_digits(parts[2]);
}

bool is_of_another_platform(const ClickField& field, std::string_view value) {
  if (is_fbc_shape(value) && field.vendor != Vendor::meta) return true;
  const Shape* const shape = shape_of(id_within(field.name, value));
  return shape != nullptr && shape->vendor != field.vendor;
}

// A gclid ends in the same four bytes, which wbraid and gbraid do not have.
bool is_certain_gclid(std::string_view value) {
  return value.ends_with("_wcB") || value.ends_with("_BwE");
}

// Among Google's own fields.
bool is_of_another_field(const ClickField& field, std::string_view value) {
  if (field.vendor != Vendor::google) return false;
  if (field.name != "gclid" && is_certain_gclid(value)) return true;
  const Shape* const shape = shape_of(value);
  return shape != nullptr && !shape->only_field.empty() && shape->only_field != field.name;
}

bool is_wrapped(std::string_view value) {
  struct Pair {
    std::string_view open;
    std::string_view close;
  };
  constexpr std::array pairs = {Pair{"{", "}"},   Pair{"${", "}"}, Pair{"%7B", "%7D"},
                                Pair{"__", "__"}, Pair{"[", "]"},  Pair{"<", ">"},
                                Pair{"%%", "%%"}, Pair{"(", ")"}};
  return std::ranges::any_of(pairs, [&](const Pair& pair) {
    const std::size_t length = pair.open.size() + pair.close.size();
    return value.size() > length && value.front() == pair.open.front() &&
           equal_ignoring_ascii_case(value.substr(0, pair.open.size()), pair.open) &&
           equal_ignoring_ascii_case(value.substr(value.size() - pair.close.size()), pair.close);
  });
}

bool is_placeholder(std::string_view value) {
  constexpr std::array<std::string_view, 24> words = {
      "undefined", "null",  "none",   "nil",     "nan",     "n/a",      "na",      "-",
      "empty",     "false", "true",   "unknown", "not set", "0",        "test",    "fbclid",
      "fbc",       "gclid", "gbraid", "wbraid",  "ttclid",  "click_id", "clickid", "your_click_id"};
  constexpr std::size_t longest_word = std::ranges::max(words, {}, &std::string_view::size).size();
  if (is_wrapped(value)) return true;
  if (value.size() > longest_word) return false;
  return std::ranges::any_of(
      words, [&](std::string_view word) { return equal_ignoring_ascii_case(word, value); });
}

bool says_it_is_not_real(std::string_view value) {
  constexpr std::array<std::string_view, 6> words = {"test",   "fake", "example",
                                                     "sample", "demo", "dummy"};
  const std::string lower = ascii_lower(value);
  return std::ranges::any_of(
      words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_hex(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_url_encoded(std::string_view value) {
  for (auto at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 1)) {
    if (at + 2 < value.size() && is_hex(value[at + 1]) && is_hex(value[at + 2])) return true;
  }
  return false;
}

// A digest has small letters only, as it should.
bool is_lower_cased(std::string_view id) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::ranges::any_of(id, is_capital) || std::ranges::all_of(id, is_hex)) return false;
  if (std::ranges::count_if(id, is_ascii_alpha) >= static_cast<std::ptrdiff_t>(letters_min))
    return true;
  return std::ranges::any_of(
      shapes, [&](const Shape& one) { return id.starts_with(ascii_lower(one.prefix)); });
}

int base64url_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_ascii_digit(c)) return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

// Without padding; empty if there is anything else in it.
std::vector<std::uint8_t> decode_base64url(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = base64url_value(c);
    if (value < 0) return {};
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>((bits >> count) & 0xffU));
  }
  return bytes;
}

// The ids of Google and TikTok are protobuf messages. How long the first of their parts says to
// reach, in bytes from the beginning of the id; 0 = not one of the known beginnings:
//   0a L 0a 08|09 08    gclid and wbraid
//   10 02 1a L 0a       gclid
//   0a L 01             ttclid, after "E.C.P."; L and 01 are one number of two bytes
std::size_t stated_length(Vendor vendor, const std::vector<std::uint8_t>& bytes) {
  if (bytes.size() < 5) return 0;
  if (vendor == Vendor::tiktok) {
    const bool is_known = bytes[0] == 0x0a && bytes[1] >= 0x80 && bytes[2] == 0x01;
    return is_known ? std::size_t{3} + 128U + (bytes[1] & 0x7fU) : 0;
  }
  const bool is_first = bytes[0] == 0x0a && bytes[1] < 0x80 && bytes[2] == 0x0a &&
                        (bytes[3] == 0x08 || bytes[3] == 0x09) && bytes[4] == 0x08;
  if (is_first) return std::size_t{2} + bytes[1];
  const bool is_second = bytes[0] == 0x10 && bytes[1] == 0x02 && bytes[2] == 0x1a &&
                         bytes[3] < 0x80 && bytes[4] == 0x0a;
  return is_second ? std::size_t{4} + bytes[3] : 0;
}

bool is_cut_fbclid(std::string_view id) {
  constexpr std::string_view aem = "_aem";
  const auto at = id.rfind(aem);
  if (at == std::string_view::npos) return id.starts_with("IwAR") && id.size() < iwar_length;
  const std::string_view tail = id.substr(at + aem.size());
  return tail.empty() || (tail.starts_with('_') && tail.size() - 1 < aem_tail_length);
}

// A ttclid that does not state its length is taken for cut only where columns end.
bool is_cut_ttclid(std::string_view id) {
  constexpr std::string_view prefix = "E.C.P.";
  constexpr std::array<std::size_t, 6> column_lengths = {64, 100, 127, 128, 255, 256};
  if (!id.starts_with(prefix) && !id.starts_with("E_C_P_")) return false;
  const auto bytes = decode_base64url(id.substr(prefix.size()));
  const std::size_t stated = stated_length(Vendor::tiktok, bytes);
  return stated == 0 ? std::ranges::find(column_lengths, id.size()) != column_lengths.end()
                     : bytes.size() < stated;
}

bool is_cut_off(Vendor vendor, std::string_view id) {
  if (vendor == Vendor::meta) return is_cut_fbclid(id);
  if (vendor == Vendor::tiktok) return is_cut_ttclid(id);
  const auto bytes = decode_base64url(id);
  return bytes.size() < stated_length(vendor, bytes);
}

Reason look_at(const ClickField& field, std::string_view value) {
  const std::string_view id = id_within(field.name, value);
  if (is_placeholder(value) || is_placeholder(id)) return Reason::click_id_placeholder;
  if (is_of_another_platform(field, value) || is_of_another_field(field, value)) {
    return Reason::click_id_of_another_platform;
  }
  if (is_url_encoded(value)) return Reason::click_id_url_encoded;
  if (says_it_is_not_real(id)) return Reason::none;
  if (is_lower_cased(id)) return Reason::click_id_lower_cased;
  return is_cut_off(field.vendor, id) ? Reason::click_id_cut_off : Reason::none;
}

}  // namespace

std::vector<Warning> look_at_click_ids(const FunnelEvent& event) {
  std::vector<Warning> remarks;
  for (const ClickField& field : click_fields) {
    const std::string_view value = trim(event.*field.text);
    const Reason reason = value.empty() ? Reason::none : look_at(field, value);
    if (reason != Reason::none) remarks.push_back({field.name, reason});
  }
  return remarks;
}

bool is_placeholder_click_id(std::string_view value) {
  return is_placeholder(value) ||
         (value.starts_with("fb.") && is_placeholder(id_within("fbc", value)));
}

bool is_click(std::string_view field, std::string_view raw) {
  const std::string_view value = trim(raw);
  return !value.empty() && !is_placeholder_click_id(value) &&
         !is_click_of_another_platform(field, value);
}

bool is_possible_google_click_id(std::string_view value) {
  const auto fits = [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_' || c == '.' || c == '~' ||
           c == '=';
  };
  return !value.empty() && std::ranges::all_of(value, fits);
}

bool is_click_of_another_platform(std::string_view field, std::string_view value) {
  const auto* const found = std::ranges::find(click_fields, field, &ClickField::name);
  return found != click_fields.end() && is_of_another_platform(*found, trim(value));
}

}  // namespace pruuv::platforms
