#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "identity/characters.hpp"
#include "identity/digest.hpp"
#include "identity/identity.hpp"
#include "identity/letter_case.hpp"

namespace pruuv::identity {
namespace {

using NameAndCode = std::pair<std::string_view, std::string_view>;

// United States and Canada, spelt as normalize_city leaves them.
constexpr std::array<NameAndCode, 66> states = {{
    {"alabama", "al"},
    {"alaska", "ak"},
    {"arizona", "az"},
    {"arkansas", "ar"},
    {"california", "ca"},
    {"colorado", "co"},
    {"connecticut", "ct"},
    {"delaware", "de"},
    {"districtofcolumbia", "dc"},
    {"florida", "fl"},
    {"georgia", "ga"},
    {"hawaii", "hi"},
    {"idaho", "id"},
    {"illinois", "il"},
    {"indiana", "in"},
    {"iowa", "ia"},
    {"kansas", "ks"},
    {"kentucky", "ky"},
    {"louisiana", "la"},
    {"maine", "me"},
    {"maryland", "md"},
    {"massachusetts", "ma"},
    {"michigan", "mi"},
    {"minnesota", "mn"},
    {"mississippi", "ms"},
    {"missouri", "mo"},
    {"montana", "mt"},
    {"nebraska", "ne"},
    {"nevada", "nv"},
    {"newhampshire", "nh"},
    {"newjersey", "nj"},
    {"newmexico", "nm"},
    {"newyork", "ny"},
    {"northcarolina", "nc"},
    {"northdakota", "nd"},
    {"ohio", "oh"},
    {"oklahoma", "ok"},
    {"oregon", "or"},
    {"pennsylvania", "pa"},
    {"rhodeisland", "ri"},
    {"southcarolina", "sc"},
    {"southdakota", "sd"},
    {"tennessee", "tn"},
    {"texas", "tx"},
    {"utah", "ut"},
    {"vermont", "vt"},
    {"virginia", "va"},
    {"washington", "wa"},
    {"westvirginia", "wv"},
    {"wisconsin", "wi"},
    {"wyoming", "wy"},
    {"alberta", "ab"},
    {"britishcolumbia", "bc"},
    {"manitoba", "mb"},
    {"newbrunswick", "nb"},
    {"newfoundland", "nl"},
    {"newfoundlandandlabrador", "nl"},
    {"northwestterritories", "nt"},
    {"novascotia", "ns"},
    {"nunavut", "nu"},
    {"ontario", "on"},
    {"princeedwardisland", "pe"},
    {"quebec", "qc"},
    {"québec", "qc"},
    {"saskatchewan", "sk"},
    {"yukon", "yt"},
}};

// ISO 3166-1 alpha-2, the 249 codes officially assigned.
constexpr std::string_view country_codes =
    "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br "
    "bs "
    "bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec "
    "ee "
    "eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk "
    "hm "
    "hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb "
    "lc "
    "li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz "
    "na "
    "nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru "
    "rw "
    "sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn "
    "to "
    "tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";
static_assert(country_codes.size() == 249 * 3 - 1);

constexpr std::array<NameAndCode, 5> country_names = {{
    {"usa", "us"},
    {"united states", "us"},
    {"united states of america", "us"},
    {"uk", "gb"},
    {"united kingdom", "gb"},
}};

template <std::size_t N>
std::optional<std::string> find_code(const std::array<NameAndCode, N>& table,
                                     std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const NameAndCode& entry) { return entry.first == name; });
  if (found == table.end()) return std::nullopt;
  return std::string(found->second);
}

}  // namespace

std::optional<std::string> normalize_city(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(trim(raw));
  if (!lower) return std::nullopt;
  std::string city = without_white_space(without_ascii_punctuation(*lower));
  city.erase(std::remove_if(city.begin(), city.end(), is_ascii_digit), city.end());
  if (city.empty()) return std::nullopt;
  return city;
}

std::optional<std::string> normalize_state(std::string_view raw) {
  auto state = normalize_city(raw);
  if (!state) return std::nullopt;
  if (auto code = find_code(states, *state)) return code;
  return state;
}

std::optional<std::string> normalize_zip(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(raw);
  if (!lower) return std::nullopt;
  const std::string joined = without_white_space(*lower);
  const std::string zip = joined.substr(0, joined.find('-'));
  if (zip.size() < 2) return std::nullopt;
  return zip;
}

std::optional<std::string> normalize_zip_tiktok(std::string_view raw) {
  if (auto digest = read_digest(raw)) return digest;
  const auto lower = lower_case(raw);
  if (!lower) return std::nullopt;
  const std::string joined = without_white_space(*lower);
  constexpr std::size_t us_digits = 5, us_more_digits = 4;
  const bool is_us_with_more = joined.size() == us_digits + 1 + us_more_digits &&
                               joined[us_digits] == '-' &&
                               is_all_digits(std::string_view(joined).substr(0, us_digits)) &&
                               is_all_digits(std::string_view(joined).substr(us_digits + 1));
  std::string zip = is_us_with_more ? joined.substr(0, us_digits) : joined;
  std::erase(zip, '-');
  if (zip.size() < 2) return std::nullopt;
  return zip;
}

std::optional<std::string> normalize_postal_code_google(std::string_view raw) {
  const std::string_view code = trim(raw);
  if (code.empty() || !is_valid_utf8(code) || read_digest(code)) return std::nullopt;
  return ascii_upper(code);
}

std::optional<std::string> normalize_country(std::string_view raw) {
  const std::string country = ascii_lower(trim(raw));
  if (auto code = find_code(country_names, country)) return code;
  if (country.size() != 2 || country_codes.find(country) == std::string_view::npos)
    return std::nullopt;
  return country;
}

}  // namespace pruuv::identity
