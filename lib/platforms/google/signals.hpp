#pragma once

#include <array>

#include "platforms/platform.hpp"

namespace pruuv::platforms::google {

// What an event of Data Manager and a ClickConversion can be matched by.
inline constexpr std::array data_manager_signals = {
    SignalSpec{"click id (gclid, gbraid or wbraid)",
               "adIdentifiers.gclid|adIdentifiers.gbraid|adIdentifiers.wbraid",
               "gclid, gbraid or wbraid"},
    SignalSpec{"e-mail", "userData.userIdentifiers[].emailAddress", "email"},
    SignalSpec{"phone", "userData.userIdentifiers[].phoneNumber", "phone"},
    SignalSpec{"name and postal address", "userData.userIdentifiers[].address",
               "first_name, last_name, country and zip"},
    SignalSpec{"session attributes", "adIdentifiers.sessionAttributes", "extra.session_attributes"},
    SignalSpec{"consent", "consent.adUserData", "consent_ad_user_data"},
};

inline constexpr std::array google_ads_signals = {
    SignalSpec{"click id (gclid, gbraid or wbraid)", "gclid|gbraid|wbraid",
               "gclid, gbraid or wbraid"},
    SignalSpec{"e-mail", "userIdentifiers[].hashedEmail", "email"},
    SignalSpec{"phone", "userIdentifiers[].hashedPhoneNumber", "phone"},
    SignalSpec{"consent", "consent.adUserData", "consent_ad_user_data"},
};

}  // namespace pruuv::platforms::google
