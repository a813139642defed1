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
  // Where the platform judges later: how old a request is before it is asked about, and until when
  // it is.
  std::int64_t status_from_s = 1'800;
  std::int64_t status_until_s = std::int64_t{7} * 86'400;
  // The vendor documents that the second of two equal server events is dropped inside the window.
  bool drops_second_copy = false;
};

// A version of the vendor's API and when it stops being served.
struct Version {
  std::string_view name;    // "v26.0"
  std::int64_t ends_s = 0;  // Unix seconds, the earliest the vendor has said; 0 = no date yet
};

// A key that only connections of this platform have: "meta.partner_agent".
struct SettingSpec {
  std::string_view name;
  std::string_view words;                          // what it does, for people
  std::span<const std::string_view> choices = {};  // what it may be; empty = any text
};

// Something by which a platform matches a conversion to a person or a click.
struct SignalSpec {
  std::string_view words;  // "e-mail"
  // Where it stands in the platform's object: "user_data.em"; "list[].key" looks at every element;
  // "a|b" is either, "a+b" both, + binding closer.
  std::string_view paths;
  std::string_view fields;  // what the collector stores for it: "email"
};

// What a request is for.
enum class Purpose {
  deliver,
  validate,  // to be checked and not counted; only where the adapter says can_validate
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
  Secret service_account_email;  // Google, instead of those three: a service account's key
  Secret private_key;            // PEM
  Secret private_key_id;
  Secret developer_token;  // Google Ads API, optional
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

// What the platform said, hours later, of one event of an accepted request.
struct EventDiagnosis {
  std::size_t position = 0;  // of the event in the request
  // accepted: counted (also when it is a copy of one that was); rejected; waiting: not counted for
  // a reason that passes, send it again.
  Outcome outcome = Outcome::accepted;
  Reason reason = Reason::none;
  std::string code;         // the platform's own
  std::string message;      // in plain words; may be empty
  std::int64_t wait_s = 0;  // waiting: from the request on
};

// The answer to a status request.
struct StatusAnswer {
  enum class State {
    pending,  // the platform has not judged yet: ask again in a later run
    judged,
    unknown,  // the platform knows no such request, or no more: never ask again
    failed,   // no answer, or refused: `failure` says whose fault; ask again in a later run
  };
  State state = State::failed;
  // Where judged: those that are known one by one. `rest` is what all others came to: accepted, or
  // nothing where the platform does not say which events its other reasons concern.
  std::vector<EventDiagnosis> events;
  bool rest_accepted = false;
  // Reasons given without saying of which events: "3 x TOO_RECENT_CLICK". For people.
  std::vector<std::string> unattributed;
  std::string warning;  // said beside the judgement, for people
  Verdict failure;      // scope connection, credential or platform
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
  std::span<const Version> versions = {};      // that can be configured; empty where there is none
  std::span<const SettingSpec> settings = {};  // a connection's own keys; others are refused
  std::span<const SignalSpec> signals = {};    // the strongest first
  bool can_validate = false;                   // build() knows Purpose::validate

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
                       const Endpoint& endpoint, const Credential& credential,
                       Purpose purpose) = nullptr;

  // Reads the answer to such a request: `conversions` verdicts, in order, whatever came back.
  Classification (*classify)(const HttpResponse& response, std::size_t conversions) = nullptr;

  // Where a long-lived credential is exchanged for an access token first; else both null.
  // `now_s` is signed into a service account's request.
  HttpRequest (*token_request)(const Credential& credential, const Endpoint& endpoint,
                               std::int64_t now_s) = nullptr;
  TokenAnswer (*parse_token)(const HttpResponse& response) = nullptr;

  // Where a platform accepts first and judges later: what it made of a request, asked by the
  // trace id of its acceptance; else both null. `conversions` as in classify.
  HttpRequest (*status_request)(std::string_view trace_id, const Connection& connection,
                                const Endpoint& endpoint, const Credential& credential) = nullptr;
  StatusAnswer (*parse_status)(const HttpResponse& response, std::size_t conversions) = nullptr;
};

// Every adapter there is.
[[nodiscard]] std::span<const Platform> registry();

// The adapter of that name, or null.
[[nodiscard]] const Platform* find_adapter(std::string_view name);

// The adapter for a connection's `platform` and `api`; the error names what can be written instead.
[[nodiscard]] Result<const Platform*> pick_adapter(std::string_view platform, std::string_view api);

// The words a connection's `platform` may be, each once, in the registry's order.
[[nodiscard]] const std::vector<std::string_view>& platform_names();

}  // namespace pruuv::platforms
