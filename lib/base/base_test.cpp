#include <memory>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/sha256.hpp"
#include "base/uuid.hpp"
#include "testing/testing.hpp"

namespace pruuv {
namespace {

constexpr std::int64_t day_s = 86400;
constexpr std::int64_t now_s = 1795402800;  // 2026-11-23T03:00:00Z

Result<int> half(int number) {
  if (number % 2 != 0)
    return fail(ErrorKind::usage, "halve a number: it is odd", "take an even one");
  return number / 2;
}

Result<int> quarter(int number) {
  PRUUV_TRY_ASSIGN(const int once, half(number));
  PRUUV_TRY_ASSIGN(const int twice, half(once));
  return twice;
}

Result<void> check_quarter(int number) {
  PRUUV_TRY(quarter(number));
  return {};
}

TEST_CASE("a Result holds a value or an error") {
  const Result<int> good = half(4);
  REQUIRE(good.has_value());
  CHECK(static_cast<bool>(good));
  CHECK(*good == 2);
  const Result<int> bad = half(3);
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().kind == ErrorKind::usage);
  CHECK(bad.error().message == "halve a number: it is odd");
  CHECK(bad.error().hint == "take an even one");
}

TEST_CASE("PRUUV_TRY hands an error on") {
  CHECK(*quarter(8) == 2);
  CHECK_FALSE(quarter(3).has_value());
  CHECK_FALSE(quarter(6).has_value());
  CHECK(check_quarter(8).has_value());
  CHECK(check_quarter(6).error().message == "halve a number: it is odd");
}

TEST_CASE("an error tells what the caller was doing") {
  const Error error =
      Error{ErrorKind::io, "open the file: no space", "make room"}.during("import a.ndjson");
  CHECK(error.message == "import a.ndjson: open the file: no space");
  CHECK(error.hint == "make room");
  CHECK(error.kind == ErrorKind::io);
}

TEST_CASE("a Result can hold what cannot be copied") {
  Result<std::unique_ptr<int>> owned(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(owned).value();
  CHECK(*taken == 7);
}

TEST_CASE("times are written as UTC") {
  CHECK(format_utc(0) == "1970-01-01T00:00:00Z");
  CHECK(format_utc(now_s) == "2026-11-23T03:00:00Z");
  CHECK(format_utc(-1) == "1969-12-31T23:59:59Z");
  CHECK(format_utc(1709251199) == "2024-02-29T23:59:59Z");
  CHECK(format_utc(253402300799) == "9999-12-31T23:59:59Z");
  CHECK(format_utc(253402300800) == "253402300800");
  CHECK(format_utc(-62135596800) == "0001-01-01T00:00:00Z");
  CHECK(format_utc(-62135596801) == "-62135596801");
  CHECK(format_utc(INT64_MAX) == "9223372036854775807");
}

TEST_CASE("a point in time is read in every form a person writes") {
  CHECK(parse_time("2026-11-23T03:00:00Z", 0) == now_s);
  CHECK(parse_time("2026-11-23 03:00:00", 0) == now_s);
  CHECK(parse_time("2026-11-23T03:00", 0) == now_s);
  CHECK(parse_time("2026-11-23T03:00Z", 0) == now_s);
  CHECK(parse_time("2026-11-23", 0) == now_s - 3 * 3600);
  CHECK(parse_time("24h", now_s) == now_s - day_s);
  CHECK(parse_time("7d", now_s) == now_s - 7 * day_s);
  CHECK(parse_time("90m", now_s) == now_s - 5400);
  CHECK(parse_time("2024-02-29", 0) == 1709164800);
}

TEST_CASE("what is no point in time is refused") {
  for (const char* text : {"",
                           "yesterday",
                           "2026",
                           "2026-11",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-11-31",
                           "2026-00-10",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T03:60:00Z",
                           "2026-11-23T03:00:60Z",
                           "2026-11-23T03",
                           "2026-11-23T03:00:",
                           "2026-11-23T03:00:00+01:00",
                           "2026-11-23T03:00:00ZZ",
                           "2026-11-23Z",
                           "26-11-23",
                           " 2026-11-23",
                           "1795402800",
                           "-1h",
                           "h",
                           "1w",
                           "1.5h"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text, now_s).has_value());
  }
}

TEST_CASE("times written are read back") {
  for (const std::int64_t time_s :
       {std::int64_t{0}, now_s, now_s + 12345, std::int64_t{253402300799}}) {
    CHECK(parse_time(format_utc(time_s), 0) == time_s);
  }
}

TEST_CASE("durations") {
  CHECK(parse_duration_s("30s") == 30);
  CHECK(parse_duration_s("90m") == 5400);
  CHECK(parse_duration_s("48h") == 2 * day_s);
  CHECK(parse_duration_s("7d") == 7 * day_s);
  CHECK(parse_duration_s("0") == 0);
  CHECK(parse_duration_s("0h") == 0);
  CHECK(parse_duration_s("36600d") == 36600 * day_s);
  for (const char* text : {"", "s", "5", "-5m", "+5m", "5 m", "1.5h", "5M", "36601d",
                           "99999999999999999999d", "9223372036854775807s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration_s(text).has_value());
  }
}

TEST_CASE("a fixed clock stands still until told") {
  FixedClock clock(now_s);
  CHECK(clock.now_s() == now_s);
  CHECK(clock.now_ms() == now_s * 1000);
  clock.advance_s(60);
  CHECK(clock.now_s() == now_s + 60);
}

TEST_CASE("a secret is not printed") {
  const Secret secret("EAAB-token");
  CHECK(fmt::format("{}", secret) == "***");
  CHECK(fmt::format("{:>5}", secret) == "  ***");
  CHECK(secret.reveal() == "EAAB-token");
}

TEST_CASE("a secret is copied, moved and emptied") {
  Secret first("EAAB-a-token-longer-than-a-small-string");
  const Secret copy = first;
  CHECK(copy.reveal() == first.reveal());
  Secret moved = std::move(first);
  CHECK(moved.reveal() == copy.reveal());
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): emptiness after the move is the promise
  Secret assigned("other");
  assigned = moved;
  CHECK(assigned.reveal() == copy.reveal());
  assigned = std::move(moved);
  CHECK(moved.empty());  // NOLINT(bugprone-use-after-move)
  Secret& self = assigned;
  assigned = self;
  CHECK(assigned.reveal() == copy.reveal());
  CHECK(Secret().empty());
}

TEST_CASE("SHA-256 of the published vectors") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a SHA-256 object can be fed in parts and used again") {
  Sha256 hasher;
  hasher.update("a");
  hasher.update("");
  hasher.update("bc");
  CHECK(hasher.finish() == sha256("abc"));
  hasher.update("abc");
  CHECK(to_hex(as_bytes(hasher.finish())) == sha256_hex("abc"));
  CHECK(hasher.finish() == sha256(""));
}

TEST_CASE("HMAC-SHA-256 of RFC 4231") {
  CHECK(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There") ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256_hex(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hmac_sha256_hex("", "") ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("bytes as hexadecimal digits") {
  CHECK(to_hex(std::string_view("\x00\x0f\xa0\xff", 4)) == "000fa0ff");
  CHECK(to_hex("").empty());
}

TEST_CASE("a UUID is recognised by its shape alone") {
  CHECK(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
  CHECK(is_uuid("123E4567-E89B-12D3-A456-426614174000"));
  CHECK(is_uuid("00000000-0000-0000-0000-000000000000"));
  for (const char* text :
       {"", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
        "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g",
        "{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a4564-26614174000",
        "123e4567-e89b-12d3-a456-4266-1417400"}) {
    INFO(text);
    CHECK_FALSE(is_uuid(text));
  }
}

TEST_CASE("a random UUID is of version 4 and new each time") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_uuid();
    REQUIRE(is_uuid(id));
    REQUIRE(id[14] == '4');
    REQUIRE(std::string_view("89ab").find(id[19]) != std::string_view::npos);
    seen.insert(id);
  }
  CHECK(seen.size() == 1000);
}

}  // namespace
}  // namespace pruuv
