#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pruuv::secrets {

constexpr std::size_t file_bytes_max = std::size_t{64} << 10;

// The whole of a secret's file. It must be a regular file (not a link to one) of ours or root's, at
// most file_bytes_max long, that neither group nor others may touch; the group may read what
// systemd hands out. Errors as read(); they name the path.
Result<Secret> read_file(const std::string& path);

// Whether the file is in $CREDENTIALS_DIRECTORY: systemd puts it there for the time the service
// runs, of mode 0440 with an access list (systemd.io/CREDENTIALS). What is written there is lost.
[[nodiscard]] bool is_systemd_credential(const std::string& path);

}  // namespace pruuv::secrets
