#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "audit/chain.hpp"
#include "base/text.hpp"

namespace pruuv::audit {
namespace {

using store::Database;
using store::Statement;

constexpr std::size_t kinds = 4;
constexpr std::array<std::string_view, kinds> kind_names = {"request_opened", "request_closed",
                                                            "diagnosis", "operator_action"};
constexpr std::array<std::string_view, kinds> record_sql = {
    "SELECT id, run, connection_id, adapter, endpoint, api_version, body_sha256, body_bytes, "
    "opened_at_ms,"
    " events, manifest FROM request_opened WHERE id = ?1",
    "SELECT request_id, run, closed_at_ms, status, bytes_sent, transport_code, trace_id, error,"
    " error_message, warning, first_attempt, attempts FROM request_closed WHERE request_id = ?1",
    "SELECT id, request_id, position, status, reason, at_ms, message FROM diagnosis WHERE id = ?1",
    "SELECT id, at_ms, action, operator, detail FROM operator_action WHERE id = ?1"};
constexpr std::array<int, kinds> record_columns = {11, 12, 7, 5};
constexpr int first_attempt_column = 10;
constexpr int attempts_column = 11;

// Which record has no link. Only asked when the counts differ: it holds the ids in memory.
constexpr std::array<std::string_view, kinds> unlinked_sql = {
    "SELECT id FROM request_opened EXCEPT SELECT record_id FROM chain_link WHERE kind = 1 LIMIT 1",
    "SELECT request_id FROM request_closed EXCEPT SELECT record_id FROM chain_link WHERE kind = 2 "
    "LIMIT 1",
    "SELECT id FROM diagnosis EXCEPT SELECT record_id FROM chain_link WHERE kind = 3 LIMIT 1",
    "SELECT id FROM operator_action EXCEPT SELECT record_id FROM chain_link WHERE kind = 4 LIMIT "
    "1"};

constexpr std::string_view attempts_sql =
    "SELECT request_id, event_seq, number, status, reason, cause, error, error_message FROM attempt"
    " WHERE id >= ?1 ORDER BY id LIMIT ?2";
constexpr int attempt_columns = 8;

struct Link {
  std::int64_t id = 0;
  std::int64_t kind = 0;
  std::int64_t record_id = 0;
  std::string hash;

  [[nodiscard]] std::size_t kind_index() const { return static_cast<std::size_t>(kind - 1); }
};

void add_columns(CanonicalForm& form, const Statement& row, int columns) {
  for (int column = 0; column < columns; ++column) {
    if (row.is_null(column)) {
      form.add_null();
    } else {
      form.add(row.text(column));  // an integer's text is its decimal, a blob's its bytes
    }
  }
}

// Walks the links in order. `fault_` ends the walk: what follows a broken link proves nothing.
class Walk {
 public:
  Walk(Database& database, std::string known_head, std::span<const store::JournalHead> journal)
      : database_(database), known_head_(std::move(known_head)), journal_(journal) {}

  Result<Verification> run();

 private:
  Result<bool> walk_page();
  Result<void> check_link(const Link& link);
  // Adds the attempts of a closed request to its form; how many of them are there.
  Result<std::int64_t> add_attempts(CanonicalForm& form, const Link& link, std::int64_t attempts);
  Result<void> check_order_and_hash(const Link& link, const CanonicalForm& form);
  // What no link could betray: records beside the chain. True: links have been added meanwhile.
  Result<bool> check_rest();
  Result<void> name_unlinked(std::size_t kind_index);
  Result<void> name_uncovered_attempt();
  Result<void> name_moved_attempt();

  void fail_at(const Link& link, std::string_view what) {
    fault_ = fmt::format("{} {}: {}", kind_names.at(link.kind_index()), link.record_id, what);
  }

