#include "report/checks.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::report {
namespace {

std::string_view word_of(Check::Status status) {
  switch (status) {
    case Check::Status::ok:
      return "ok";
    case Check::Status::warn:
      return "warn";
    case Check::Status::fail:
      return "fail";
  }
  return {};
}

std::string render_json(std::span<const Check> checks, int exit_code) {
  json::Writer out;
  out.begin_object();
  out.key("checks");
  out.begin_array();
  for (const Check& check : checks) {
    out.begin_object();
    out.member("name", check.name);
    out.member("status", word_of(check.status));
    out.member("detail", check.detail);
    out.key("fix");
    check.fix.empty() ? out.null() : out.text(check.fix);
    out.end_object();
  }
  out.end_array();
  out.member_integer("exit", exit_code);
  out.end_object();
  return out.str() + "\n";
}

}  // namespace

std::string render_checks(std::span<const Check> checks, int exit_code, Format format) {
  if (format == Format::json) return render_json(checks, exit_code);
  std::size_t width = 0;
  for (const Check& check : checks) width = std::max(width, printable(check.name).size());
  std::string out;
  for (const Check& check : checks) {
    // The one word in capitals is found at a glance.
    const std::string_view word =
        check.status == Check::Status::fail ? std::string_view("FAIL") : word_of(check.status);
    out += fmt::format("{:<4}  {:<{}}  {}\n", word, printable(check.name), width,
                       printable(check.detail));
    if (!check.fix.empty())
      out += fmt::format("      {:<{}}  fix: {}\n", "", width, printable(check.fix));
  }
  return out;
}

}  // namespace pruuv::report
