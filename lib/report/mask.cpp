#include "report/mask.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::report {
namespace {

// Keys of the platforms' bodies whose values say nothing about a person.
constexpr std::array<std::string_view, 63> harmless_keys = {
    "event_name",
    "event",
    "event_id",
    "event_time",
    "action_source",
    "event_source",
    "event_source_id",
    "currency",
    "currencyCode",
    "value",
    "conversionValue",
    "partner_agent",
    "test_event_code",
    "data_processing_options",
    "conversionAction",
    "conversionDateTime",
    "orderId",
    "transactionId",
    "eventTimestamp",
    "eventSource",
    "destinationReferences",
    "reference",
    "accountType",
    "accountId",
    "productDestinationId",
    "encoding",
    "adUserData",
    "adPersonalization",
    "partialFailure",
    "userIdentifierSource",
    "conversionEnvironment",
    "validateOnly",
    "limited_data_use",
    "content_type",
    "num_items",
    "data_processing_options_country",
    "data_processing_options_state",
    "jobId",
    "content_category",
    "delivery_category",
    "customerType",
    "customer_type",
    "opt_out",
    "quantity",
    "item_price",
    "unitPrice",
    "price",
    "predicted_ltv",
    "net_revenue",
    "content_id",
    "content_ids",
    "content_name",
    "brand",
    "productId",
    "merchantProductId",
    "merchantId",
    "merchantFeedLabel",
    "merchantFeedLanguageCode",
    "feedCountryCode",
    "feedLanguageCode",
    "lead_event_source",
    "locale",
    "status",
};

bool is_harmless(std::string_view key) {
  return std::find(harmless_keys.begin(), harmless_keys.end(), key) != harmless_keys.end();
}

std::string mask_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t query = url.find('?');
  std::string out(url.substr(0, query));
  // A path with an address in it is somebody's, and so is what stands before a host.
  if (out.find('@') != std::string::npos || out.find("%40") != std::string::npos)
    return out.substr(0, out.find("://") + 3) + "***";
  if (query == std::string_view::npos) return out;
  char separator = '?';
  for (const std::string_view parameter : split(url.substr(query + 1), '&')) {
    const std::size_t equals = parameter.find('=');
    out += separator;
    out += parameter.substr(0, equals);
    if (equals != std::string_view::npos) out += "=***";
    separator = '&';
  }
  return out;
}

// The first characters, whole ones.
std::string_view start_of(std::string_view text, std::size_t characters) {
  std::string_view rest = text;
  while (characters-- > 0 && !rest.empty()) static_cast<void>(take_code_point(rest));
  return text.substr(0, text.size() - rest.size());
}

}  // namespace

std::string mask_value(std::string_view value) {
  if (value.empty()) return {};
  if (is_sha256_hex(value)) return std::string(value.substr(0, 8)) + "...";
  if (value.find("://") != std::string_view::npos) return printable(mask_url(value));
  if (value.find('@') != std::string_view::npos) return printable(start_of(value, 1)) + "***@***";
  constexpr std::size_t long_text = 16;
  const std::string_view start = start_of(value, value.size() >= long_text ? 4 : 1);
  return fmt::format("{}*** ({} characters)", printable(start), value.size());
}

std::string mask_json(std::string_view compact_json) {
  return json::pretty(compact_json, [](std::string_view key, std::string_view text) {
    return is_harmless(key) ? printable(text) : mask_value(text);
  });
}

std::string render_request(const HttpRequest& request) {
  std::string out = fmt::format("{} {}\n", request.method, printable(request.url));
  for (const HttpHeader& header : request.headers) {
    const auto* plain = std::get_if<std::string>(&header.value);
    out += fmt::format("{}: {}\n", header.name, plain == nullptr ? "***" : printable(*plain));
  }
  if (!request.secret_body.empty()) out += "(the access token travels in the body, not shown)\n";
  return out + "\n" + mask_json(request.body) + "\n";
}

}  // namespace pruuv::report
