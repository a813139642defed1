#pragma once

#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// How many rows a statement takes: a third of what a small row costs alone is the beginning and the
// ending of its statement. More win nothing.
inline constexpr std::size_t rows_a_statement = 16;

// The INSERT of one row, whose VALUES are the parameters ?1, ?2 ... each once and in order, made
// into one of `rows` rows: those of row i follow those of row i - 1.
[[nodiscard]] std::string widen_insert(std::string_view insert, std::size_t rows);

// How many parameters a row of such an INSERT has.
[[nodiscard]] int parameters_of_insert(std::string_view insert);

// Runs that INSERT for each of `rows`, in order. `bind(statement, before, row)` binds the row's
// first parameter at `before` + 1. Where it fails, some of the rows may have been written: the
// caller has the transaction.
template <std::ranges::sized_range Rows, typename Bind>
Result<void> insert_rows(Database& database, std::string_view insert, const Rows& rows, Bind bind) {
  auto next = std::ranges::begin(rows);
  const int parameters = parameters_of_insert(insert);
  const auto run = [&](std::string_view sql, std::size_t count) -> Result<void> {
    PRUUV_TRY_ASSIGN(Statement* const write, database.prepare(sql));
    for (std::size_t i = 0; i < count; ++i) bind(*write, static_cast<int>(i) * parameters, *next++);
    return write->run();
  };
  std::size_t left = std::ranges::size(rows);
  if (left >= rows_a_statement) {
    const std::string wide = widen_insert(insert, rows_a_statement);
    for (; left >= rows_a_statement; left -= rows_a_statement)
      PRUUV_TRY(run(wide, rows_a_statement));
  }
  for (; left > 0; --left) PRUUV_TRY(run(insert, 1));
  return {};
}

}  // namespace pruuv::store
