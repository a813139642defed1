#pragma once

#include <array>

#include "platforms/platform.hpp"

namespace pruuv::platforms::tiktok {

// Keys of `user`; the first seven are those TikTok recommends for web events, page Parameters.
inline constexpr std::array signals = {
    SignalSpec{"click id (ttclid)", "user.ttclid", "ttclid"},
    SignalSpec{"e-mail", "user.email", "email"},
    SignalSpec{"phone", "user.phone", "phone"},
    SignalSpec{"external id", "user.external_id", "external_id"},
    SignalSpec{"browser id (ttp)", "user.ttp", "ttp"},
    SignalSpec{"IP address and user agent", "user.ip+user.user_agent", "ip and user_agent"},
    SignalSpec{"first and last name", "user.first_name+user.last_name", "first_name and last_name"},
    SignalSpec{"postal code", "user.zip_code", "zip"},
    SignalSpec{"city", "user.city", "city"},
    SignalSpec{"country", "user.country", "country"},
};

}  // namespace pruuv::platforms::tiktok
