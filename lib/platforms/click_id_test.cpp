#include "platforms/click_id.hpp"

#include <map>
#include <string>

#include "base/text.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

// Whole ids of every shape, made up but for their structure.
const std::string iwar = "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk";
const std::string aem = "_aem_Zra9A9sKPxZ9W3qLy7zKUV";
const std::string iwy2 =
    "IwY2xjawGY2rRleHRuA2FlbQIxMAABQDT7S8sTQCBNR3YbDgbleph1QHt61QTC4XATWS" + aem;
const std::string gclid_61 =
    "Cj0KCQjwiJvQBhCYAaVNyhglMLsdbRMs3tYjey7ZHj9yH8sZcRdElNZJPJ1cNGC-MSAeaf7aoO7ouZl_XHwpEALw_wcB";
const std::string gclid_60 =
    "CjwKCAjwxITRBhBYmf2v5ZMlPNZUr0361xQnoK6z_ukjL4ryIR-e5JHFsQvstVY7_B5vk0J-y8j-KVXlzY4QAvD_BwE";
const std::string gclid_display = "EAIaIQobChMIRtyO1LfCdk0qWk12dwb4XYaQAkrWvaNAG-nIy_D_BwE";
const std::string gbraid = "0AAAAAes10Zvy2Dg6P8YRjsOSyuilwNHTw";
const std::string wbraid =
    "CkEKCQjwiJvQBszJNfbNH2EiauFTOK4aNABNM7oNJGrATIGxuvI-O_nu9fefK0k0r4f1UgtpuUsNmC6Fu1W2cqhyYw";
// 0a c4 01: 196 bytes follow, and they do.
const std::string ttclid = "E.C.P.CsQB" + std::string(264, 'Q') + "xIEdjIuMA";

Reason look(std::string FunnelEvent::*field, const std::string& value) {
  FunnelEvent event;
  event.*field = value;
  const auto remarks = look_at_click_ids(event);
  REQUIRE(remarks.size() <= 1);
  return remarks.empty() ? Reason::none : remarks.front().reason;
}

Reason gclid_is(const std::string& value) { return look(&FunnelEvent::gclid, value); }
Reason fbclid_is(const std::string& value) { return look(&FunnelEvent::fbclid, value); }
Reason fbc_is(const std::string& value) { return look(&FunnelEvent::fbc, value); }
Reason ttclid_is(const std::string& value) { return look(&FunnelEvent::ttclid, value); }

TEST_CASE("whole click ids get no remark") {
  for (const std::string& value : {iwar, iwar + aem, iwy2}) {
    CHECK(fbclid_is(value) == Reason::none);
    CHECK(fbc_is("fb.1.1790000000123." + value) == Reason::none);
    CHECK(fbc_is("fb.2.1790000000123." + value + ".AQYCAQEA") == Reason::none);
  }
  for (const std::string& value : {gclid_61, gclid_60, gclid_display, "  " + gclid_61 + " "}) {
    CHECK(gclid_is(value) == Reason::none);
  }
  CHECK(look(&FunnelEvent::gbraid, gbraid) == Reason::none);
  CHECK(look(&FunnelEvent::wbraid, wbraid) == Reason::none);
  CHECK(ttclid_is(ttclid) == Reason::none);
  CHECK(ttclid_is("E.C.P.v3fQ2RHacdksKfofPmlyuStIIHJ4Af1tKYxF9zz2c2PLx1Oaw15oHpcfl5AH") ==
        Reason::none);
  CHECK(look_at_click_ids(FunnelEvent{}).empty());
}

