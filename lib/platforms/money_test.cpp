#include "platforms/money.hpp"

#include "base/json.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms {
namespace {

TEST_CASE("amounts keep their digits and are JSON") {
  CHECK(normalize_amount("49.90") == "49.90");
  CHECK(normalize_amount(" 10 ") == "10");
  CHECK(normalize_amount("0") == "0");
  CHECK(normalize_amount("007") == "7");
  CHECK(normalize_amount("000") == "0");
  CHECK(normalize_amount("00.50") == "0.50");
  CHECK(normalize_amount("999999999999.123456") == "999999999999.123456");
  for (const std::string raw : {"007", "000", "00.50", "0.0", "123456789012"}) {
    INFO(raw);
    CHECK(json::parse("[" + normalize_amount(raw).value() + "]"));
  }
}

TEST_CASE("what is no plain positive amount") {
  for (const std::string raw :
       {"", " ", "-1", "-0", "+1", "1.", ".5", "1,50", "1.2.3", "1e3", "1234567890123", "1.1234567",
        "$5", "1 000", "NaN", "0x10", "\xef\xbc\x91"}) {
    INFO(raw);
    CHECK(!normalize_amount(raw));
  }
}

TEST_CASE("currencies") {
  CHECK(normalize_currency(" eur ") == "EUR");
  CHECK(normalize_currency("USD") == "USD");
  CHECK(normalize_currency("ZWG") == "ZWG");
  for (const std::string raw : {"", "EURO", "EU", "E R", "ZZZ", "R U"}) {
    INFO(raw);
    CHECK(!normalize_currency(raw));
  }
}

TEST_CASE("the event's currency, else the connection's, but never instead of a wrong one") {
  FunnelEvent event;
  Connection connection;
  CHECK(read_money(event, connection).value_is == Stated::missing);
  CHECK(read_money(event, connection).currency_is == Stated::missing);
  event.value = "5";
  connection.currency = "GBP";
  CHECK(read_money(event, connection).currency == "GBP");
  event.currency = "usd";
  CHECK(read_money(event, connection).currency == "USD");
  event.currency = "dollars";
  CHECK(read_money(event, connection).currency_is == Stated::invalid);
  CHECK(read_money(event, connection).currency.empty());
  event.value = "-5";
  CHECK(read_money(event, connection).value_is == Stated::invalid);
  CHECK(read_money(event, connection).value.empty());
}

}  // namespace
}  // namespace pruuv::platforms
