#include "delivery/patience.hpp"

namespace pruuv::delivery {

bool is_worth_another_try(const Error& error, bool for_room, std::int64_t began_ms,
                          std::int64_t failed_ms) {
  const std::int64_t tried_ms = failed_ms - began_ms;
  if (error.kind == ErrorKind::try_again) return tried_ms < locked_patience_ms;
  return for_room && error.kind == ErrorKind::disk_full && tried_ms < full_patience_ms;
}

}  // namespace pruuv::delivery
