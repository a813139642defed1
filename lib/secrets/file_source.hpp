#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pruuv::secrets {

constexpr std::size_t file_bytes_max = std::size_t{64} << 10;

// The whole of a secret's file. It must be a regular file (not a link to one) of ours or root's, at
// most file_bytes_max long, that neither group nor others may touch. Errors as read(); they name
// the path.
Result<Secret> read_file(const std::string& path);

}  // namespace pruuv::secrets
