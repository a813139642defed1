#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/nearest_word.hpp"
#include "base/text.hpp"
#include "config/setting.hpp"

namespace pruuv::config {
namespace {

constexpr const char* where_tokens_belong =
    "a token never stands in a variable or file of settings: a connection names where its "
    "credential is kept, such as vault:secret/acme/meta#access_token or file:/path";

std::vector<std::string> names_of(std::span<const Setting> settings) {
  std::vector<std::string> names;
  for (const Setting& setting : settings) names.push_back(setting.name);
  return names;
}

std::string with_dashes(std::string_view text) {
  std::string out = ascii_lower(text);
  std::ranges::replace(out, '_', '-');
  return out;
}

Unexpected refuse(const ConfigFile& file, const FileEntry& entry, const std::string& cause,
                  std::string hint) {
  return fail(ErrorKind::config,
              fmt::format("read the configuration {}, line {}: {}: {}", printable(file.path),
                          entry.line, entry.key, cause),
              std::move(hint));
}

Unexpected refuse_unknown(std::span<const Setting> settings, const ConfigFile& file,
                          const FileEntry& entry) {
  if (is_secret_name(entry.key))
    return refuse(file, entry, "a secret does not belong here", where_tokens_belong);
  const std::string meant = did_you_mean(entry.key, names_of(settings));
  return refuse(file, entry, "there is no such setting",
                meant.empty() ? "`pruuv-send config show` lists them" : meant);
}

Result<void> check_form(const ConfigFile& file, const FileEntry& entry, const Setting& setting) {
  const bool fits = entry.kind == FileEntry::Kind::text ||
                    (entry.kind == FileEntry::Kind::number && setting.form == Form::number) ||
                    (entry.kind == FileEntry::Kind::boolean && setting.form == Form::yes_no);
  if (fits) return {};
  const std::string_view found =
      entry.kind == FileEntry::Kind::number ? "a number" : "true or false";
  const std::string_view wanted = setting.form == Form::number   ? "a number"
                                  : setting.form == Form::yes_no ? "true or false"
                                                                 : "a text";
  return refuse(file, entry, fmt::format("{} where {} is expected", found, wanted),
                setting.form == Form::text ? "put it in quotes" : "");
}

Result<void> check_entries(std::span<const Setting> settings, const ConfigFile& file) {
  for (const FileEntry& entry : file.entries) {
    const auto setting = std::ranges::find(settings, entry.key, &Setting::name);
    if (setting == settings.end()) return refuse_unknown(settings, file, entry);
    PRUUV_TRY(check_form(file, entry, *setting));
  }
  return {};
}

bool take_variable(Setting& setting, const ReadVariable& variable, const std::string& name) {
  if (name.empty()) return false;
  const auto value = variable(name);
  if (!value || value->empty()) return false;
  *setting.value = *value;
  setting.origin = {Origin::Place::variable, name};
  return true;
}

void take_entry(Setting& setting, const ConfigFile& file) {
  const auto entry = std::ranges::find(file.entries, setting.name, &FileEntry::key);
  if (entry == file.entries.end()) return;
  *setting.value = entry->value;
  setting.origin = {Origin::Place::file,
                    fmt::format("{}, line {}", printable(file.path), entry->line)};
}

}  // namespace

std::string variable_of(const std::string& setting_name) {
  std::string variable = "PRUUV_" + ascii_upper(setting_name);
  std::ranges::replace(variable, '-', '_');
  return variable;
}

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 8> words = {"token",      "secret", "password",   "passwd",
                                                     "passphrase", "key",    "credential", "jwt"};
  const std::string words_of_name = with_dashes(name);
  const auto parts = split(words_of_name, '-');
  if (parts.back() == "file" || parts.back() == "id") return false;
  return std::ranges::any_of(parts, [&](std::string_view part) {
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return part.starts_with(word); });
  });
}

Result<void> settle(std::span<Setting> settings, const ReadVariable& variable,
                    const ConfigFile& file) {
  if (variable("PRUUV_VAULT_TOKEN").value_or("") != "") {
    return fail(ErrorKind::config, "read PRUUV_VAULT_TOKEN: there is no such variable",
                "use VAULT_TOKEN, or better --vault-token-file");
  }
  PRUUV_TRY(check_entries(settings, file));
  for (Setting& setting : settings) {
    if (setting.origin.place == Origin::Place::flag) continue;
    if (take_variable(setting, variable, variable_of(setting.name))) continue;
    if (take_variable(setting, variable, setting.second_variable)) continue;
    take_entry(setting, file);
  }
  return {};
}

std::vector<std::string> unknown_variables(std::span<const Setting> settings,
                                           std::span<const std::string> names) {
  std::vector<std::string> known;
  for (const Setting& setting : settings) known.push_back(variable_of(setting.name));
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (!name.starts_with("PRUUV_") || std::ranges::find(known, name) != known.end()) continue;
    if (is_secret_name(name)) continue;  // a connection's `env:` may name it
    const std::string meant = did_you_mean(name, known);
    unknown.push_back(printable(name) + (meant.empty() ? "" : ", " + meant));
  }
  std::ranges::sort(unknown);
  return unknown;
}

}  // namespace pruuv::config
