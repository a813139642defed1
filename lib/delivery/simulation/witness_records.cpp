#include <algorithm>

#include <fmt/format.h>

#include "delivery/simulation/witness.hpp"
#include "delivery/step.hpp"
#include "store/schema.hpp"

// What is written down, against what happened.
namespace pruuv::delivery::simulation {
namespace {

bool has_copy(const std::vector<Copy>& copies) {
  return std::ranges::any_of(copies, [](const Copy& copy) { return copy.kept; });
}

// Whether an attempt with that status says that the platform has no copy of it.
bool says_not_taken(AttemptStatus status) {
  return status != AttemptStatus::accepted && status != AttemptStatus::ambiguous;
}

}  // namespace

Witness::Witness(const std::string& store_path, std::string_view without, Fleet& fleet,
                 Books& books)
    : database_(value_of(store::open_store(store_path, store::OpenMode::read_write))),
      fleet_(fleet),
      books_(books),
      has_cause_rule_(!is_among("cause_rule", without)),
      has_alone_rule_(!is_among("alone_rule", without)) {}

std::string Witness::describe(const DeliveryKey& key) const {
  std::string text = fmt::format("event {} to connection {}", key.second, key.first);
  const auto attempts = books_.attempts.find(key);
  if (attempts == books_.attempts.end()) return text;
  text += " (";
  for (const Attempt& attempt : attempts->second)
    text += fmt::format("{} in request {}; ", word_of(attempt.status), attempt.request_id);
  return text + "so far)";
}

void Witness::read_attempts() {
  store::Statement* const read = value_of(database_->prepare(
      "SELECT a.id, o.connection_id, a.event_seq, a.request_id, a.number, a.status, a.cause,"
      " o.opened_at_ms, c.transport_code"
      " FROM attempt a CROSS JOIN request_closed c CROSS JOIN request_opened o"
      " WHERE a.id > ?1 AND c.request_id = a.request_id AND o.id = a.request_id ORDER BY a.id"));
  must(read->bind(1, last_attempt_).for_each([&](const store::Statement& row) {
    last_attempt_ = row.integer(0);
    Attempt attempt;
    attempt.request_id = row.integer(3);
    attempt.number = static_cast<int>(row.integer(4));
    attempt.status = static_cast<AttemptStatus>(row.integer(5));
    attempt.cause = static_cast<Cause>(row.integer(6));
    attempt.opened_ms = row.integer(7);
    attempt.is_crash = row.integer(8) == audit::transport_code_crash;
    const DeliveryKey key(row.integer(1), row.integer(2));
    books_.attempts[key].push_back(attempt);
    check_attempt(key, attempt);
  }));
}

void Witness::check_attempt(const DeliveryKey& key, const Attempt& attempt) {
  const auto& attempts = books_.attempts[key];
  if (attempt.number != static_cast<int>(attempts.size()))
    throw Violation{fmt::format("{}: attempt {} is recorded as number {}", describe(key),
                                attempts.size(), attempt.number)};
  const auto& copies = books_.copies[key];
  const auto copy = std::ranges::find(copies, attempt.request_id, &Copy::request_id);
  const auto wish = books_.wishes.find(key);
  if (wish != books_.wishes.end() && !wish->second.is_tried) {
    wish->second.is_tried = true;
    if (attempt.cause == Cause::schedule && has_cause_rule_)
      throw Violation{describe(key) + ": the record does not say that a person caused it"};
  }
  if (copy == copies.end()) {
    if (attempt.is_crash) return;  // the run died before the request left
    throw Violation{describe(key) + ": an attempt of a request that never left"};
  }
  if (copy->kept && says_not_taken(attempt.status))
    throw Violation{describe(key) + ": the platform has it, the record says it has not"};
  // It may have died with the answer in its hands.
  if (!copy->is_read || attempt.is_crash) {
    if (attempt.status == AttemptStatus::ambiguous || !copy->has_arrived) return;
    throw Violation{describe(key) + ": recorded otherwise than unknown, without an answer"};
  }
  const bool fits = copy->told == Told::taken     ? attempt.status == AttemptStatus::accepted
                    : copy->told == Told::unknown ? attempt.status == AttemptStatus::ambiguous
                                                  : says_not_taken(attempt.status);
  if (!fits) throw Violation{describe(key) + ": the record says otherwise than the answer"};
}

std::map<DeliveryKey, Standing> Witness::read_standings() {
  store::Statement* const read = value_of(database_->prepare(
      "SELECT connection_id, event_seq, state, reason, next_at, expires_at, attempts,"
      " faults FROM delivery ORDER BY event_seq, connection_id"));
  std::map<DeliveryKey, Standing> standings;
  must(read->for_each([&](const store::Statement& row) {
    Standing standing;
    standing.state = static_cast<DeliveryState>(row.integer(2));
    standing.reason = reason_of_number(row.integer(3)).value_or(Reason::none);
    standing.has_next = !row.is_null(4);
    standing.next_at_s = row.integer(4);
    standing.expires_s = row.integer(5);
    standing.attempts = static_cast<int>(row.integer(6));
    standing.faults = static_cast<int>(row.integer(7));
    standings.emplace(DeliveryKey(row.integer(0), row.integer(1)), standing);
  }));
  return standings;
}

void Witness::check_records(std::int64_t now_s) {
  const store::Snapshot snapshot = value_of(store::Snapshot::begin(*database_));
  read_attempts();
  moved_ = {};
  auto standings = read_standings();
  for (const auto& [key, standing] : standings) {
    check_standing(key, standing, now_s);
    const auto before = books_.standings.find(key);
    if (before != books_.standings.end()) check_move(key, before->second, standing);
    const bool is_new = before == books_.standings.end() || before->second.state != standing.state;
    const bool is_more = is_new || before->second.attempts < standing.attempts;
    if (standing.state == DeliveryState::accepted && is_more) ++moved_.accepted;
    if (standing.state == DeliveryState::rejected && is_more) ++moved_.rejected;
  }
  if (standings.size() < books_.standings.size()) throw Violation{"a delivery is gone"};
  books_.standings = std::move(standings);
}

void Witness::check_standing(const DeliveryKey& key, const Standing& standing, std::int64_t now_s) {
  const auto& attempts = books_.attempts[key];
  if (standing.attempts != static_cast<int>(attempts.size()))
    throw Violation{fmt::format("{}: it counts {} attempts", describe(key), standing.attempts)};
  const bool is_by_itself = standing.state < DeliveryState::held;
  if (standing.has_next != is_by_itself)
    throw Violation{describe(key) + ": " + std::string(word_of(standing.state)) +
                    " does not go with its next turn"};
  if (standing.state == DeliveryState::accepted || standing.state == DeliveryState::confirmed) {
    if (attempts.empty() || attempts.back().status != AttemptStatus::accepted ||
        !has_copy(books_.copies[key])) {
      throw Violation{describe(key) + ": accepted, and the platform has no copy"};
    }
  }
  if (standing.state == DeliveryState::expired && now_s < standing.expires_s)
    throw Violation{describe(key) + ": expired too early"};
  const auto faults = std::ranges::count_if(
      books_.copies[key], [](const Copy& copy) { return copy.own_fault && copy.is_read; });
  if (standing.faults > faults)
    throw Violation{fmt::format("{}: {} faults are counted, it had {}", describe(key),
                                standing.faults, faults)};
  if (standing.reason == Reason::given_up) {
    const bool is_due = standing.faults >= give_up_faults &&
                        now_s - attempts.front().opened_ms / 1000 >= give_up_after_s;
    if (!is_due) throw Violation{describe(key) + ": given up too early"};
  }
}

void Witness::check_move(const DeliveryKey& key, const Standing& before, const Standing& after) {
  // The platform says later that it counted what it had accepted.
  const bool is_confirmed =
      before.state == DeliveryState::accepted && after.state == DeliveryState::confirmed;
  const bool was_at_end = !is_open(before.state) && !is_confirmed;
  if (was_at_end && before.state != after.state && !books_.wishes.contains(key) &&
      after.attempts == before.attempts) {
    throw Violation{describe(key) + ": left its end by itself"};
  }
}

void Witness::check_copies() {
  const store::Snapshot snapshot = value_of(store::Snapshot::begin(*database_));
  std::map<DeliveryKey, std::size_t> intents;
  for (const auto& open : value_of(audit::load_unclosed_requests(*database_))) {
    for (const audit::ManifestEntry& entry : open.manifest)
      ++intents[{open.connection_id, entry.event_seq}];
  }
  read_attempts();
  for (const auto& [key, copies] : books_.copies) {
    const auto open = intents.find(key);
    const std::size_t known =
        books_.attempts[key].size() + (open == intents.end() ? 0 : open->second);
    if (copies.size() > known)
      throw Violation{fmt::format("{}: {} copies left, the store knows of {}", describe(key),
                                  copies.size(), known)};
  }
}

}  // namespace pruuv::delivery::simulation
