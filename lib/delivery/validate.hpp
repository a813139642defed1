#pragma once

#include <vector>

#include "base/result.hpp"
#include "delivery/roster.hpp"
#include "delivery/run.hpp"
#include "model/inspection.hpp"

namespace pruuv::delivery {

// Shows what `send` with these options would send to the platforms that can check without counting,
// and what they say of it. Deliveries stay as they are. Whether a click exists is not checked by
// any of them.
Result<std::vector<ValidationLine>> validate(const Services& services, const Roster& roster,
                                             const RunOptions& options);

}  // namespace pruuv::delivery
