#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/config.hpp"

namespace pruuv::config {

// Checks one text at a time; what is not set ("") passes. Errors (config) say which setting, as
// people meet it: "read --meta-url (PRUUV_META_URL): ...".
class Reader {
 public:
  explicit Reader(const Settings& settings) : settings_(settings) {}

  [[nodiscard]] Unexpected refuse(std::string_view flag, const std::string& cause,
                                  std::string hint = {}) const;
  [[nodiscard]] Result<std::string> url(const std::string& text, std::string_view flag) const;
  // What paths that begin with a slash are put behind: without one at its end.
  [[nodiscard]] Result<std::string> base_url(const std::string& text, std::string_view flag) const;
  [[nodiscard]] Result<std::string> absolute_path(const std::string& text,
                                                  std::string_view flag) const;
  // Letters, digits and _.
  [[nodiscard]] Result<std::string> word(const std::string& text, std::string_view flag,
                                         const std::string& if_not_set) const;
  [[nodiscard]] Result<std::string> without_controls(const std::string& text,
                                                     std::string_view flag) const;
  [[nodiscard]] Result<bool> yes_no(const std::string& text, std::string_view flag) const;

 private:
  [[nodiscard]] std::string name_of(std::string_view flag) const;
  const Settings& settings_;
};

}  // namespace pruuv::config
