#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

// Where a connection's credential is kept. A reference is `scheme:rest`; the token itself never
// stands in a connection, a configuration file or an argument.
namespace pruuv::secrets {

// Whether the text is a reference of a known scheme: env:NAME (letters, digits and _, no digit
// first) or file:/absolute/path. Error config, with the schemes in the hint; it never quotes the
// text (it may be a token somebody put there by mistake).
Result<void> check_reference(const std::string& reference);

// Reads the secret's text, without the white space at its ends. Errors name the reference, never
// the text: config (variable not set or empty, no regular file there, over 64 KiB, a control
// character that is no white space of JSON), permission (the file may be read or changed by others,
// is a link, or belongs to somebody who is neither us nor root), io.
Result<Secret> read(const std::string& reference);

}  // namespace pruuv::secrets
