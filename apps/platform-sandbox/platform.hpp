#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call.hpp"
#include "rules.hpp"

/// What the server needs to know of a platform. A platform judges a call without touching a
/// socket, a clock or the journal; the server records the judgement and sends the answer.
namespace sandbox {

class RequestBook;
class ServiceAccount;
class SupabaseBook;
class TokenBook;
class VaultBook;

enum class Status { accepted, refused, duplicate };

/// The judgement of one event object.
struct Verdict {
  std::string destination;  ///< the pixel, or account and conversion action
  std::string dedup_key;    ///< events of equal keys are one conversion to the platform
  std::string second_key;   ///< Google Ads: click and time, which must not repeat either
  std::string event_id;
  Status status = Status::accepted;
  std::optional<Violation> violation;
  bool repeats_second_key = false;  ///< a duplicate by `second_key` alone
  std::string later;  ///< Data Manager: why it will not be counted in the end; empty = it will
};

struct Refusal {
  std::string reason;
  Answer answer;
};

struct Judgement {
  rapidjson::Document body;
  std::vector<Verdict> events;      ///< one for each event object of the body, in order
  std::optional<Refusal> refusal;   ///< set when the platform refuses the whole request
  bool executed = true;             ///< false for a call that only asks for a check
  RequestBook* requests = nullptr;  ///< where the answer writes down what was taken; may be null
};

/// An event a test declared invalid (`refuse_event_id`).
struct MarkedEvent {
  std::string reason;
  std::optional<bool> named;  ///< whether the answer says which event it was
};

using MarkedEvents = std::map<std::string, MarkedEvent, std::less<>>;  ///< by event id

struct Conditions {
  std::int64_t now = 0;
  std::int64_t min_click_age = 0;  ///< Google Ads: younger conversions are TOO_RECENT_EVENT
  std::size_t max_body = std::size_t{16} << 20;
  std::shared_ptr<const MarkedEvents> marked;
  TokenBook* tokens = nullptr;                      ///< access tokens that /token handed out
  const ServiceAccount* service_account = nullptr;  ///< whose assertions /token takes
  RequestBook* requests = nullptr;                  ///< what Data Manager took to look at later
  VaultBook* vault = nullptr;
  SupabaseBook* supabase = nullptr;
  bool executed = true;  ///< false: a fault comes before the secret stores did anything
};

struct Platform {
  std::string_view name;
  std::string_view event_list;  ///< the top-level key whose elements are events
  /// Platforms of equal ledgers share their memory of dedup keys: both routes of Google book the
  /// same conversion action.
  std::string_view ledger;
  Judgement (*judge)(const Call& call, const Conditions& conditions);
  /// The answer to a call that was not refused as a whole; duplicates are marked by then.
  Answer (*answer)(const Call& call, const Judgement& judgement);
  /// A ready-made misbehaviour by name; nothing when the name is unknown.
  std::optional<Answer> (*ready_made)(std::string_view error, const Judgement& judgement);
};

extern const Platform meta_platform;
extern const Platform google_ads_platform;
extern const Platform data_manager_platform;
extern const Platform data_manager_status_platform;
extern const Platform token_platform;
extern const Platform tiktok_platform;
extern const Platform vault_platform;
extern const Platform supabase_platform;
/// Whatever asks for a path that is none of them: 404.
extern const Platform unknown_platform;

/// The platform a path belongs to, also when the path is not quite right, so that the mistake gets
/// that platform's own answer.
[[nodiscard]] const Platform& platform_of(std::string_view path);

/// Reads the body and makes one verdict for each element of `event_list`. A body that is not JSON
/// leaves `body` null.
[[nodiscard]] Judgement open_judgement(const Call& call, std::string_view event_list);

/// The event objects of a judgement; nullptr when the body has no such list.
[[nodiscard]] const Json* event_objects(const Judgement& judgement, std::string_view event_list);

/// Refuses the whole request: no event of it is taken.
[[nodiscard]] Judgement refuse(Judgement judgement, std::string reason, Answer answer);

/// The violation a test ordered for this event, under the platform's own code.
[[nodiscard]] std::optional<Violation> ordered_violation(const Conditions& conditions,
                                                         std::string_view event_id,
                                                         std::string_view code,
                                                         bool named_by_default);

/// Sets an event's violation, its path made to begin with the list and the index.
void blame(Verdict& verdict, Violation violation, std::string_view event_list, std::size_t index);

/// The first event that breaks a rule; nullptr when all are good.
[[nodiscard]] const Verdict* first_bad(const Judgement& judgement);

/// Why an event was refused, in one line without any of its values.
[[nodiscard]] std::string reason_of(const Verdict& verdict, const Judgement& judgement);

}  // namespace sandbox
