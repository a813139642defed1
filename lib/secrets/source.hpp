#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "secrets/reference.hpp"

namespace pruuv::secrets {

// Reads the secret of an env:, file: or cred: reference (any other is a bug), without the white
// space at its ends. Errors name the reference, never the text: config (variable not set or empty,
// no regular file there, over 64 KiB, a control character that is no white space of JSON, not
// started with credentials by systemd), permission (the file may be read or changed by others, is a
// link, or belongs to somebody who is neither us nor root), io.
Result<Secret> read(const Reference& reference);

// A secret's text as it may be kept: without the white space at its ends. Error config, calling it
// `name`, where nothing is left or a control character is in it.
Result<Secret> tidy(const Secret& whole, const std::string& name);

}  // namespace pruuv::secrets
