#include "secrets/reference.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace pruuv::secrets {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_word(std::string_view text, std::size_t bytes_max, std::string_view marks) {
  return !text.empty() && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_ascii_alpha(c) || is_ascii_digit(c) || marks.find(c) != std::string_view::npos;
         });
}

bool is_variable(std::string_view name) {
  return is_word(name, 255, "_") && !is_ascii_digit(name.front());
}

bool is_absolute_path(std::string_view path) {
  return path.size() > 1 && path.front() == '/' &&
         std::none_of(path.begin(), path.end(), is_control);
}

bool is_file_name(std::string_view name) {
  return is_word(name, 255, "._-") && name != "." && name != "..";
}

std::optional<int> hex_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_value(text[i + 1]);
    const auto low = hex_value(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out.push_back(static_cast<char>(*high * 16 + *low));
    i += 2;
  }
  return out;
}

bool is_part(std::string_view part) {
  return !part.empty() && !part.ends_with('.') && is_valid_utf8(part) &&
         std::none_of(part.begin(), part.end(), is_control);
}

// "secret/clients/acme#token" without its scheme.
bool read_vault(std::string_view text, Reference& out) {
  const std::size_t hash = text.rfind('#');
  if (hash == std::string_view::npos) return false;
  out.field = text.substr(hash + 1);
  const std::vector<std::string_view> parts = split(text.substr(0, hash), '/');
  if (parts.size() < 2 || out.field.empty() || !is_valid_utf8(out.field) ||
      std::any_of(out.field.begin(), out.field.end(), is_control)) {
    return false;
  }
  for (const std::string_view& part : parts) {
    const auto decoded = percent_decoded(part);
    if (!decoded) return false;
    // The mount may have slashes of its own.
    const std::vector<std::string_view> pieces = split(*decoded, '/');
    if (!std::all_of(pieces.begin(), pieces.end(), is_part)) return false;
    if (&part == &parts.front()) {
      out.mount = *decoded;
    } else {
      out.name += (out.name.empty() ? "" : "/") + *decoded;
    }
  }
  return true;
}

bool read_rest(std::string_view rest, Reference& out) {
  if (out.scheme == Scheme::vault) return read_vault(rest, out);
  out.name = rest;
  switch (out.scheme) {
    case Scheme::env:
      return is_variable(rest);
    case Scheme::file:
      return is_absolute_path(rest);
    case Scheme::cred:
      return is_file_name(rest);
    case Scheme::sealed:
      return is_word(rest, 64, "._-");
    default:
      return is_word(rest, 200, "._-/");
  }
}

constexpr std::pair<std::string_view, Scheme> schemes[] = {
    {"env:", Scheme::env},       {"file:", Scheme::file},   {"cred:", Scheme::cred},
    {"sealed:", Scheme::sealed}, {"vault:", Scheme::vault}, {"supabase:", Scheme::supabase},
};

}  // namespace

Result<Reference> parse_reference(const std::string& text) {
  const std::string_view whole(text);
  for (const auto& [prefix, scheme] : schemes) {
    if (!whole.starts_with(prefix)) continue;
    Reference reference;
    reference.scheme = scheme;
    reference.text = text;
    if (!read_rest(whole.substr(prefix.size()), reference)) break;
    return reference;
  }
  return fail(ErrorKind::config, "read a secret reference: it is none",
              "write sealed:NAME (put there by `pruuv-send secrets set NAME`), "
              "vault:mount/path#field, cred:NAME, file:/absolute/path, supabase:NAME or env:NAME; "
              "the token itself never stands there");
}

Result<void> check_reference(const std::string& text) {
  PRUUV_TRY(parse_reference(text));
  return {};
}

std::string_view warning_of(const Reference& reference) {
  if (reference.scheme != Scheme::env) return {};
  return "an environment variable can be read by every process of the user and ends up in crash "
         "reports; sealed:, vault:, cred: or file: is better";
}

}  // namespace pruuv::secrets
