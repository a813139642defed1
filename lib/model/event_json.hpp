#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/event.hpp"

namespace pruuv {

// One funnel event from a JSON object with the field names of event_fields. null, "" and blank mean
// absent; numbers and true/false are taken as the text they were written as. Refused are
// only: not a JSON object, no valid id, blank client_id or event_name, an impossible event_time.
// Every other defect is kept as it came and becomes a reason at planning. Unknown keys go to
// `extra`. Errors name the field, never its value.
// `event` is written over, so that its strings keep their room from line to line; after an error it
// holds parts of both.
Result<void> parse_event(std::string_view json_text, FunnelEvent& event);

}  // namespace pruuv
