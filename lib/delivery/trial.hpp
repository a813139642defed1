#pragma once

#include <cstdint>
#include <vector>

#include "delivery/run.hpp"
#include "model/connection_trial.hpp"
#include "resolve/resolve.hpp"

namespace pruuv::delivery {

struct Trials {
  std::vector<ConnectionTrial> lines;  // one a target, in order
  std::int64_t answered = 0;           // requests to platforms that got any answer
};

// Tries each connection, paused ones too, as far as that counts nothing: the credential is read and
// has the right form, an access token is given for it, the platform takes a made-up event where it
// can check one only. Writes nothing. `seed` is of the pauses between tries.
[[nodiscard]] Trials try_connections(const Services& services,
                                     const std::vector<resolve::Target>& targets,
                                     std::uint64_t seed);

// 0; 3 where a connection failed; 69 where one may do so for the moment only and no platform
// answered at all.
[[nodiscard]] int exit_code_of(const Trials& trials);

}  // namespace pruuv::delivery
