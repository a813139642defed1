#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/config_file.hpp"

// What an operator can set, and which of the places it can be set in counts.
namespace pruuv::config {

// What may stand bare in the configuration file; text in quotes may stand for all of them.
enum class Form { text, number, yes_no };

struct Origin {
  enum class Place { usual, flag, variable, file };
  Place place = Place::usual;
  std::string where;  // "--store", "PRUUV_STORE", "/etc/pruuv-send/config.toml, line 3"; "" = usual
};

struct Setting {
  std::string name;  // the flag without its dashes, and the key in the file: "vault-addr"
  std::string help = {};
  std::string usual = {};  // what counts where nobody sets it, for people; "" = nothing
  std::string second_variable =
      {};  // also looked at, after PRUUV_VAULT_ADDR: "VAULT_ADDR"; "" = none
  Form form = Form::text;
  std::string* value = nullptr;  // as written; "" = not set
  Origin origin = {};
};

// "vault-addr": "PRUUV_VAULT_ADDR".
[[nodiscard]] std::string variable_of(const std::string& setting_name);

// The value of an environment variable, nothing where it is not set.
using ReadVariable = std::function<std::optional<std::string>(const std::string& name)>;

// Fills in what no flag has set (a flag's value and origin are there already): the PRUUV_ variable,
// else the second variable, else the file, else nothing. An empty variable counts as not set. Error
// config, naming file, line and key, never a value: a key that is no setting (with the nearest one,
// or where tokens belong), a bare value of another form, a variable that would hold a token.
[[nodiscard]] Result<void> settle(std::span<Setting> settings, const ReadVariable& variable,
                                  const ConfigFile& file);

// Whether a key or variable of that name is for a secret: "meta-token", "API_KEY"; not "token-file"
// and "role-id".
[[nodiscard]] bool is_secret_name(std::string_view name);

// Variables that begin with PRUUV_ and are no setting's, with what was meant, for people; none for
// secrets. `names` are those of the whole environment.
[[nodiscard]] std::vector<std::string> unknown_variables(std::span<const Setting> settings,
                                                         std::span<const std::string> names);

}  // namespace pruuv::config
