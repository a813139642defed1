#pragma once

#include <filesystem>
#include <string_view>
#include <sys/types.h>

namespace sandbox {

/// Writes a whole file or nothing: a reader never sees half of it, and the mode is right from the
/// first byte. Throws std::system_error.
void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

}  // namespace sandbox