  Database& database_;
  std::string known_head_;
  bool is_known_head_seen_ = false;
  std::span<const store::JournalHead> journal_;  // those not among the links so far
  Digest head_{};
  std::int64_t links_ = 0;
  std::array<std::int64_t, kinds> counts_{};    // of links, by kind
  std::array<std::int64_t, kinds> last_ids_{};  // of records, by kind
  std::int64_t next_attempt_ = 1;
  std::string fault_;
};

Result<Verification> Walk::run() {
  is_known_head_seen_ = known_head_.empty() || known_head_ == to_hex(as_bytes(head_));
  bool is_more = true;
  while (is_more && fault_.empty()) {
    PRUUV_TRY_ASSIGN(is_more, walk_page());
    if (is_more || !fault_.empty()) continue;
    PRUUV_TRY_ASSIGN(is_more, check_rest());
  }
  if (fault_.empty() && !is_known_head_seen_) {
    fault_ = fmt::format("known head {}: not among the links", known_head_);
  }
  if (fault_.empty() && !journal_.empty()) {
    fault_ = fmt::format(
        "run journal, line {}: its chain head is not among the links; the store was cut short, or "
        "is an older copy of itself",
        journal_.front().line);
  }
  return Verification{links_, to_hex(as_bytes(head_)), fault_};
}

Result<bool> Walk::walk_page() {
  constexpr std::int64_t page = 1000;
  PRUUV_TRY_ASSIGN(const store::Snapshot snapshot, store::Snapshot::begin(database_));
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database_.prepare("SELECT id, kind, record_id, hash FROM chain_link WHERE id > ?1"
                        " ORDER BY id LIMIT ?2"));
  std::vector<Link> links;
  PRUUV_TRY(read->bind(1, links_).bind(2, page).for_each([&](const Statement& row) {
    links.push_back({row.integer(0), row.integer(1), row.integer(2), std::string(row.blob(3))});
  }));
  for (const Link& link : links) {
    PRUUV_TRY(check_link(link));
    if (!fault_.empty()) return false;
  }
  return !links.empty();
}

Result<void> Walk::check_link(const Link& link) {
  if (link.id != links_ + 1) {
    fault_ = fmt::format("chain_link {}: missing", links_ + 1);
    return {};
  }
  if (link.kind < 1 || link.kind > static_cast<std::int64_t>(kinds)) {
    fault_ = fmt::format("chain_link {}: changed", link.id);
    return {};
  }
  CanonicalForm form(static_cast<RecordKind>(link.kind));
  std::int64_t first_attempt = 0;
  std::int64_t attempts = 0;
  const bool is_closing = static_cast<RecordKind>(link.kind) == RecordKind::request_closed;
  PRUUV_TRY_ASSIGN(Statement* const read, database_.prepare(record_sql.at(link.kind_index())));
  PRUUV_TRY_ASSIGN(const bool is_there,
                   read->bind(1, link.record_id).first([&](const Statement& row) {
                     if (is_closing) first_attempt = row.integer(first_attempt_column);
                     if (is_closing) attempts = row.integer(attempts_column);
                     add_columns(form, row, record_columns.at(link.kind_index()));
                   }));
  if (!is_there) {
    fail_at(link, "missing");
    return {};
  }
  if (!is_closing) return check_order_and_hash(link, form);
  if (first_attempt != next_attempt_) {
    fail_at(link, "out of order, or changed");
    return {};
  }
  PRUUV_TRY_ASSIGN(const std::int64_t found, add_attempts(form, link, attempts));
  if (found == attempts) return check_order_and_hash(link, form);
  fail_at(link, fmt::format("{} of its {} attempts are there", found, attempts));
  return {};
}

Result<std::int64_t> Walk::add_attempts(CanonicalForm& form, const Link& link,
                                        std::int64_t attempts) {
  PRUUV_TRY_ASSIGN(Statement* const read, database_.prepare(attempts_sql));
  std::int64_t found = 0;
  read->bind(1, next_attempt_).bind(2, std::max(attempts, std::int64_t{0}));
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    if (row.integer(0) != link.record_id) return;
    add_columns(form, row, attempt_columns);
    ++found;
  }));
  next_attempt_ += found;
  return found;
}

