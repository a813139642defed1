#include "delivery/diff.hpp"

#include "audit/records.hpp"
#include "base/sha256.hpp"
#include "delivery/prepare.hpp"

namespace pruuv::delivery {
namespace {

Difference compare(const audit::ManifestEntry& before, const Conversion& now) {
  if (before.dedup_scope != now.dedup_scope) return Difference::other_key;
  return before.object_sha256 == sha256(now.object) ? Difference::same : Difference::other_bytes;
}

Result<DiffRow> diff_one(store::Database& database, const resolve::Target& target,
                         const store::DeliveryRow& row, std::int64_t now_s) {
  DiffRow out;
  out.row = row;
  const Delivery& delivery = row.delivery;
  PRUUV_TRY_ASSIGN(const resolve::Decision decision,
                   decide_again(database, target, delivery.event_seq, now_s));
  if (decision.reason != Reason::routed) {
    out.difference = Difference::would_not_go;
    out.reason = decision.reason;
    return out;
  }
  PRUUV_TRY_ASSIGN(const auto before, audit::load_last_manifest_entry(
                                          database, delivery.connection_id, delivery.event_seq));
  out.difference =
      before ? compare(*before, decision.encoding.conversion) : Difference::nothing_to_compare;
  return out;
}

}  // namespace

std::string_view word_of(Difference difference) {
  switch (difference) {
    case Difference::same:
      return "same";
    case Difference::other_bytes:
      return "other_bytes";
    case Difference::other_key:
      return "other_key";
    case Difference::would_not_go:
      return "would_not_go";
    case Difference::nothing_to_compare:
      return "nothing_to_compare";
  }
  return "";
}

Result<std::vector<DiffRow>> diff(store::Database& database, const Roster& roster,
                                  const std::vector<store::DeliveryRow>& rows, std::int64_t now_s) {
  std::vector<DiffRow> out;
  out.reserve(rows.size());
  for (const store::DeliveryRow& row : rows) {
    const resolve::Target* target = roster.of_connection(row.delivery.connection_id);
    if (target == nullptr) continue;
    PRUUV_TRY_ASSIGN(out.emplace_back(), diff_one(database, *target, row, now_s));
  }
  return out;
}

}  // namespace pruuv::delivery
