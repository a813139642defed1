#include "identity/phone_library.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

const PhoneNumberUtil& library() {
  static const PhoneNumberUtil* const quiet = [] {
    // Said outright: which logger a build of the library begins with is not promised.
    PhoneNumberUtil* made = PhoneNumberUtil::GetInstance();
    made->SetLogger(new i18n::phonenumbers::NullLogger);  // the library owns it
    return made;
  }();
  return *quiet;
}

bool has_plus(const std::string& text) {
  constexpr const char* full_width_plus = "\uFF0B";
  return text.find('+') != std::string::npos || text.find(full_width_plus) != std::string::npos;
}

}  // namespace

bool is_phone_region(const std::string& region) {
  return library().GetCountryCodeForRegion(region) != 0;
}

std::string main_region_of(int calling_code) {
  std::string region;
  library().GetRegionCodeForCountryCode(calling_code, &region);
  return region;
}

Phone parse_with_library(const std::string& text, const std::string& region) {
  const std::string unknown_region = "ZZ";
  PhoneNumber number;
  const auto error = library().Parse(text, region.empty() ? unknown_region : region, &number);
  if (error == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR && region.empty() && !has_plus(text)) {
    return {"", "", Reason::phone_without_country};
  }
  if (error != PhoneNumberUtil::NO_PARSING_ERROR || !library().IsPossibleNumber(number)) {
    return {"", "", Reason::phone_invalid};
  }
  Phone phone;
  library().Format(number, PhoneNumberUtil::E164, &phone.e164);
  return phone;
}

}  // namespace pruuv::identity
