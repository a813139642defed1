#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "model/connection.hpp"
#include "model/conversion.hpp"
#include "model/event.hpp"
#include "model/http_message.hpp"
#include "model/phone.hpp"
#include "model/verdict.hpp"

// What the program knows of an ad platform: limits, and functions that are all pure. An adapter
// sees no socket, no SQL, no clock, no environment. Adapters are listed by hand in registry.cpp;
// README.md says how to add one.
namespace pruuv::platforms {

struct Limits {
  std::size_t events_max = 0;           // per request, the vendor's
  std::size_t body_bytes_max = 0;       // per request, ours where the vendor names none
  std::int64_t dedup_window_s = 0;      // how long a second copy is dropped; 0 = for ever
  std::size_t requests_per_minute = 0;  // 0 = not worth counting
  // The vendor documents that the second of two equal server events is dropped inside the window.
  bool drops_second_copy = false;
};

// What the operator may set per adapter.
struct Endpoint {
  std::string base_url;              // "https://graph.facebook.com": no slash at the end
  std::string version;               // "v26.0"; empty where the path has none to choose
  std::string token_url;             // whole token endpoint; empty where no token is exchanged
  std::int64_t min_click_age_s = 0;  // Google only: younger clicks wait
};

// A credential of one connection, parsed. Which parts are set depends on the platform.
struct Credential {
  Secret access_token;
  Secret app_secret;  // Meta, optional
  Secret client_id;   // Google: these three are exchanged for an access token
  Secret client_secret;
  Secret refresh_token;
};

struct AccessToken {
  Secret token;
  std::int64_t expires_in_s = 0;
};

// A token endpoint's answer when it is no token.
struct TokenFailure {
  Verdict verdict;  // scope credential (refused) or platform (down), or connection (wrong scope of
                    // consent)
};

struct TokenAnswer {
  AccessToken token;  // set unless `failed`
  bool failed = false;
  TokenFailure failure;
};

struct Platform {
  std::string_view name;      // "google_ads": the adapter's own name, also its folder or file
  std::string_view platform;  // "google": what users write and the audit log shows
  std::string_view api;  // value of a connection's `api` that picks this adapter; "" = only one
  bool is_default_api = true;        // picked when a connection names no api
  std::string_view destination_key;  // how the destination is called in a connection: "pixel_id"
  Limits limits;
  Endpoint default_endpoint;
  std::string_view second_copy_words;  // what a replay does there, for the person about to do it

  // Whether a lead with these click ids came from this platform.
  bool (*claims)(const FunnelEvent& event) = nullptr;

  // Puts a connection's ids into the platform's spelling and refuses those that cannot be right.
  Result<void> (*check_connection)(Connection& connection) = nullptr;

  // Reads the secret's text: a bare token or a JSON object. Errors never quote it.
  Result<Credential> (*parse_credential)(const Secret& text) = nullptr;

  Timing (*timing)(const FunnelEvent& event, const Connection& connection, const Endpoint& endpoint,
                   std::int64_t now_s) = nullptr;

  // The event as this platform takes it, with every reason against it. A pure function of its
  // arguments and the adapter's version: the same row gives the same bytes tomorrow.
  Encoding (*encode)(const FunnelEvent& event, const Phone& phone,
                     const Connection& connection) = nullptr;

  // One request for conversions of one connection that share a batch key, in the given order; at
  // most limits.events_max. Gives the bytes around the objects, which are copied in untouched.
  HttpRequest (*build)(std::span<const Conversion* const> conversions, const Connection& connection,
                       const Endpoint& endpoint, const Credential& credential) = nullptr;

  // Reads the answer to such a request: `conversions` verdicts, in order, whatever came back.
  Classification (*classify)(const HttpResponse& response, std::size_t conversions) = nullptr;

  // Where a long-lived credential is exchanged for an access token first; else both null.
  HttpRequest (*token_request)(const Credential& credential, const Endpoint& endpoint) = nullptr;
  TokenAnswer (*parse_token)(const HttpResponse& response) = nullptr;
};

// Every adapter there is.
[[nodiscard]] std::span<const Platform> registry();

// The adapter of that name, or null.
[[nodiscard]] const Platform* find_adapter(std::string_view name);

// The adapter for a connection's `platform` and `api`; the error names what can be written instead.
[[nodiscard]] Result<const Platform*> pick_adapter(std::string_view platform, std::string_view api);

// The words a connection's `platform` may be, each once, in the registry's order.
[[nodiscard]] std::vector<std::string_view> platform_names();

}  // namespace pruuv::platforms