Result<void> Walk::check_order_and_hash(const Link& link, const CanonicalForm& form) {
  std::int64_t& last_id = last_ids_.at(link.kind_index());
  // Requests close in any order; that theirs is the chain's order shows in the numbers of their
  // attempts.
  const bool is_numbered_in_order =
      static_cast<RecordKind>(link.kind) != RecordKind::request_closed;
  if (is_numbered_in_order && link.record_id <= last_id) {
    fail_at(link, "out of order");
    return {};
  }
  const Digest hash = next_link(head_, form);
  if (as_bytes(hash) != link.hash) {
    fail_at(link, "changed");
    return {};
  }
  last_id = link.record_id;
  head_ = hash;
  ++links_;
  ++counts_.at(link.kind_index());
  while (!journal_.empty() && journal_.front().head == head_) journal_ = journal_.subspan(1);
  if (!is_known_head_seen_) is_known_head_seen_ = to_hex(as_bytes(head_)) == known_head_;
  return {};
}

Result<bool> Walk::check_rest() {
  // One statement: it sees one state of the file, even while a run goes on.
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database_.prepare("SELECT (SELECT count(*) FROM request_opened),"
                                     " (SELECT count(*) FROM request_closed),"
                                     " (SELECT count(*) FROM diagnosis),"
                                     " (SELECT count(*) FROM operator_action),"
                                     " (SELECT coalesce(max(id), 0) FROM chain_link),"
                                     " (SELECT count(*) FROM chain_link),"
                                     " (SELECT count(*) FROM attempt),"
                                     " (SELECT count(*) FROM open_request)"));
  std::array<std::int64_t, 8> counts{};
  PRUUV_TRY(read->first([&](const Statement& row) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts.at(i) = row.integer(static_cast<int>(i));
  }));
  const auto [opened, closed, diagnoses, actions, last_link, links, attempts, open] = counts;
  if (last_link > links_) return true;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    if (counts.at(kind) != counts_.at(kind)) PRUUV_TRY(name_unlinked(kind));
    if (!fault_.empty()) return false;
  }
  if (links != links_) {
    fault_ = "chain_link: a link is numbered below 1";
  } else if (attempts != next_attempt_ - 1) {
    PRUUV_TRY(name_uncovered_attempt());
  } else if (open != opened - closed) {
    fault_ = fmt::format("open_request: {} rows, but {} requests are open", open, opened - closed);
  }
  if (fault_.empty()) PRUUV_TRY(name_moved_attempt());
  return false;
}

Result<void> Walk::name_unlinked(std::size_t kind_index) {
  PRUUV_TRY_ASSIGN(Statement* const read, database_.prepare(unlinked_sql.at(kind_index)));
  return read->for_each([&](const Statement& row) {
    fault_ = fmt::format("{} {}: without a link", kind_names.at(kind_index), row.integer(0));
  });
}

Result<void> Walk::name_uncovered_attempt() {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database_.prepare("SELECT id FROM attempt WHERE id < 1 OR id >= ?1 ORDER BY id LIMIT 1"));
  return read->bind(1, next_attempt_).for_each([&](const Statement& row) {
    fault_ = fmt::format("attempt {}: belongs to no closed request", row.integer(0));
  });
}

// The connection stands with an attempt for an index only, and its link does not cover it.
Result<void> Walk::name_moved_attempt() {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database_.prepare("SELECT a.id FROM attempt a CROSS JOIN request_opened o"
                                     " WHERE o.id = a.request_id"
                                     " AND o.connection_id <> a.connection_id LIMIT 1"));
  return read->for_each([&](const Statement& row) {
    fault_ = fmt::format("attempt {}: its connection is not its request's", row.integer(0));
  });
}

}  // namespace

Result<Verification> verify(Database& database, const std::optional<std::string>& known_head,
                            std::span<const store::JournalHead> journal) {
  if (known_head && !is_sha256_hex(*known_head)) {
    return fail(ErrorKind::usage,
                "verify the audit records: the known head is not 64 hexadecimal digits");
  }
  return Walk(database, ascii_lower(known_head.value_or("")), journal).run();
}

}  // namespace pruuv::audit
