#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

// Where a connection's credential is kept. A reference is `scheme:rest`; the token itself never
// stands in a connection, a configuration file or an argument.
namespace pruuv::secrets {

enum class Scheme {
  env,       // env:NAME: an environment variable (letters, digits and _, no digit first)
  file,      // file:/absolute/path
  cred,      // cred:NAME: a file of that name in $CREDENTIALS_DIRECTORY (systemd.io/CREDENTIALS)
  sealed,    // sealed:NAME: encrypted in the store; 1 to 64 of letters, digits and ._-
  vault,     // vault:mount/path#field: HashiCorp Vault or OpenBao, KV version 2
  supabase,  // supabase:NAME: name or id, for the configured function
};

struct Reference {
  Scheme scheme = Scheme::env;
  std::string name;   // env, cred, sealed, supabase; file and vault: the path
  std::string mount;  // vault: its first part; a slash in a mount's own name is written %2F
  std::string field;  // vault
  std::string text;   // as it was written
};

// Error config, with the schemes in the hint; it never quotes the text (it may be a token somebody
// put there by mistake). The parts of a vault reference are percent-decoded; none is empty, holds a
// control character, is "." or ".." or ends with a period (Vault API, KV version 2: such a path is
// not found).
Result<Reference> parse_reference(const std::string& text);

// parse_reference() for who needs no parts.
Result<void> check_reference(const std::string& text);

// What speaks against keeping a secret there though it works; "" = nothing.
[[nodiscard]] std::string_view warning_of(const Reference& reference);

}  // namespace pruuv::secrets
