#include "report/settings.hpp"

#include <string>
#include <vector>

#include "testing/testing.hpp"

namespace pruuv::report {
namespace {

const std::vector<SettingLine> lines = {{"store", "/srv/a.db", "flag --store"},
                                        {"deadline", "", "default"}};
const std::vector<std::string> unknown = {"PRUUV_STORR, did you mean PRUUV_STORE?"};

}  // namespace

TEST_CASE("settings: a line each, the origin where it is asked for") {
  CHECK(render_settings(lines, {}, true, Format::table) ==
        "setting   value      origin\n"
        "store     /srv/a.db  flag --store\n"
        "deadline  -          default\n");
  CHECK(render_settings(lines, unknown, false, Format::table) ==
        "setting   value\n"
        "store     /srv/a.db\n"
        "deadline  -\n"
        "\nwarning: no setting is called PRUUV_STORR, did you mean PRUUV_STORE?\n");
}

TEST_CASE("settings as JSON") {
  CHECK(render_settings(lines, unknown, true, Format::json) ==
        R"({"settings":[{"name":"store","value":"/srv/a.db","origin":"flag --store"},)"
        R"({"name":"deadline","value":null,"origin":"default"}],)"
        R"("unknown_variables":["PRUUV_STORR, did you mean PRUUV_STORE?"]})"
        "\n");
  CHECK(render_settings({}, {}, false, Format::json) ==
        "{\"settings\":[],\"unknown_variables\":[]}\n");
}

}  // namespace pruuv::report
