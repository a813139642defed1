#include "platforms/meta/original_event.hpp"

#include "platforms/meta/details_fixture.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

// The JSON written for {"original_event": value}, "" where it is left out.
std::string original(const std::string& value, std::vector<Warning>& warnings) {
  const FunnelEvent event = event_with_extra("{\"original_event\":" + value + "}");
  const NameOf name_of = [](const std::string& name) -> std::optional<std::string> {
    if (name == "unsendable") return std::nullopt;
    return name == "purchase" ? "Purchase" : name;
  };
  const auto read = read_original_event(event, Details(event), Person(event), name_of, warnings);
  if (!read) return {};
  json::Writer out;
  out.begin_object();
  write_original_event(out, *read);
  out.end_object();
  return out.str();
}

TEST_CASE("a well-formed original event is sent under the name Meta knows") {
  std::vector<Warning> warnings;
  CHECK(original(R"({"event_name": "purchase", "event_time": 1795300000, "order_id": " A-1 ",
                     "event_id": "e-1", "value": 5})",
                 warnings) ==
        R"({"original_event_data":{"event_name":"Purchase","event_time":1795300000,)"
        R"("order_id":"A-1","event_id":"e-1"}})");
  CHECK(original(R"({"event_name": "Lead", "event_time": "1795400000"})", warnings) ==
        R"({"original_event_data":{"event_name":"Lead","event_time":1795400000}})");
  CHECK(original("null", warnings).empty());
  CHECK(warnings.empty());
}

TEST_CASE("a malformed original event is left out as a whole") {
  for (const std::string value :
       {R"("Purchase")", "[]", "{}", R"({"event_name": "Lead"})", R"({"event_time": 1795300000})",
        R"({"event_name": "", "event_time": 1795300000})",
        R"({"event_name": 5, "event_time": "soon"})",
        R"({"event_name": "unsendable", "event_time": 1795300000})",
        R"({"event_name": "Lead", "event_time": 1795400001})",
        R"({"event_name": "Lead", "event_time": 1795300000000})",
        R"({"event_name": "Lead", "event_time": 5})",
        R"({"event_name": "Lead", "event_time": 1795300000, "order_id": {}})",
        R"({"event_name": "Lead", "event_time": 1795300000, "event_id": ["x"]})",
        R"({"event_name": "Lead", "event_time": 1795300000, "order_id": "jane@shop.example"})"}) {
    INFO(value);
    std::vector<Warning> warnings;
    CHECK(original(value, warnings).empty());
    CHECK(warns(warnings, "original_event", Reason::detail_left_out));
  }
}

}  // namespace
}  // namespace pruuv::platforms::meta
