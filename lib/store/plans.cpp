#include <fmt/format.h>

#include "base/check.hpp"
#include "store/deliveries.hpp"
#include "store/insert_rows.hpp"

namespace pruuv::store {
namespace {

constexpr int bits_a_platform = 8;
constexpr int platforms_max = 7;  // 56 bits: SQLite's integers are signed

int shift_of(int platform_number) {
  PRUUV_CHECK(platform_number >= 0 && platform_number < platforms_max,
              "a platform number out of range");
  return platform_number * bits_a_platform;
}

}  // namespace

Result<int> platform_number(Database& database, std::string_view platform) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT no FROM platform WHERE name = ?1"));
  std::optional<std::int64_t> number;
  PRUUV_TRY(read->bind(1, platform).first([&](const Statement& row) { number = row.integer(0); }));
  if (number) return static_cast<int>(*number);
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("INSERT INTO platform (no, name)"
                                    " SELECT coalesce(max(no) + 1, 0), ?1 FROM platform"));
  PRUUV_TRY(write->bind(1, platform).run());
  return static_cast<int>(database.last_insert_rowid());
}

void PlanCodes::set(int platform_number, Reason reason) {
  const int shift = shift_of(platform_number);
  packed_ &= ~(std::int64_t{0xFF} << shift);
  packed_ |= static_cast<std::int64_t>(reason) << shift;
}

Reason PlanCodes::get(int platform_number) const {
  return reason_of_number((packed_ >> shift_of(platform_number)) & 0xFF).value_or(Reason::none);
}

PlanCodes PlanCodes::unpack(std::int64_t packed) {
  PlanCodes codes;
  codes.packed_ = packed;
  return codes;
}

Result<void> save_plans(Database& database, std::span<const Plan> plans) {
  return insert_rows(database,
                     "INSERT INTO event_plan (client_no, event_seq, codes) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (client_no, event_seq) DO UPDATE SET codes = excluded.codes",
                     plans, [](Statement& write, int before, const Plan& plan) {
                       write.bind(before + 1, plan.client_no).bind(before + 2, plan.event_seq);
                       write.bind(before + 3, plan.codes.packed());
                     });
}

Result<std::optional<PlanCodes>> load_plan(Database& database, std::int64_t client_no,
                                           std::int64_t event_seq) {
  PRUUV_TRY_ASSIGN(
      Statement* const read,
      database.prepare("SELECT codes FROM event_plan WHERE client_no = ?1 AND event_seq = ?2"));
  std::optional<PlanCodes> codes;
  PRUUV_TRY(read->bind(1, client_no).bind(2, event_seq).first([&](const Statement& row) {
    codes = PlanCodes::unpack(row.integer(0));
  }));
  return codes;
}

Result<void> save_planned_seq(Database& database, std::int64_t seq) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("UPDATE store SET planned_seq = ?1 WHERE one = 1"));
  return write->bind(1, seq).run();
}

}  // namespace pruuv::store
