#include "config/reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/setting.hpp"

namespace pruuv::config {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool is_word_character(char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '_'; }

}  // namespace

std::string Reader::name_of(std::string_view flag) const {
  const auto place = settings_.places.find(std::string(flag));
  const std::string where =
      place == settings_.places.end() ? variable_of(std::string(flag)) : place->second;
  return where.empty() ? fmt::format("--{}", flag) : fmt::format("--{} ({})", flag, where);
}

Unexpected Reader::refuse(std::string_view flag, const std::string& cause, std::string hint) const {
  return fail(ErrorKind::config, fmt::format("read {}: {}", name_of(flag), cause), std::move(hint));
}

Result<std::string> Reader::url(const std::string& text, std::string_view flag) const {
  if (text.empty()) return text;
  PRUUV_TRY(check_url(text, name_of(flag)));
  return text;
}

Result<std::string> Reader::base_url(const std::string& text, std::string_view flag) const {
  PRUUV_TRY_ASSIGN(std::string base, url(text, flag));
  while (base.ends_with('/')) base.pop_back();
  return base;
}

Result<std::string> Reader::absolute_path(const std::string& text, std::string_view flag) const {
  PRUUV_TRY(without_controls(text, flag));
  if (text.empty() || text.starts_with('/')) return text;
  return refuse(flag, "it is not an absolute path",
                "begin it with /: a nightly run has another current folder");
}

Result<std::string> Reader::word(const std::string& text, std::string_view flag,
                                 const std::string& if_not_set) const {
  if (text.empty()) return if_not_set;
  if (std::ranges::all_of(text, is_word_character)) return text;
  return refuse(flag, "it is not a name of letters, digits and _");
}

Result<std::string> Reader::without_controls(const std::string& text, std::string_view flag) const {
  if (is_valid_utf8(text) && std::ranges::none_of(text, is_control)) return text;
  return refuse(flag, "it holds a control character, or is no text in UTF-8");
}

Result<bool> Reader::yes_no(const std::string& text, std::string_view flag) const {
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return refuse(flag, "it is neither true nor false");
}

}  // namespace pruuv::config
