#include "report/checks.hpp"

#include <string>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv::report {
namespace {

const std::vector<Check> checks = {{"store", Check::Status::ok, "/srv/a.db", ""},
                                   {"clock", Check::Status::fail, "301 s behind", "set the clock"},
                                   {"last run", Check::Status::warn, "27 hours ago\x1b[2J", ""}};

}  // namespace

TEST_CASE(
    "checks: a line each, what failed in capitals, its fix below, nothing that moves a cursor") {
  CHECK(render_checks(checks, 78, Format::table) ==
        "ok    store     /srv/a.db\n"
        "FAIL  clock     301 s behind\n"
        "                fix: set the clock\n"
        "warn  last run  27 hours ago\\u{1b}[2J\n");
}

TEST_CASE("checks as JSON") {
  CHECK(
      render_checks(checks, 78, Format::json) ==
      R"({"checks":[{"name":"store","status":"ok","detail":"/srv/a.db","fix":null},)"
      R"({"name":"clock","status":"fail","detail":"301 s behind","fix":"set the clock"},)"
      R"({"name":"last run","status":"warn","detail":"27 hours ago\u001B[2J","fix":null}],"exit":78})"
      "\n");
  CHECK(render_checks({}, 0, Format::json) == "{\"checks\":[],\"exit\":0}\n");
}

}  // namespace pruuv::report
