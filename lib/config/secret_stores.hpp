#pragma once

#include "base/result.hpp"
#include "config/reader.hpp"

// Where secrets are kept beyond this machine, and how the program logs in there.
namespace pruuv::config {

// Error config also where settings contradict each other: half of an AppRole login, a role for a
// JWT without one, or two ways to log in.
[[nodiscard]] Result<VaultSettings> read_vault(const Reader& reader, const VaultTexts& texts);

[[nodiscard]] Result<SupabaseSettings> read_supabase(const Reader& reader,
                                                     const SupabaseTexts& texts);

}  // namespace pruuv::config
