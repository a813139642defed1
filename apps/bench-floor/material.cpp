#include "material.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "delivery/preview.hpp"
#include "http/client.hpp"
#include "platforms/platform.hpp"
#include "store/connections.hpp"
#include "store/events.hpp"
#include "store/schema.hpp"

namespace pruuv::bench_floor {
namespace {

std::int64_t now_s() {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  return duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

delivery::Endpoints endpoints_at(const std::string& url) {
  delivery::Endpoints endpoints;
  for (const platforms::Platform& adapter : platforms::registry()) {
    platforms::Endpoint endpoint = adapter.default_endpoint;
    endpoint.base_url = url;
    if (!endpoint.token_url.empty()) endpoint.token_url = url + "/token";
    endpoints.emplace(adapter.name, std::move(endpoint));
  }
  return endpoints;
}

Result<delivery::Roster> load_roster(store::Database& database, const std::string& url) {
  PRUUV_TRY_ASSIGN(std::vector<Connection> connections, store::load_connections(database));
  for (Connection& connection : connections) {
    PRUUV_TRY_ASSIGN(const platforms::Platform* const adapter,
                     platforms::pick_adapter(connection.platform, connection.api));
    connection.adapter = adapter->name;
  }
  return delivery::Roster::make(std::move(connections), endpoints_at(url));
}

Result<Secret> read_secret(const std::string& reference) {
  constexpr std::string_view scheme = "file:";
  std::ifstream file(reference.substr(std::min(scheme.size(), reference.size())));
  if (!reference.starts_with(scheme) || !file)
    return fail(ErrorKind::config, "read " + reference + ": no file:PATH that can be opened");
  std::ostringstream content;
  content << file.rdbuf();
  return Secret(std::string(trim(content.str())));
}

Result<platforms::Credential> credential_of(const resolve::Target& target, http::Client& client) {
  PRUUV_TRY_ASSIGN(const Secret text, read_secret(target.connection->credential));
  PRUUV_TRY_ASSIGN(platforms::Credential credential, target.adapter->parse_credential(text));
  if (target.adapter->token_request == nullptr) return credential;
  const platforms::TokenAnswer answer = target.adapter->parse_token(
      http::perform(client, target.adapter->token_request(credential, *target.endpoint, now_s())));
  if (answer.failed) return fail(ErrorKind::config, "exchange a credential: it was refused");
  credential.access_token = answer.token.token;
  return credential;
}

Result<void> add_requests(const delivery::Selected& selected, http::Client& client,
                          Material& material) {
  const resolve::Target& target = selected.target;
  PRUUV_TRY_ASSIGN(const platforms::Credential credential, credential_of(target, client));
  for (const delivery::Batch& batch : delivery::batches_of(selected, {})) {
    std::vector<const Conversion*> conversions;
    conversions.reserve(batch.size());
    for (const delivery::Item& item : batch) conversions.push_back(&item.conversion);
    material.requests.push_back(target.adapter->build(conversions, *target.connection,
                                                      *target.endpoint, credential,
                                                      platforms::Purpose::deliver));
    material.events += batch.size();
  }
  return {};
}

Result<void> add_personal(store::Database& database, const delivery::Roster& roster,
                          Material& material) {
  constexpr std::size_t page = 1000;
  std::int64_t after = 0;
  for (;;) {
    PRUUV_TRY_ASSIGN(const auto events, store::load_events_after(database, after, page));
    if (events.empty()) return {};
    after = events.back().seq;
    for (const FunnelEvent& event : events) {
      if (!event.email.empty()) material.personal.push_back(event.email);
      if (event.phone.empty()) continue;
      material.personal.push_back(event.phone);
      const auto& targets = roster.of_client(event.client_id);
      if (event.phone.starts_with('+') || targets.empty()) continue;
      material.national.push_back({event.phone, targets.front().connection->default_country});
    }
  }
}

}  // namespace

Result<Material> prepare(const Place& place) {
  PRUUV_TRY_ASSIGN(const auto database, store::open_store(place.store, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(*database, place.url));
  http::CurlOptions curl;
  curl.ca_file = place.ca_file;
  PRUUV_TRY_ASSIGN(const auto client, http::make_curl_client(curl));
  PRUUV_TRY_ASSIGN(const delivery::Selection selection,
                   delivery::select(*database, roster, {}, now_s()));
  Material material;
  for (const auto& [id, selected] : selection.by_connection)
    PRUUV_TRY(add_requests(selected, *client, material));
  PRUUV_TRY(add_personal(*database, roster, material));
  return material;
}

}  // namespace pruuv::bench_floor
