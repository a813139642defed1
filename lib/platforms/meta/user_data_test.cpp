#include "platforms/meta/user_data.hpp"

#include "base/sha256.hpp"
#include "platforms/meta/details_fixture.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

struct Read {
  UserData user;
  std::vector<Warning> warnings;
};

Read read(const FunnelEvent& event, const std::string& external_id_mode = {}) {
  Connection connection;
  if (!external_id_mode.empty()) connection.settings["meta.external_id"] = external_id_mode;
  Read out;
  out.user =
      read_user_data(event, Phone{}, connection, Details(event), Person(event), out.warnings);
  return out;
}

Read read_extra(const std::string& extra) { return read(event_with_extra(extra)); }

TEST_CASE("gender and date of birth are normalised and hashed") {
  const Read out = read_extra(R"({"gender": "Female", "date_of_birth": "16.02.1997"})");
  CHECK(out.user.ge == sha256_hex("f"));
  CHECK(out.user.db == sha256_hex("19970216"));
  CHECK(out.warnings.empty());
  CHECK(read_extra(R"({"dob": 19970216})").user.db == sha256_hex("19970216"));
  CHECK(read_extra(R"({"dob": "2/16/1997", "date_of_birth": null})").user.db ==
        sha256_hex("19970216"));
}

TEST_CASE("a gender or date of birth that is unsure is left out by its own key") {
  const Read out = read_extra(R"({"gender": "x", "dob": "03/04/1997"})");
  CHECK(out.user.ge.empty());
  CHECK(out.user.db.empty());
  CHECK(warns(out.warnings, "gender", Reason::detail_left_out));
  CHECK(warns(out.warnings, "dob", Reason::detail_left_out));
  CHECK(warns(read_extra(R"({"date_of_birth": ["1997-02-16"]})").warnings, "date_of_birth",
              Reason::detail_left_out));
}

TEST_CASE("a lead id has 15 to 17 digits and loses none of them") {
  CHECK(read_extra(R"({"lead_id": 12345678901234567})").user.lead_id == 12345678901234567);
  CHECK(read_extra(R"({"lead_id": "525645896321548"})").user.lead_id == 525645896321548);
  for (const std::string lead_id : {"12345678901234", "123456789012345678", "-525645896321548",
                                    "5.25645896321548e14", "525645896321548.0", "\"l:52564\"",
                                    "[525645896321548]", "true", "99999999999999999999999"}) {
    INFO(lead_id);
    const Read out = read_extra("{\"lead_id\": " + lead_id + "}");
    CHECK(!out.user.lead_id);
    CHECK(warns(out.warnings, "lead_id", Reason::detail_left_out));
  }
}

TEST_CASE("login and subscription ids") {
  const Read out = read_extra(R"({"fb_login_id": 9223372036854775807, "subscription_id": "S-1"})");
  CHECK(out.user.fb_login_id == 9223372036854775807);
  CHECK(out.user.subscription_id == "S-1");
  for (const std::string id : {"0", "-1", "9223372036854775808", "\"x\""}) {
    INFO(id);
    CHECK(!read_extra("{\"fb_login_id\": " + id + "}").user.fb_login_id);
  }
  const Read email = read_extra(R"({"subscription_id": "jane@shop.example"})");
  CHECK(email.user.subscription_id.empty());
  CHECK(warns(email.warnings, "subscription_id", Reason::personal_data_left_out));
  CHECK(read_extra("{\"subscription_id\": \"" + std::string(64, 'a') + "\"}")
            .user.subscription_id.empty());
}

TEST_CASE("external_id goes hashed, as it is, or not at all") {
  FunnelEvent event = event_with_extra("");
  event.external_id = " Customer 42 ";
  CHECK(read(event).user.external_id == sha256_hex("customer42"));
  CHECK(read(event, "hash").user.external_id == sha256_hex("customer42"));
  CHECK(read(event, "raw").user.external_id == "Customer 42");
  CHECK(read(event, "off").user.external_id.empty());
  event.external_id = "jane@shop.example";
  const Read raw = read(event, "raw");
  CHECK(raw.user.external_id.empty());
  CHECK(warns(raw.warnings, "external_id", Reason::personal_data_left_out));
  CHECK(!read(event).user.external_id.empty());
}

TEST_CASE("a user agent that was hashed, or holds an e-mail address, is left out") {
  FunnelEvent event = event_with_extra("");
  event.user_agent = std::string(64, 'c');
  CHECK(read(event).user.client_user_agent.empty());
  event.user_agent = "App/1.0 (jane@shop.example)";
  const Read out = read(event);
  CHECK(out.user.client_user_agent.empty());
  CHECK(warns(out.warnings, "user_agent", Reason::personal_data_left_out));
}

TEST_CASE("an address with the builder's appendix is the address") {
  FunnelEvent event = event_with_extra("");
  event.ip = "203.0.113.9.AQQAAQMC";
  CHECK(read(event).user.client_ip_address == "203.0.113.9");
  event.ip = "2001:db8::1.AQQAAQMC";
  CHECK(read(event).user.client_ip_address == "2001:db8::1");
}

TEST_CASE("the phone number is no click id") {
  FunnelEvent event = event_with_extra("");
  event.phone = "442070313000";
  event.fbclid = "442070313000";
  const Read out = read(event);
  CHECK(out.user.fbc.empty());
  CHECK(warns(out.warnings, "fbc", Reason::personal_data_left_out));
}

// Keys of user_data that are there, by their places in UserData.
UserData with(const std::vector<std::string UserData::*>& keys) {
  UserData user;
  for (const auto key : keys) user.*key = "x";
  return user;
}

TEST_CASE("the four sets of the page, and their subsets, do not suffice") {
  using U = UserData;
  const std::vector<std::vector<std::string U::*>> sets = {
      {&U::ct, &U::country, &U::st, &U::zp, &U::ge, &U::client_user_agent},
      {&U::db, &U::client_user_agent},
      {&U::fn, &U::ge},
      {&U::ln, &U::ge}};
  for (const auto& set : sets) {
    for (std::size_t members = 0; members < std::size_t{1} << set.size(); ++members) {
      std::vector<std::string U::*> subset;
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (members >> i & 1) subset.push_back(set[i]);
      }
      CHECK(!with(subset).suffices());
      subset.push_back(&U::em);
      CHECK(with(subset).suffices());
    }
  }
}

TEST_CASE("an identifier suffices, and so does a name with something outside the sets") {
  using U = UserData;
  for (const auto key : {&U::em, &U::ph, &U::external_id, &U::fbc, &U::fbp, &U::subscription_id})
    CHECK(with({key}).suffices());
  UserData lead;
  lead.lead_id = 525645896321548;
  CHECK(lead.suffices());
  UserData login;
  login.fb_login_id = 1;
  CHECK(login.suffices());
  CHECK(with({&U::client_ip_address, &U::client_user_agent}).suffices());
  CHECK(!with({&U::client_ip_address}).suffices());
  CHECK(with({&U::fn, &U::ln}).suffices());
  CHECK(with({&U::fn, &U::ge, &U::db}).suffices());
  CHECK(with({&U::ln, &U::ge, &U::zp}).suffices());
  CHECK(with({&U::ln, &U::db}).suffices());
  CHECK(!with({&U::db, &U::ge}).suffices());
}

}  // namespace
}  // namespace pruuv::platforms::meta
