#include "platforms/google/settings.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::size_t int64_digits_max = 18;  // of any number that surely fits
constexpr std::size_t project_size_max = 100;

Unexpected refuse(std::string_view name, std::string_view what, std::string hint) {
  return fail(ErrorKind::config, fmt::format("check {}: {}", name, what), std::move(hint));
}

bool is_id(std::string_view text) { return is_all_digits(text) && text.size() <= int64_digits_max; }

// It goes into a header. Ids of projects are lower-case letters, digits and hyphens, old ones with
// a domain in front: "example.com:shop".
bool is_project(std::string_view text) {
  return text.size() <= project_size_max && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || is_ascii_digit(c) || c == '-' || c == '.' || c == ':';
         });
}

bool is_two_letters(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, is_ascii_alpha);
}

// The name and the id of "plan=123"; an empty name where it is something else.
std::pair<std::string_view, std::string_view> read_pair(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view id = trim(text.substr(equals + 1));
  if (!is_id(id)) return {};
  return {trim(text.substr(0, equals)), id};
}

Result<void> check_custom_variables(std::string& value) {
  const std::string hint = "write name=id pairs with commas between: plan=123,branch=456";
  std::string tidy;
  std::vector<std::string_view> names;
  for (const std::string_view part : split(value, ',')) {
    const auto [name, id] = read_pair(part);
    if (name.empty()) return refuse(custom_variables_setting, "no name=id pairs", hint);
    if (std::ranges::find(names, name) != names.end()) {
      return refuse(custom_variables_setting, "a name stands there twice", hint);
    }
    names.push_back(name);
    tidy += fmt::format("{}{}={}", tidy.empty() ? "" : ",", name, id);
  }
  value = std::move(tidy);
  return {};
}

}  // namespace

Result<void> check_settings(Connection& connection) {
  for (auto& [name, value] : connection.settings) {
    value = std::string(trim(value));
    if (name == merchant_id_setting && !is_id(value)) {
      return refuse(name, "not a number", "the id of the Merchant Center account, digits only");
    }
    if (name == user_project_setting && !is_project(value)) {
      return refuse(name, "no id of a Google Cloud project", "write my-project or its number");
    }
    if (name == feed_country_setting) {
      if (!is_two_letters(value)) return refuse(name, "not two letters", "write DE, GB, US ...");
      value = ascii_upper(value);
      if (value == "UK") value = "GB";
    }
    if (name == feed_language_setting) {
      if (!is_two_letters(value)) return refuse(name, "not two letters", "write de, en, fr ...");
      value = ascii_lower(value);
    }
    if (name == custom_variables_setting) PRUUV_TRY(check_custom_variables(value));
  }
  return {};
}

std::map<std::string, std::string, std::less<>> custom_variable_ids(const Connection& connection) {
  std::map<std::string, std::string, std::less<>> out;
  const std::string_view pairs = setting(connection, custom_variables_setting);
  for (const std::string_view part : split(pairs, ',')) {
    const auto [name, id] = read_pair(part);
    if (!name.empty()) out.emplace(name, id);
  }
  return out;
}

}  // namespace pruuv::platforms::google
