#include "store/insert_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace pruuv::store {
namespace {

constexpr std::string_view values_word = "VALUES ";

// The one row in the text, with its parentheses.
std::string_view row_of(std::string_view insert) {
  const std::size_t word = insert.find(values_word);
  PRUUV_CHECK(word != std::string_view::npos, "one row to repeat");
  const std::size_t start = word + values_word.size();
  const std::size_t end = insert.find(')', start);
  PRUUV_CHECK(insert[start] == '(' && end != std::string_view::npos, "one row to repeat");
  return insert.substr(start, end + 1 - start);
}

}  // namespace

int parameters_of_insert(std::string_view insert) {
  return static_cast<int>(std::ranges::count(row_of(insert), '?'));
}

std::string widen_insert(std::string_view insert, std::size_t rows) {
  const std::string_view row = row_of(insert);
  const auto row_at = static_cast<std::size_t>(row.data() - insert.data());
  const int parameters = parameters_of_insert(insert);
  std::string wide(insert.substr(0, row_at));
  int parameter = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (int k = 0; k < parameters; ++k)
      wide += fmt::format("{}?{}", k > 0 ? ", " : i > 0 ? ", (" : "(", ++parameter);
    wide += ')';
  }
  return wide.append(insert.substr(row_at + row.size()));
}

}  // namespace pruuv::store
