#include "platforms/meta/value.hpp"

#include <string>

#include "base/text.hpp"
#include "platforms/meta/settings.hpp"

namespace pruuv::platforms::meta {
namespace {

bool is_refused_currency(const std::string& currency, const Connection& connection) {
  std::string refused = ascii_upper(setting(connection, refused_currencies_setting));
  if (refused.empty()) refused = "MRU";
  return refused.find(currency) != std::string::npos;
}

void refuse_purchase(const Money& money, Encoding& out) {
  if (money.value_is == Stated::missing) out.refusals.push_back(Reason::value_missing);
  if (money.value_is == Stated::invalid) out.refusals.push_back(Reason::value_invalid);
  if (money.currency_is == Stated::missing) out.refusals.push_back(Reason::currency_missing);
  if (money.currency_is == Stated::invalid) out.refusals.push_back(Reason::currency_invalid);
}

}  // namespace

Money read_value(const FunnelEvent& event, const Connection& connection, bool is_purchase,
                 Encoding& out) {
  Money money = read_money(event, connection);
  if (money.currency_is == Stated::given && is_refused_currency(money.currency, connection)) {
    money.currency_is = Stated::invalid;
    money.currency.clear();
  }
  if (is_purchase) {
    refuse_purchase(money, out);
  } else if (money.value_is == Stated::invalid) {
    out.warnings.push_back({"value", Reason::value_left_out});
  } else if (money.value_is == Stated::given && money.currency_is != Stated::given) {
    out.warnings.push_back({"currency", Reason::currency_left_out});
    money.value.clear();
  }
  return money;
}

}  // namespace pruuv::platforms::meta
