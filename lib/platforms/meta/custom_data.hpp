#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "platforms/details.hpp"
#include "platforms/money.hpp"
#include "platforms/personal_data.hpp"

namespace pruuv::platforms::meta {

// custom_data as it will be written; empty = left out. Keys are Meta's, of the page custom-data;
// texts that hold personal data in the clear are left out.
struct CustomData {
  Money money;
  std::string order_id;
  std::vector<std::string> content_ids;
  std::vector<ContentItem> contents;
  std::string content_type;  // product | product_group
  std::string content_name;
  std::string content_category;
  std::optional<std::int64_t> num_items;  // of an InitiateCheckout
  std::string search_string;              // of a Search
  std::string status;                     // of a CompleteRegistration
  std::string predicted_ltv;              // amounts in the currency of `money`
  std::string net_revenue;
  std::string delivery_category;  // in_store | curbside | home_delivery
  std::string item_number;        // tells apart the offline events of one order
  // A stage of a lead of Meta's own forms, told by a CRM (page
  // conversion-leads-integration/payload-specification).
  bool is_crm_lead = false;
  std::string lead_event_source;  // the CRM's name
};

// `money` is what read_value made of the event; `event_name` is Meta's.
[[nodiscard]] CustomData read_custom_data(const FunnelEvent& event, std::string_view event_name,
                                          Money money, const Details& details, const Person& person,
                                          std::vector<Warning>& warnings);

// `lead_event_source` of the details: the name of the CRM.
[[nodiscard]] std::string read_crm_name(const Details& details, const Person& person,
                                        std::vector<Warning>& warnings);

// Nothing where there is nothing to say.
void write_custom_data(json::Writer& out, const CustomData& data);

}  // namespace pruuv::platforms::meta
