#pragma once

#include <array>
#include <string_view>

#include "platforms/event_name.hpp"

// TikTok's event names. They are case-sensitive.
namespace pruuv::platforms::tiktok {

// Page ads.tiktok.com/help/article/supported-standard-events, then those it still takes:
// ClickButton and PlaceAnOrder until the end of 2027, Pageview as its own tags spell it.
inline constexpr std::array<std::string_view, 21> standard_events = {
    "AddPaymentInfo",
    "AddToCart",
    "AddToWishlist",
    "ApplicationApproval",
    "CompleteRegistration",
    "Contact",
    "CustomizeProduct",
    "Download",
    "FindLocation",
    "InitiateCheckout",
    "Lead",
    "Purchase",
    "Schedule",
    "Search",
    "StartTrial",
    "SubmitApplication",
    "Subscribe",
    "ViewContent",
    "ClickButton",
    "PlaceAnOrder",
    "Pageview",
};

// Names TikTok reserves and turns into a standard event without a word; sent under that event's own
// name, so that the dedup key we keep is the one TikTok uses. Page ads.tiktok.com/help/article/
// reserved-events; CompletePayment, SubmitForm and Registration are common words.
inline constexpr std::array<EventWord, 3> event_words = {{
    {"checkout", "PlaceAnOrder"},
    {"consult", "Contact"},
    {"pageviewed", "Pageview"},
}};

}  // namespace pruuv::platforms::tiktok
