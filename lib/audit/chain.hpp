#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "store/database.hpp"
#include "store/runs.hpp"

// The hash chain over the records: link n = SHA-256(link n-1 || canonical form of record n). What
// it proves: a record changed, removed or put in later is found, as long as one later head is known
// outside. What it does not: whoever owns the file can compute a whole new chain.
namespace pruuv::audit {

enum class RecordKind : std::uint8_t {
  request_opened = 1,
  request_closed = 2,
  diagnosis = 3,
  operator_action = 4
};

// The canonical form: version byte, kind byte, then the columns of the record's row in the table's
// order, each as an 8-byte big-endian length and its bytes; integers as their decimal text; NULL as
// a length of all ones and no bytes. request_closed is followed by the columns of its attempts but
// the id, in order. No two different records have the same form. schema/README.md says it for those
// who check it by other means.
class CanonicalForm {
 public:
  explicit CanonicalForm(RecordKind kind);
  CanonicalForm& add(std::string_view bytes);
  CanonicalForm& add(std::int64_t number);
  CanonicalForm& add_null();
  CanonicalForm& add_or_null(std::string_view text);  // "" = NULL, as Statement::bind_text_or_null
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Adds the next link. The caller has the transaction.
Result<void> append_link(store::Database& database, RecordKind kind, std::int64_t record_id,
                         const CanonicalForm& form);

// 64 hex digits; 64 zeros before the first record.
Result<std::string> chain_head_hex(store::Database& database);

// SHA-256(previous || form), `previous` being 32 zero bytes for the first link.
[[nodiscard]] Digest next_link(const Digest& previous, const CanonicalForm& form);

struct Verification {
  std::int64_t links = 0;  // that hold, up to the end or the fault
  std::string head_hex;    // of the last of them
  // Empty when the chain holds; else the first bad place in words: "request_closed 17: changed".
  std::string fault;
};

// Recomputes the chain over all records, in order, and finds what is changed, missing, put in, out
// of order or without a link. Flat memory; works while a run is on. `known_head` (64 hex digits,
// error usage if not), when given, must be among the links, or be the zeros before the first.
// `journal` are the heads the run journal knows, read before: each must be among the links, in this
// order.
Result<Verification> verify(store::Database& database,
                            const std::optional<std::string>& known_head = {},
                            std::span<const store::JournalHead> journal = {});

}  // namespace pruuv::audit