TEST_CASE("ids of tests and of shapes nobody knows get no remark") {
  for (const std::string value :
       {"Cj0KCQiA-fake-gclid", "Cj0KCQiA-test", "TeSter-123", "cj0kcq-example", "abc123", "x",
        "this-is-a-test-click-id-of-ours", "EAIaIQobChMIdemo",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) {
    CAPTURE(value);
    CHECK(gclid_is(value) == Reason::none);
  }
  CHECK(fbclid_is("fbclid-1") == Reason::none);
  CHECK(fbc_is("fb.1.1790000000123.abc") == Reason::none);
  CHECK(ttclid_is("ttclid-1") == Reason::none);
  CHECK(ttclid_is(std::string(255, 'Q')) == Reason::none);
}

TEST_CASE("remarks name the fields in their order") {
  FunnelEvent event;
  event.fbclid = "undefined";
  event.fbc = "fb.1.1790000000123.null";
  event.gclid = ascii_lower(gclid_61);
  event.gbraid = "{gbraid}";
  event.wbraid = wbraid.substr(0, 60);
  event.ttclid = gclid_60;
  std::vector<std::string> found;
  for (const Warning& one : look_at_click_ids(event)) {
    found.push_back(std::string(one.field) + ": " + std::string(code_of(one.reason)));
  }
  CHECK(found == std::vector<std::string>{
                     "fbclid: click_id_placeholder", "fbc: click_id_placeholder",
                     "gclid: click_id_lower_cased", "gbraid: click_id_placeholder",
                     "wbraid: click_id_cut_off", "ttclid: click_id_of_another_platform"});
}

TEST_CASE("ids without a capital letter") {
  for (const std::string& value : {gclid_61, gclid_60, gclid_display}) {
    CHECK(gclid_is(ascii_lower(value)) == Reason::click_id_lower_cased);
  }
  CHECK(gclid_is("cj0kcq123") == Reason::click_id_lower_cased);
  CHECK(fbclid_is(ascii_lower(iwar)) == Reason::click_id_lower_cased);
  CHECK(fbclid_is("pazxh0bg12") == Reason::click_id_lower_cased);
  CHECK(fbc_is("fb.1.1790000000123." + ascii_lower(iwy2)) == Reason::click_id_lower_cased);
  CHECK(ttclid_is(ascii_lower(ttclid)) == Reason::click_id_lower_cased);
  CHECK(look(&FunnelEvent::gbraid, ascii_lower(gbraid)) == Reason::click_id_lower_cased);
  // 24 letters are enough, 23 are not, one capital saves it.
  CHECK(gclid_is("1-xyzxyzxyzxyzxyzxyzxyzxyz") == Reason::click_id_lower_cased);
  CHECK(gclid_is("1-xyzxyzxyzxyzxyzxyzxyzxy_") == Reason::none);
  CHECK(gclid_is("1-xyzxyzxyzxyzxyzxyzxyzxyzX") == Reason::none);
}

TEST_CASE("ids that state more than they hold") {
  CHECK(gclid_is(gclid_61.substr(0, 64)) == Reason::click_id_cut_off);
  CHECK(gclid_is(gclid_61.substr(0, 83)) == Reason::click_id_cut_off);
  CHECK(gclid_is(gclid_61.substr(0, 84)) == Reason::none);  // 63 bytes: the first part is whole
  CHECK(gclid_is(gclid_display.substr(0, 49)) == Reason::click_id_cut_off);
  CHECK(gclid_is(gclid_display.substr(0, 50)) == Reason::none);
  CHECK(look(&FunnelEvent::wbraid, wbraid.substr(0, 89)) == Reason::click_id_cut_off);
  CHECK(ttclid_is(ttclid.substr(0, 255)) == Reason::click_id_cut_off);
  CHECK(ttclid_is(ttclid.substr(0, 270)) == Reason::click_id_cut_off);
  CHECK(ttclid_is("E_C_P_" + ttclid.substr(6, 200)) == Reason::click_id_cut_off);
  CHECK(ttclid_is("E.C.P." + std::string(249, 'Q')) == Reason::click_id_cut_off);
  CHECK(ttclid_is("E.C.P." + std::string(251, 'Q')) == Reason::none);
}

TEST_CASE("an fbclid that is shorter than all of its shape") {
  CHECK(fbclid_is(iwar.substr(0, 60)) == Reason::click_id_cut_off);
  CHECK(fbclid_is(iwar + "_aem") == Reason::click_id_cut_off);
  CHECK(fbclid_is(iwar + "_aem_") == Reason::click_id_cut_off);
  CHECK(fbclid_is(iwy2.substr(0, iwy2.size() - 1)) == Reason::click_id_cut_off);
  CHECK(fbc_is("fb.1.1790000000123." + iwar.substr(0, 50)) == Reason::click_id_cut_off);
  CHECK(fbclid_is("IwY2xjawGY2rRleHRu") == Reason::none);  // how long those are is not known
}

TEST_CASE("ids with the codes of a URL") {
  CHECK(gclid_is("Cj0KCQjw%2Dabc") == Reason::click_id_url_encoded);
  CHECK(fbclid_is("IwAR2F4%5Faem%5Fabc") == Reason::click_id_url_encoded);
  CHECK(gclid_is("Xj0%zz100%") == Reason::none);
}

TEST_CASE("ids of another platform") {
  for (const std::string& value : {gclid_61, gclid_60, gclid_display, gbraid, ttclid}) {
    CAPTURE(value);
    CHECK(fbclid_is(value) == Reason::click_id_of_another_platform);
    CHECK(fbc_is(value) == Reason::click_id_of_another_platform);
    CHECK(fbc_is("fb.1.1790000000123." + std::string(value == ttclid ? gclid_61 : value)) ==
          Reason::click_id_of_another_platform);
    CHECK(is_click_of_another_platform("fbclid", value));
  }
  for (const std::string& value : {iwar, iwy2, "fb.1.1790000000123." + iwar, ttclid}) {
    CAPTURE(value);
    CHECK(gclid_is(value) == Reason::click_id_of_another_platform);
    CHECK(is_click_of_another_platform("wbraid", value));
  }
  CHECK(ttclid_is(iwar) == Reason::click_id_of_another_platform);
  CHECK(ttclid_is("fb.1.1790000000123.abc") == Reason::click_id_of_another_platform);
  CHECK(!is_click_of_another_platform("gclid", gclid_61));
  CHECK(!is_click_of_another_platform("gclid", "{gclid}"));
  CHECK(!is_click_of_another_platform("phone", gclid_61));
}

TEST_CASE("Google's fields taken for each other, where that is certain") {
  CHECK(gclid_is(gbraid) == Reason::click_id_of_another_platform);
  CHECK(look(&FunnelEvent::gbraid, gclid_61) == Reason::click_id_of_another_platform);
  CHECK(look(&FunnelEvent::wbraid, gclid_60) == Reason::click_id_of_another_platform);
  CHECK(look(&FunnelEvent::wbraid, gclid_display) == Reason::click_id_of_another_platform);
  CHECK(look(&FunnelEvent::wbraid, gbraid) == Reason::click_id_of_another_platform);
  CHECK(gclid_is(wbraid) == Reason::none);  // both can begin so
  CHECK(!is_click_of_another_platform("wbraid", gclid_60));
  CHECK(!is_click_of_another_platform("gclid", gbraid));
}

TEST_CASE("what was never filled in") {
  for (const std::string value :
       {"{gclid}", "{{ad.id}}", "${gclid}", "%7Bgclid%7D", "%7b%7bclick%7d%7d", "__CLICKID__",
        "[gclid]", "<gclid>", "(not set)", "undefined", "NULL", "None", "gclid", "ttclid",
        "test"}) {
    CAPTURE(value);
    CHECK(gclid_is(value) == Reason::click_id_placeholder);
    CHECK(ttclid_is(value) == Reason::click_id_placeholder);
  }
  CHECK(fbc_is("fb.1.1790000000123.undefined") == Reason::click_id_placeholder);
  CHECK(fbc_is("fb.1.1790000000123.{fbclid}") == Reason::click_id_placeholder);
  CHECK(gclid_is("Cj0{gclid}") == Reason::none);
}

TEST_CASE("characters of a Google click id") {
  for (const std::string& value : {gclid_61, gbraid, wbraid, std::string("a.b~c=")}) {
    CHECK(is_possible_google_click_id(value));
  }
  for (const std::string value :
       {"", "a b", "a%2Db", "{gclid}", "a&b", "a/b", "a+b", "caf\xc3\xa9"}) {
    CAPTURE(value);
    CHECK(!is_possible_google_click_id(value));
  }
}

}  // namespace
}  // namespace pruuv::platforms
