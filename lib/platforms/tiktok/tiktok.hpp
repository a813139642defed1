#pragma once

#include "platforms/platform.hpp"

// TikTok Events API 2.0, POST business-api.tiktok.com/open_api/v1.3/event/track/ (the slash at the
// end is required). Page: business-api.tiktok.com/portal/docs?id=1771101303285761
namespace pruuv::platforms::tiktok {

extern const Platform events_api;

}  // namespace pruuv::platforms::tiktok
