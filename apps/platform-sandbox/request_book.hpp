#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "platform.hpp"

/// What Data Manager took for processing, and what becomes of it. A test chooses the fate of an
/// event by its click id, and how a status is told by /_sandbox/diagnostics.
/// https://developers.google.com/data-manager/api/devguides/diagnostics
namespace sandbox {

/// One accepted request, as its status tells it.
struct TakenRequest {
  std::string destination;  ///< the Destination object, JSON
  std::size_t events = 0;
  std::map<std::size_t, std::string> refused;  ///< position -> reason; the others are recorded
  std::int64_t polls = 0;                      ///< times its status was asked
};

/// How a status is told.
struct Telling {
  std::int64_t processing = 0;  ///< this many questions are answered PROCESSING first
  bool indices = true;          ///< whether recordIndices are given
};

/// Safe to use from several threads.
class RequestBook {
 public:
  /// Without `keep` nothing is remembered and every id is unknown.
  explicit RequestBook(bool keep) : keep_(keep) {}

  /// Why an event with this click id will be refused when it is processed; empty = it will not.
  /// `later-<REASON>-...` always is, `once-<REASON>-...` the first time.
  [[nodiscard]] std::string fate_of(std::string_view click) const;

  /// Remembers an accepted request, of which the `duplicate` events are refused as such.
  void keep(const std::string& request_id, const Judgement& judgement);

  /// Its status, counted as asked; nothing for an id that was never handed out.
  [[nodiscard]] std::optional<std::string> status(std::string_view request_id);

  /// Reads {"processing", "indices"}; what is wrong with it, or nothing.
  [[nodiscard]] std::optional<std::string> tell(std::string_view json);
  void reset();

 private:
  [[nodiscard]] std::string judged(const TakenRequest& request) const;

  const bool keep_;
  mutable std::mutex mutex_;
  std::map<std::string, TakenRequest, std::less<>> requests_;
  std::deque<std::string> order_;  ///< oldest first
  std::set<std::string, std::less<>> refused_once_;
  Telling telling_;
};

/// The click id of a Data Manager event; empty when there is none.
[[nodiscard]] std::string_view click_of(const Json& event);

}  // namespace sandbox
