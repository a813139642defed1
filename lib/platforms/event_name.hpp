#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/connection.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms {

// A word of funnels and the platform's standard event it stands for.
struct EventWord {
  std::string_view word;  // as squashed_event_name() gives it
  std::string_view standard;
};

// Longest name sent, in characters. No platform publishes a limit; names are chosen by people, so a
// longer one is a mix-up.
inline constexpr std::size_t event_name_max = 50;

// The words every platform with event names reads alike, whatever their case and whatever stands
// between their parts ("Form-Submit", "form_submit"); a platform without that standard event sends
// the word as a custom event:
//   Lead                  lead, new_lead, lead_submitted, form_submit, form_submitted,
//                         form_submission, submit_form, lead_form_submit, generate_lead
//   Contact               contact, contacted, contact_us, call, phone_call
//   CompleteRegistration  signup, sign_up, signed_up, register, registered, registration,
//                         registration_completed, create_account, account_created
//   Purchase              purchase, purchased, purchase_completed, order, order_completed, sale,
//                         payment, payment_completed, complete_payment, checkout_completed
//   Schedule              booking, booked, booking_completed, appointment, appointment_booked,
//                         book_appointment, scheduled, reservation
//   StartTrial            trial, trial_started, free_trial
//   Subscribe             subscribed, subscription, subscription_started
//   SubmitApplication     application, application_submitted
//   ApplicationApproval   application_approved
//   AddToCart             added_to_cart
//   AddToWishlist         added_to_wishlist
//   InitiateCheckout      begin_checkout, start_checkout, checkout_started, checkout_initiated
//   AddPaymentInfo        added_payment_info, payment_info_submitted
//   ViewContent           view_item, view_product, product_view, product_viewed, content_view
//   Search                searched, search_submitted, view_search_results
//   Download              downloaded, file_download
//   PageView              page_viewed
//   Donate                donation, donated
// and every standard name itself. Not among them, because they may mean something else: qualified_
// lead and other stages of a lead, checkout (begun or done?), order_placed (paid or not?),
// contact_form, newsletter_signup, demo_requested, refund. A connection's event_names can map them.
[[nodiscard]] std::span<const EventWord> common_event_words();

// Lower case (ASCII), without spaces, hyphens and underscores.
[[nodiscard]] std::string squashed_event_name(std::string_view name);

// The event's name on the platform: the connection's event_names by the exact funnel name, as it is
// written there; else, compared squashed, one of the platform's own `words`, a standard name or a
// common word, spelled as the platform spells it; else as it stands, as a custom event. Trimmed.
// Nothing if that is empty, no UTF-8, names the person
// (personal_data.hpp), or is longer than event_name_max.
[[nodiscard]] std::optional<std::string> platform_event_name(
    const std::string& funnel_name, const Person& person, const Connection& connection,
    std::span<const EventWord> words, std::span<const std::string_view> standard);

}  // namespace pruuv::platforms
