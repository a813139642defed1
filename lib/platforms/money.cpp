#include "platforms/money.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

// ISO 4217, active codes of 2026, and ANG, BGN and HRK that were in use until lately.
constexpr std::string_view currencies =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD "
    "CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP "
    "GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW "
    "KRW KWD "
    "KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD "
    "NGN NIO "
    "NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND "
    "VUV WST "
    "XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

}  // namespace

std::optional<std::string> normalize_amount(std::string_view raw) {
  const std::string_view text = trim(raw);
  const auto point = text.find('.');
  std::string_view whole = text.substr(0, point);
  if (!is_all_digits(whole) || whole.size() > 12) return std::nullopt;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
  if (point == std::string_view::npos) return std::string(whole);
  const std::string_view fraction = text.substr(point + 1);
  if (!is_all_digits(fraction) || fraction.size() > 6) return std::nullopt;
  return std::string(whole) + "." + std::string(fraction);
}

std::optional<std::string> normalize_currency(std::string_view raw) {
  const std::string code = ascii_upper(trim(raw));
  if (code.size() != 3 || !std::ranges::all_of(code, is_ascii_alpha)) return std::nullopt;
  if (currencies.find(code + " ") == std::string_view::npos) return std::nullopt;
  return code;
}

Money read_money(const FunnelEvent& event, const Connection& connection) {
  Money money;
  if (!trim(event.value).empty()) {
    const auto amount = normalize_amount(event.value);
    money.value_is = amount ? Stated::given : Stated::invalid;
    money.value = amount.value_or("");
  }
  const std::string_view stated =
      trim(event.currency).empty() ? trim(connection.currency) : trim(event.currency);
  if (!stated.empty()) {
    const auto currency = normalize_currency(stated);
    money.currency_is = currency ? Stated::given : Stated::invalid;
    money.currency = currency.value_or("");
  }
  return money;
}

}  // namespace pruuv::platforms
