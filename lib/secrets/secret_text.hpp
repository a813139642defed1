#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pruuv::secrets {

// What counts as the secret in what was read: without the white space at its ends. Error config,
// beginning with `doing` and never quoting, where nothing is left or a control character stands
// inside. JSON's white space may: a credential can be a JSON object.
Result<Secret> take_secret(const Secret& whole, const std::string& doing);

}  // namespace pruuv::secrets
