#include "platforms/meta/value.hpp"

#include "platforms/meta/details_fixture.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::meta {
namespace {

struct Read {
  Money money;
  Encoding out;
};

Read read(const std::string& value, const std::string& currency, bool is_purchase,
          const std::string& refused_currencies = {}) {
  FunnelEvent event;
  event.value = value;
  event.currency = currency;
  Connection connection;
  if (!refused_currencies.empty())
    connection.settings["meta.refused_currencies"] = refused_currencies;
  Read read;
  read.money = read_value(event, connection, is_purchase, read.out);
  return read;
}

TEST_CASE("a Purchase in a currency Meta refuses is refused here") {
  CHECK(read("1", "MRU", true).out.refusals == std::vector<Reason>{Reason::currency_invalid});
  CHECK(read("1", "EUR", true).out.refusals.empty());
  CHECK(read("1", "EUR", true, "mru, eur").out.refusals ==
        std::vector<Reason>{Reason::currency_invalid});
  CHECK(read("1", "MRU", true, "none").out.refusals.empty());
  CHECK(read("1", "MRU", true, "none").money.currency == "MRU");
}

TEST_CASE("elsewhere the value is left out with such a currency") {
  const Read out = read("1", "MRU", false);
  CHECK(out.out.refusals.empty());
  CHECK(out.money.value.empty());
  CHECK(out.money.currency.empty());
  CHECK(warns(out.out.warnings, "currency", Reason::currency_left_out));
}

TEST_CASE("a currency without a value stays for other amounts") {
  CHECK(read("", "EUR", false).money.currency == "EUR");
  CHECK(read("", "EUR", false).out.warnings.empty());
  const Read invalid = read("-1", "EUR", false);
  CHECK(invalid.money.value.empty());
  CHECK(invalid.money.currency == "EUR");
  CHECK(warns(invalid.out.warnings, "value", Reason::value_left_out));
}

TEST_CASE("the digits of the value are sent as they came") {
  CHECK(read("10.500", "EUR", true).money.value == "10.500");
  CHECK(read("0", "EUR", true).money.value == "0");
  CHECK(read("0", "EUR", true).out.refusals.empty());
}

}  // namespace
}  // namespace pruuv::platforms::meta
