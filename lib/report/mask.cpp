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
constexpr std::array<std::string_view, 40> harmless_keys = {
    "event_name",        "event",           "event_id",           "event_time",       "action_source",
    "event_source",      "event_source_id", "currency",           "currencyCode",     "value",
    "conversionValue",   "partner_agent",   "test_event_code",    "data_processing_options",
    "conversionAction",  "conversionDateTime", "orderId",         "transactionId",    "eventTimestamp",
    "eventSource",       "destinationReferences", "reference",    "accountType",      "accountId",
    "productDestinationId", "encoding",     "adUserData",         "adPersonalization", "partialFailure",
    "userIdentifierSource", "conversionEnvironment", "validateOnly", "limited_data_use", "content_type",
    "num_items",         "data_processing_options_country", "data_processing_options_state",
    "jobId",             "content_category", "delivery_category"};

bool is_harmless(std::string_view key) {
  return std::find(harmless_keys.begin(), harmless_keys.end(), key) != harmless_keys.end();
}

std::string mask_url(std::string_view url) {
  const std::size_t query = url.find('?');
  std::string out(url.substr(0, query));
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

void write_masked(json::Writer& out, const json::Value& value, bool harmless) {
  if (value.is_object()) {
    out.begin_object();
    for (const auto& [key, member] : value.members()) {
      out.key(key);
      write_masked(out, member, is_harmless(key));
    }
    out.end_object();
  } else if (value.is_array()) {
    out.begin_array();
    for (const json::Value& item : value.items()) write_masked(out, item, harmless);
    out.end_array();
  } else if (const auto text = value.text()) {
    out.text(harmless ? printable(*text) : mask_value(*text));
  } else {
    out.raw(value.dump());
  }
}

}  // namespace

std::string mask_value(std::string_view value) {
  if (value.empty()) return {};
  if (is_sha256_hex(value)) return std::string(value.substr(0, 8)) + "...";
  if (value.find("://") != std::string_view::npos) return printable(mask_url(value));
  if (value.find('@') != std::string_view::npos) return printable(cut(value, 1)) + "***@***";
  constexpr std::size_t long_text = 16;
  const std::size_t shown = value.size() >= long_text ? 6 : 1;
  std::string start = printable(cut(value, shown));
  if (start.size() >= 3 && start.compare(start.size() - 3, 3, "...") == 0) start.erase(start.size() - 3);
  return fmt::format("{}*** ({} characters)", start, value.size());
}

std::string mask_json(std::string_view compact_json) {
  const auto document = json::parse(compact_json);
  if (!document) return "***";
  json::Writer masked;
  write_masked(masked, document->root(), false);
  return json::pretty(masked.view());
}

std::string render_request(const HttpRequest& request) {
  std::string out = fmt::format("{} {}\n", request.method, printable(request.url));
  for (const HttpHeader& header : request.headers) {
    const auto* plain = std::get_if<std::string>(&header.value);
    out += fmt::format("{}: {}\n", header.name, plain == nullptr ? "***" : printable(*plain));
  }
  return out + "\n" + mask_json(request.body) + "\n";
}

}  // namespace pruuv::report
