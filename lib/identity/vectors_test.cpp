#include <algorithm>
#include <array>
#include <set>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "identity/identity.hpp"
#include "testing/testing.hpp"

// Every row of testdata/vectors, whose rules come from the platforms' own pages and code, against
// what this module makes of it. `fbc` and `appsecret_proof` belong to
// lib/platforms/meta.
namespace pruuv::identity {
namespace {

using Text = std::optional<std::string>;

struct Row {
  std::string file;
  std::string field;
  std::string input;
  std::string country;  // the country given apart, "" = none
  Text normalized;      // absent: the row does not say, or the value is to be left out
  Text sent;  // hash, or the text itself where the field goes in the clear; absent = leave out
};

struct Outcome {
  Text normalized;
  Text sent;
};

struct Difference {
  std::string_view file;
  std::string_view field;
  std::string_view input;
  std::string_view country;
  std::string_view reason;
};

constexpr std::string_view no_guess = "no plus and no country: nothing is guessed";
constexpr std::string_view not_possible = "no number of this length exists under +1";
constexpr std::string_view read_by_library = "libphonenumber reads full-width digits";

// Where we send something else than the vectors say, on purpose.
constexpr std::array differences = {
    Difference{"meta", "ph", "16505551212", "", no_guess},
    Difference{"meta", "ph", "(650)555-1212", "", no_guess},
    Difference{"meta", "ph", "650.555.1212", "", no_guess},
    Difference{"meta", "ph", "US phone number (650)555-1212", "", no_guess},
    Difference{"meta", "ph",
               "\uFF0B\uFF11\uFF16\uFF15\uFF10\uFF15\uFF15\uFF15\uFF11\uFF12\uFF11\uFF12", "",
               read_by_library},
    Difference{"google", "phone", "1-800-555-0100   ", "", no_guess},
    Difference{"tiktok", "phone", "12133734253", "", no_guess},
    Difference{"tiktok", "phone", "12345678901234", "", no_guess},
    Difference{"tiktok", "phone", "98765432109876", "", no_guess},
    Difference{"tiktok", "phone", "+123456789012345", "", not_possible},
};

Text text_at(const json::Value& row, std::string_view key) {
  const auto text = row[key].text();
  if (!text) return std::nullopt;
  return std::string(*text);
}

Text hash_or_nothing(const std::string& hashed) {
  if (hashed.empty()) return std::nullopt;
  return hashed;
}

Outcome hashed(const Text& normalized) { return {normalized, hash(normalized)}; }
Outcome plain(const Text& normalized) { return {normalized, normalized}; }

Outcome email_outcome(const Row& row, EmailRule rule) {
  return {normalize_email(row.input, rule), hash_email(row.input, rule)};
}

Outcome phone_outcome(const Row& row, bool with_plus) {
  const Phone phone = parse_phone(row.input, "", row.country);
  const std::string sent = with_plus ? hash_phone_with_plus(phone) : hash_phone_digits(phone);
  if (phone.e164.empty()) return {std::nullopt, hash_or_nothing(sent)};
  return {with_plus ? phone.e164 : phone.e164.substr(1), hash_or_nothing(sent)};
}

Outcome meta_outcome(const Row& row) {
  if (row.field == "em") return email_outcome(row, EmailRule::plain);
  if (row.field == "ph") return phone_outcome(row, false);
  if (row.field == "fn" || row.field == "ln")
    return hashed(normalize_name(row.input, NameRule::meta));
  if (row.field == "ct") return hashed(normalize_city(row.input));
  if (row.field == "st") return hashed(normalize_state(row.input));
  if (row.field == "zp") return hashed(normalize_zip(row.input));
  if (row.field == "country") return hashed(normalize_country(row.input));
  if (row.field == "ge") return hashed(normalize_gender(row.input));
  if (row.field == "db") return hashed(normalize_date_of_birth(row.input));
  FAIL("no function for the field " << row.field);
  return {};
}

Outcome google_outcome(const Row& row) {
  if (row.field == "email") return email_outcome(row, EmailRule::google);
  if (row.field == "phone") return phone_outcome(row, true);
  if (row.field == "given_name") return hashed(normalize_given_name_google(row.input));
  if (row.field == "family_name") return hashed(normalize_family_name_google(row.input));
  if (row.field == "postal_code") return plain(normalize_postal_code_google(row.input));
  if (row.field == "hash_only") return hashed(row.input);
  if (row.field == "region_code") {
    const auto country = normalize_country(row.input);
    return plain(country ? Text(ascii_upper(*country)) : std::nullopt);
  }
  FAIL("no function for the field " << row.field);
  return {};
}

Outcome tiktok_outcome(const Row& row) {
  if (row.field == "email") return email_outcome(row, EmailRule::tiktok);
  if (row.field == "phone") return phone_outcome(row, true);
  if (row.field == "external_id") return hashed(normalize_external_id_tiktok(row.input));
  if (row.field == "first_name" || row.field == "last_name") {
    return hashed(normalize_name(row.input, NameRule::tiktok));
  }
  if (row.field == "zip_code") return hashed(normalize_zip(row.input));
  if (row.field == "city") return plain(normalize_city(row.input));
  if (row.field == "state") return plain(normalize_state(row.input));
  if (row.field == "country") return plain(normalize_country(row.input));
  if (row.field == "ip") return plain(normalize_ip(row.input));
  FAIL("no function for the field " << row.field);
  return {};
}

bool agrees(const Row& row, const Outcome& outcome) {
  if (row.sent != outcome.sent) return false;
  return !row.normalized || row.normalized == outcome.normalized;
}

// Runs the rows; every one must agree or be a listed difference, and every listed one must differ.
void run(const std::string& file, const std::vector<Row>& rows, Outcome (*outcome_of)(const Row&)) {
  std::set<const Difference*> met;
  for (const Row& row : rows) {
    const auto* const listed =
        std::find_if(differences.begin(), differences.end(), [&](const Difference& difference) {
          return difference.file == row.file && difference.field == row.field &&
                 difference.input == row.input && difference.country == row.country;
        });
    const bool is_listed = listed != differences.end();
    if (is_listed) met.insert(listed);
    const Outcome outcome = outcome_of(row);
    INFO(row.field << " of \"" << row.input << "\", country \"" << row.country
                   << "\": " << outcome.normalized.value_or("(nothing)") << ", "
                   << outcome.sent.value_or("(nothing)")
                   << (is_listed ? "; listed as different: " : "")
                   << (is_listed ? listed->reason : std::string_view()));
    CHECK(agrees(row, outcome) != is_listed);
  }
  for (const Difference& difference : differences) {
    if (difference.file != file) continue;
    INFO("listed, but no such row: " << difference.field << " " << difference.input);
    CHECK(met.count(&difference) == 1);
  }
}

json::Document load(const std::string& name) {
  auto document = json::parse(pruuv::testing::read_testdata("vectors/" + name + ".json"));
  REQUIRE(document.has_value());
  return std::move(document).value();
}

TEST_CASE("Meta's vectors") {
  const json::Document document = load("meta");
  std::vector<Row> rows;
  for (const json::Value& item : document.root()["rows"].items()) {
    Row row{"meta", *text_at(item, "field"),     *text_at(item, "input"),
            "",     text_at(item, "normalized"), text_at(item, "sha256")};
    const std::string code = text_at(item, "default_country_code").value_or("");
    REQUIRE((code.empty() || code == "1" || code == "39"));
    if (!code.empty()) row.country = code == "1" ? "US" : "IT";
    rows.push_back(std::move(row));
  }
  CHECK(rows.size() == 54);
  run("meta", rows, meta_outcome);
}

TEST_CASE("Google's vectors") {
  const json::Document document = load("google");
  std::vector<Row> rows;
  for (const json::Value& item : document.root()["vectors"].items()) {
    Row row{"google", *text_at(item, "type"),      *text_at(item, "raw"),
            "",       text_at(item, "normalized"), text_at(item, "sha256_hex")};
    if (item["hashed"].boolean() == false) row.sent = row.normalized;
    REQUIRE(row.sent.has_value());
    rows.push_back(std::move(row));
  }
  CHECK(rows.size() == 36);
  for (const json::Value& item : document.root()["rejects"].items()) {
    REQUIRE(text_at(item, "expect") == "reject");
    rows.push_back(
        {"google", *text_at(item, "type"), *text_at(item, "raw"), "", std::nullopt, std::nullopt});
  }
  CHECK(rows.size() == 47);
  run("google", rows, google_outcome);
}

// "0722123456 (default country RO)": the remark is the country, given apart.
void take_country(Row& row) {
  const std::string remark = " (default country ";
  const std::size_t at = row.input.find(remark);
  if (at == std::string::npos) return;
  row.country = row.input.substr(at + remark.size(), 2);
  row.input.resize(at);
}

TEST_CASE("TikTok's vectors") {
  const json::Document document = load("tiktok");
  std::vector<Row> rows;
  for (const json::Value& item : document.root()["rows"].items()) {
    Row row{"tiktok", *text_at(item, "field"),     *text_at(item, "raw"),
            "",       text_at(item, "normalised"), text_at(item, "sha256")};
    const std::string expect = *text_at(item, "expect");
    REQUIRE(std::set<std::string>{"hash", "passthrough", "plain", "omit"}.count(expect) == 1);
    if (expect == "plain") row.sent = row.normalized;
    if (expect == "passthrough" || expect == "omit") row.normalized.reset();
    CHECK(row.sent.has_value() == (expect != "omit"));
    take_country(row);
    rows.push_back(std::move(row));
  }
  CHECK(rows.size() == 30);
  run("tiktok", rows, tiktok_outcome);
}

TEST_CASE("the vector files hold nothing that no test reads") {
  const auto keys = [](const std::string& name) {
    const json::Document document = load(name);
    std::set<std::string> out;
    for (const auto& [key, value] : document.root().members()) out.emplace(key);
    return out;
  };
  CHECK(keys("meta") == std::set<std::string>{"about", "rows", "fbc", "appsecret_proof"});
  CHECK(keys("google") == std::set<std::string>{"about", "hash", "vectors", "rejects"});
  CHECK(keys("tiktok") == std::set<std::string>{"about", "rows"});
}

}  // namespace
}  // namespace pruuv::identity
