#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/delivery.hpp"
#include "model/event.hpp"
#include "model/http_message.hpp"
#include "model/log_row.hpp"
#include "model/reason.hpp"

namespace pruuv {

// One event at one connection of its client: what `inspect` shows.
struct InspectedConnection {
  Connection connection;
  Reason reason = Reason::none;  // routed, waiting, or why it does not go
  std::vector<Reason> reasons;   // all of them
  std::vector<Warning> warnings;
  std::optional<std::int64_t> until_s;
  std::int64_t expires_s = 0;
  std::optional<Delivery> delivery;    // as the store has it
  std::optional<HttpRequest> request;  // as it would be sent, with a placeholder for the credential
  bool judged_later = false;  // the platform says only hours later whether it counted an event
  // What the platform can match the event by, and what it could beside; in plain words.
  std::vector<std::string_view> signals_sent;
  std::vector<std::string_view> signals_missing;
};

struct Inspection {
  FunnelEvent event;
  std::int64_t now_s = 0;
  bool planned = false;  // a run has looked at it already
  std::vector<std::pair<std::string, Reason>> by_platform;
  std::vector<Warning> click_ids;  // remarks on the event's click ids
  std::vector<InspectedConnection> connections;
  std::vector<LogRow> attempts;  // oldest first
};

// What a dry run found for one connection.
struct DryRunLine {
  Connection connection;
  std::int64_t events = 0;
  std::int64_t requests = 0;
  std::int64_t bytes = 0;
  std::string url;
  std::string held_because;  // "" = would be sent
};

// What a platform said of a connection's events when it was asked to check them only.
struct ValidationLine {
  Connection connection;
  std::int64_t events = 0;
  std::int64_t fine = 0;
  struct Fault {
    std::string text;  // the platform's code and text, redacted
    std::int64_t events = 0;
  };
  std::vector<Fault> faults;
  bool can_check = true;    // false: the platform has no way to check without counting
  std::string not_checked;  // why nothing was asked; "" = it was
};

}  // namespace pruuv
