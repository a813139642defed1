#pragma once

#include <string>
#include <vector>

namespace pruuv::report {

enum class Format { table, json, csv };

// Columns as wide as their widest cell, two spaces apart, no trailing spaces. Cells are made
// printable: whatever a platform or a collector wrote cannot move the cursor.
class Table {
 public:
  explicit Table(std::vector<std::string> head, std::vector<bool> right_aligned = {});
  void add(std::vector<std::string> row);
  [[nodiscard]] std::string render() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> right_aligned_;
};

// One CSV line by RFC 4180, with CRLF. A cell that a spreadsheet would run as a formula gets a
// quote in front.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace pruuv::report
