#pragma once

#include <array>

#include "platforms/platform.hpp"

namespace pruuv::platforms::meta {

// Keys of user_data in the order Meta ranks them for Event Match Quality, as far as its page
// best-practices does.
inline constexpr std::array signals = {
    SignalSpec{"click id (fbc)", "user_data.fbc", "fbc, or fbclid with click_timestamp"},
    SignalSpec{"e-mail", "user_data.em", "email"},
    SignalSpec{"phone", "user_data.ph", "phone"},
    SignalSpec{"IP address and user agent",
               "user_data.client_ip_address+user_data.client_user_agent", "ip and user_agent"},
    SignalSpec{"browser id (fbp)", "user_data.fbp", "fbp"},
    SignalSpec{"external id", "user_data.external_id", "external_id"},
    SignalSpec{"lead id", "user_data.lead_id", "extra.lead_id"},
    SignalSpec{"first and last name", "user_data.fn+user_data.ln", "first_name and last_name"},
    SignalSpec{"date of birth", "user_data.db", "extra.date_of_birth"},
    SignalSpec{"gender", "user_data.ge", "extra.gender"},
    SignalSpec{"city", "user_data.ct", "city"},
    SignalSpec{"state", "user_data.st", "state"},
    SignalSpec{"postal code", "user_data.zp", "zip"},
    SignalSpec{"country", "user_data.country", "country"},
};

}  // namespace pruuv::platforms::meta
