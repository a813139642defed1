#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/setting.hpp"
#include "testing/testing.hpp"

namespace pruuv::config {
namespace {

using Place = Origin::Place;

// Three settings, their values, and the places they can be set in.
struct Bench {
  std::string addr, in_flight, wrapped;
  std::vector<Setting> settings = {
      {.name = "vault-addr", .second_variable = "VAULT_ADDR", .value = &addr},
      {.name = "max-in-flight", .form = Form::number, .value = &in_flight},
      {.name = "wrapped", .form = Form::yes_no, .value = &wrapped}};
  std::map<std::string, std::string> variables;
  ConfigFile file = {"/c.toml", {}};

  Result<void> settle() {
    return config::settle(
        settings,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto found = variables.find(name);
          if (found == variables.end()) return std::nullopt;
          return found->second;
        },
        file);
  }
};

void check_addr(Bench& bench, const std::string& value, Place place, const std::string& where) {
  REQUIRE(bench.settle());
  CHECK(bench.addr == value);
  CHECK(bench.settings[0].origin.place == place);
  CHECK(bench.settings[0].origin.where == where);
}

Error refused_entry(const FileEntry& entry) {
  Bench bench;
  bench.file.entries = {entry};
  const auto refused = bench.settle();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::config);
  CHECK(refused.error().message.find("canary") == std::string::npos);
  return refused.error();
}

}  // namespace

TEST_CASE("the place nearer to the command wins") {
  Bench bench;
  check_addr(bench, "", Place::usual, "");
  bench.file.entries = {{"vault-addr", "file", FileEntry::Kind::text, 7}};
  check_addr(bench, "file", Place::file, "/c.toml, line 7");
  bench.variables["VAULT_ADDR"] = "second";
  check_addr(bench, "second", Place::variable, "VAULT_ADDR");
  bench.variables["PRUUV_VAULT_ADDR"] = "first";
  check_addr(bench, "first", Place::variable, "PRUUV_VAULT_ADDR");
  bench.addr = "flag";
  bench.settings[0].origin = {Place::flag, "--vault-addr"};
  check_addr(bench, "flag", Place::flag, "--vault-addr");
}

TEST_CASE("an empty variable counts as not set") {
  Bench bench;
  bench.file.entries = {{"vault-addr", "file", FileEntry::Kind::text, 1}};
  bench.variables["PRUUV_VAULT_ADDR"] = "";
  bench.variables["VAULT_ADDR"] = "";
  check_addr(bench, "file", Place::file, "/c.toml, line 1");
}

TEST_CASE("an unknown key is refused, with what was meant") {
  const Error near = refused_entry({"vault-adr", "canary", FileEntry::Kind::text, 3});
  CHECK(near.message ==
        "read the configuration /c.toml, line 3: vault-adr: there is no such setting");
  CHECK(near.hint == "did you mean vault-addr?");
  CHECK(refused_entry({"max_in_flight", "8", FileEntry::Kind::text, 1}).hint ==
        "did you mean max-in-flight?");
  CHECK(refused_entry({"limit", "8", FileEntry::Kind::number, 1}).hint ==
        "`pruuv-send config show` lists them");
}

TEST_CASE("a key for a secret is refused with the place where it belongs") {
  for (const std::string key : {"meta-token", "token", "access_token", "vault-token", "PASSWORD",
                                "supabase-key", "api-keys", "client-secret", "jwt"}) {
    INFO(key);
    const Error refused = refused_entry({key, "canary", FileEntry::Kind::text, 1});
    CHECK(refused.message.ends_with("a secret does not belong here"));
    CHECK(refused.hint.find("vault:secret/") != std::string::npos);
  }
  for (const std::string key : {"token-file", "secret-id", "monkey"}) {
    INFO(key);
    const Error refused = refused_entry({key, "canary", FileEntry::Kind::text, 1});
    CHECK(refused.message.ends_with("there is no such setting"));
  }
}

TEST_CASE("a bare value has the setting's form; text in quotes does for all") {
  using Kind = FileEntry::Kind;
  CHECK(refused_entry({"vault-addr", "8", Kind::number, 1})
            .message.ends_with("vault-addr: a number where a text is expected"));
  CHECK(refused_entry({"vault-addr", "true", Kind::boolean, 1}).hint == "put it in quotes");
  CHECK(refused_entry({"max-in-flight", "true", Kind::boolean, 1})
            .message.ends_with("true or false where a number is expected"));
  CHECK(refused_entry({"wrapped", "1", Kind::number, 1})
            .message.ends_with("a number where true or false is expected"));
  Bench bench;
  bench.file.entries = {{"max-in-flight", "16", Kind::number, 1},
                        {"wrapped", "true", Kind::boolean, 2}};
  REQUIRE(bench.settle());
  CHECK(bench.in_flight == "16");
  CHECK(bench.wrapped == "true");
  bench.file.entries = {{"max-in-flight", "17", Kind::text, 1},
                        {"wrapped", "false", Kind::text, 2}};
  REQUIRE(bench.settle());
  CHECK(bench.in_flight == "17");
}

TEST_CASE("the file is checked where a variable overrules it, too") {
  Bench bench;
  bench.variables["PRUUV_VAULT_ADDR"] = "x";
  bench.file.entries = {{"vault-addr", "8", FileEntry::Kind::number, 1}};
  CHECK_FALSE(bench.settle());
}

TEST_CASE("no variable of ours holds a token") {
  Bench bench;
  bench.variables["PRUUV_VAULT_TOKEN"] = "canary";
  const auto refused = bench.settle();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().hint == "use VAULT_TOKEN, or better --vault-token-file");
  CHECK(refused.error().message.find("canary") == std::string::npos);
}

TEST_CASE("variables nobody reads") {
  const Bench bench;
  const std::vector<std::string> names = {"PRUUV_WRAPPED",    "PRUUV_VAULT_ADRR", "PATH",
                                          "PRUUV_ACME_TOKEN", "PRUUV_ELSE",       "VAULT_ADDR"};
  CHECK(unknown_variables(bench.settings, names) ==
        std::vector<std::string>{"PRUUV_ELSE", "PRUUV_VAULT_ADRR, did you mean PRUUV_VAULT_ADDR?"});
}

}  // namespace pruuv::config
