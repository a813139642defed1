#include <string>

#include "report/audit_log.hpp"
#include "report/inspection.hpp"
#include "report/mask.hpp"
#include "report/run.hpp"
#include "testing/testing.hpp"

using namespace pruuv;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Inspection inspection() {
  Inspection made;
  made.now_s = 1'795'400'000;
  made.event.id = "7b1f0c2e-0000-4000-8000-0000000000aa";
  made.event.client_id = "acme";
  made.event.event_name = "purchase";
  made.event.event_time = 1'795'390'000;
  made.event.email = "ada.lovelace@example.com";
  made.event.phone = "+44 20 7946 0958";
  made.event.ip = "203.0.113.9";
  made.event.value = "49.90";
  made.event.page_url = "https://shop.example/thanks?fbclid=IwAR2F4-dbP0&u=1";
  made.by_platform = {{"meta", Reason::routed}, {"tiktok", Reason::no_click_id}};
  InspectedConnection goes;
  goes.connection.platform = "meta";
  goes.connection.name = "main";
  goes.connection.destination = "1234567890123456";
  goes.reason = Reason::routed;
  goes.warnings = {{"phone", Reason::phone_invalid}};
  goes.request.emplace();
  goes.request->url = "https://graph.facebook.com/v26.0/1234567890123456/events";
  goes.request->headers = {{"Authorization", Secret("Bearer very-secret")},
                           {"Accept", "application/json"}};
  goes.request->body =
      R"JSON({"data":[{"event_name":"Purchase","event_time":1795390000,"user_data":{"em":["62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"],"client_ip_address":"203.0.113.9","client_user_agent":"Mozilla/5.0 (X11)"},"custom_data":{"value":49.90,"currency":"EUR"},"new_key":"ada"}]})JSON";
  made.connections.push_back(goes);
  return made;
}

}  // namespace

TEST_CASE("an inspection answers in words and shows no personal data and no secret") {
  const std::string text = report::render_inspection(inspection());
  CHECK(testing::matches_golden("golden/report/inspection.txt", text));
  const std::string json = report::render_inspection_json(inspection());
  CHECK(testing::matches_golden("golden/report/inspection.json", json));
  for (const char* const secret : {"lovelace", "7946", "203.0.113.9", "very-secret", "IwAR2F4-dbP0",
                                   "f765419d10fe", "X11", "\"ada\""}) {
    INFO(secret);
    CHECK(!contains(text, secret));
    CHECK(!contains(json, secret));
  }
}

TEST_CASE("of a URL that names somebody only the scheme is shown") {
  CHECK(report::mask_value("https://ada@example.com:pw@shop.example/x") == "https://***");
  CHECK(report::mask_value("https://shop.example/u/ada%40example.com/x?a=b") == "https://***");
  CHECK(report::mask_value("https://shop.example/x#email=ada@example.com") ==
        "https://shop.example/x");
}

TEST_CASE("numbers that may name a person are masked, those that cannot stay numbers") {
  CHECK(
      report::mask_json(R"({"lead_id":1234567890123456,"value":10.50,"quantity":2})") ==
      "{\n  \"lead_id\": \"1234*** (16 characters)\",\n  \"value\": 10.50,\n  \"quantity\": 2\n}");
}

TEST_CASE("masked values keep their shape") {
  CHECK(report::mask_value("").empty());
  CHECK(report::mask_value("ada@example.com") == "a***@***");
  CHECK(report::mask_value("62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f") ==
        "62a14e44...");
  CHECK(report::mask_value("https://shop.example/a?b=secret&c") ==
        "https://shop.example/a?b=***&c");
  CHECK(report::mask_value("Mr") == "M*** (2 characters)");
}

TEST_CASE("a table cannot be moved about by what a platform wrote") {
  report::Table table({"a", "b"}, {false, true});
  table.add({"x\x1b[2J", "1"});
  table.add({"é", "22"});
  CHECK(table.render() == "a            b\nx\\u{1b}[2J   1\né           22\n");
}

TEST_CASE("CSV keeps commas, quotes and line breaks, and never becomes a formula") {
  CHECK(report::csv_line({"a,b", "say \"x\"", "two\nlines", "=1+1", ""}) ==
        "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",'=1+1,\r\n");
}

TEST_CASE("a good night is silent, a bad one says what to do") {
  RunSummary good;
  good.platforms["meta"].accepted = 5;
  good.platforms["meta"].skipped[Reason::no_click_id] = 7;
  CHECK(report::render_troubles(good).empty());

  RunSummary bad = good;
  bad.platforms["meta"].rejected = 1;
  bad.open_held = 3;
  StoppedConnection stopped;
  stopped.client_id = "acme";
  stopped.platform = "meta";
  stopped.name = "main";
  stopped.reason = Reason::credential_refused;
  stopped.detail = "190/463: expired";
  stopped.held = true;
  bad.stopped.push_back(stopped);
  CHECK(testing::matches_golden("golden/report/troubles.txt", report::render_troubles(bad)));
  bad.run_id = "5f1c0000-0000-4000-8000-000000000000";
  bad.planned_events = 12;
  bad.due = 5;
  bad.elapsed_ms = 1234;
  bad.chain_head_hex = std::string(64, 'a');
  CHECK(testing::matches_golden("golden/report/summary.txt", report::render_summary(bad)));
  CHECK(testing::matches_golden("golden/report/summary.json", report::render_summary_json(bad, 3)));
}

TEST_CASE("the audit log in its three forms") {
  LogRow row;
  row.event_id = "7b1f0c2e-0000-4000-8000-0000000000aa";
  row.client_id = "acme";
  row.platform = "meta";
  row.connection = "main";
  row.status = "rejected";
  row.error = "100/2804003";
  row.error_message = "event too old, really";
  row.sent_at = "2026-11-22T03:00:04Z";
  row.request_id = 17;
  row.cause = "schedule";
  LogRow by_hand = row;
  by_hand.status = "accepted";
  by_hand.error.clear();
  by_hand.error_message.clear();
  by_hand.retry_count = 1;
  by_hand.request_id = 18;
  by_hand.cause = "replay";
  CHECK(testing::matches_golden("golden/report/log.txt",
                                report::render_log({by_hand, row}, report::Format::table)));
  CHECK(testing::matches_golden("golden/report/log.json",
                                report::render_log({by_hand, row}, report::Format::json)));
  CHECK(testing::matches_golden("golden/report/log.csv",
                                report::render_log({by_hand, row}, report::Format::csv)));
}
