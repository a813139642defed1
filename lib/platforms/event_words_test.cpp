// The words of funnels on every platform that has event names.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "platforms/event_name.hpp"
#include "platforms/platform.hpp"
#include "platforms/testing/golden.hpp"

namespace pruuv::platforms {
namespace {

// The name an adapter sends; "" where it refuses.
std::string sent_name(const Platform& adapter, const std::string& event_name,
                      const std::map<std::string, std::string>& mapped = {}) {
  FunnelEvent event;
  event.id = "3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c";
  event.event_name = event_name;
  event.event_time = 1795400000;
  event.value = "1";
  event.currency = "EUR";
  event.page_url = "https://shop.example/";
  event.user_agent = "Mozilla/5.0";
  event.fbclid = "IwAR2F4";
  event.ttclid = "E.C.P.abc";
  Connection connection;
  connection.platform = adapter.platform;
  connection.destination = "1234567890";
  connection.event_names = mapped;
  const Encoding out = adapter.encode(event, Phone{}, connection);
  if (!out.refusals.empty()) return {};
  const auto object = json::parse(out.conversion.object);
  REQUIRE(object.has_value());
  const json::Value root = object->root();
  const json::Value name = root["event"].exists() ? root["event"] : root["event_name"];
  return std::string(name.text().value_or(""));
}

const Platform& meta() { return *find_adapter("meta"); }
const Platform& tiktok() { return *find_adapter("tiktok"); }

struct Row {
  std::string word;
  std::string meta;
  std::string tiktok;
};

TEST_CASE("funnel words on Meta and TikTok") {
  const std::vector<Row> rows = {
      {"lead", "Lead", "Lead"},
      {"LEAD", "Lead", "Lead"},
      {"form_submit", "Lead", "Lead"},
      {"FormSubmit", "Lead", "Lead"},
      {"generate_lead", "Lead", "Lead"},
      {"Contact", "Contact", "Contact"},
      {"phone call", "Contact", "Contact"},
      {"sign_up", "CompleteRegistration", "CompleteRegistration"},
      {"Registration", "CompleteRegistration", "CompleteRegistration"},
      {"complete-registration", "CompleteRegistration", "CompleteRegistration"},
      {"purchase", "Purchase", "Purchase"},
      {"Order", "Purchase", "Purchase"},
      {"checkout_completed", "Purchase", "Purchase"},
      {"CompletePayment", "Purchase", "Purchase"},
      {"booking", "Schedule", "Schedule"},
      {"appointment", "Schedule", "Schedule"},
      {"start_trial", "StartTrial", "StartTrial"},
      {"trial", "StartTrial", "StartTrial"},
      {"subscribe", "Subscribe", "Subscribe"},
      {"submit_application", "SubmitApplication", "SubmitApplication"},
      {"add_to_cart", "AddToCart", "AddToCart"},
      {"begin_checkout", "InitiateCheckout", "InitiateCheckout"},
      {"initiate_checkout", "InitiateCheckout", "InitiateCheckout"},
      {"add_payment_info", "AddPaymentInfo", "AddPaymentInfo"},
      {"view_item", "ViewContent", "ViewContent"},
      {"view_content", "ViewContent", "ViewContent"},
      {"search", "Search", "Search"},
      {"add_to_wishlist", "AddToWishlist", "AddToWishlist"},
      {"find location", "FindLocation", "FindLocation"},
      // One platform has the event, the other sends the word.
      {"file_download", "file_download", "Download"},
      {"application_approved", "application_approved", "ApplicationApproval"},
      {"donation", "Donate", "donation"},
      {"page_view", "PageView", "Pageview"},
      // TikTok's own reserved names.
      {"Checkout", "Checkout", "PlaceAnOrder"},
      {"place_an_order", "place_an_order", "PlaceAnOrder"},
      {"Consult", "Consult", "Contact"},
      {"click_button", "click_button", "ClickButton"},
      {"SubmitForm", "Lead", "Lead"},
      // No clear synonyms.
      {"qualified_lead", "qualified_lead", "qualified_lead"},
      {"Lead Lost", "Lead Lost", "Lead Lost"},
      {"order_placed", "order_placed", "order_placed"},
      {"newsletter_signup", "newsletter_signup", "newsletter_signup"},
      {"demo_requested", "demo_requested", "demo_requested"},
      {"Refund", "Refund", "Refund"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.word);
    CHECK(sent_name(meta(), row.word) == row.meta);
    CHECK(sent_name(tiktok(), row.word) == row.tiktok);
  }
}

TEST_CASE("a connection's own mapping wins over the words, also with names TikTok has given up") {
  CHECK(sent_name(meta(), "lead", {{"lead", "Hot Lead"}}) == "Hot Lead");
  CHECK(sent_name(tiktok(), "lead", {{"lead", "SubmitForm"}}) == "SubmitForm");
  CHECK(sent_name(tiktok(), "order_placed", {{"order_placed", "CompletePayment"}}) ==
        "CompletePayment");
}

TEST_CASE("the table is squashed, has no word twice, and only names a platform has") {
  std::set<std::string_view> words;
  for (const EventWord& one : common_event_words()) {
    CAPTURE(one.word);
    CHECK(squashed_event_name(one.word) == one.word);
    CHECK(words.insert(one.word).second);
    const std::string word(one.word);
    CHECK((sent_name(meta(), word) == one.standard || sent_name(tiktok(), word) == one.standard));
  }
}

// A Google connection is told its conversion action by the funnel's own word.
TEST_CASE("Google looks up the funnel name as it is written") {
  for (const std::string_view name : {"google_ads", "data_manager"}) {
    const Platform& adapter = *find_adapter(name);
    FunnelEvent event;
    event.id = "3f2a9c1e-7b4d-4e8a-9c55-0d6e1f2a3b4c";
    event.event_time = 1795400000;
    event.gclid = "Cj0KCQiA-test";
    Connection connection;
    connection.destination = "1234567890";
    connection.conversion_actions["form_submit"] = "987654321";
    event.event_name = "form_submit";
    CHECK(adapter.encode(event, Phone{}, connection).refusals.empty());
    event.event_name = "Form-Submit";
    CHECK(adapter.encode(event, Phone{}, connection).refusals ==
          std::vector<Reason>{Reason::no_conversion_action});
  }
}

}  // namespace
}  // namespace pruuv::platforms
