#include "platforms/tiktok/codes.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace pruuv::platforms::tiktok {
namespace {

enum class Kind {
  accepted,
  unknown,    // partly successful, duplicate, timed out inside: may have been kept
  throttled,  // this pixel or advertiser
  app_limit,  // the developer app behind the token
  transient,
  maintenance,
  credential,
  permission,
  host_banned,   // this machine's country
  invalid,       // an event is at fault
  version_dead,  // the version in the URL
  broken,        // the program or its settings are
};

struct KindRow {
  Kind kind;
  Outcome outcome;
  Scope scope;
  Reason reason;
  std::string_view words;  // of codes that have none of their own
};

constexpr std::array kind_rows = {
    KindRow{Kind::accepted, Outcome::accepted, Scope::event, Reason::none, ""},
    KindRow{Kind::unknown, Outcome::ambiguous, Scope::request, Reason::unknown_outcome,
            "TikTok does not say whether it kept the events"},
    KindRow{Kind::throttled, Outcome::retryable, Scope::connection, Reason::throttled,
            "too many requests for this pixel or advertiser"},
    KindRow{Kind::app_limit, Outcome::retryable, Scope::credential, Reason::throttled,
            "too many requests of the app behind the access token"},
    KindRow{Kind::transient, Outcome::retryable, Scope::connection, Reason::known_failure,
            "TikTok had an error of its own"},
    KindRow{Kind::maintenance, Outcome::retryable, Scope::platform, Reason::known_failure,
            "TikTok is under maintenance"},
    KindRow{Kind::credential, Outcome::rejected, Scope::credential, Reason::credential_refused,
            "TikTok does not accept the access token; generate a new one in Events Manager"},
    KindRow{Kind::permission, Outcome::rejected, Scope::connection, Reason::permission_missing,
            "the access token may not send for this pixel; it must come from the ad account the "
            "pixel belongs to"},
    KindRow{Kind::host_banned, Outcome::rejected, Scope::platform, Reason::permission_missing,
            "TikTok takes no requests from the country of this machine"},
    KindRow{Kind::invalid, Outcome::rejected, Scope::request, Reason::rejected_by_platform,
            "TikTok found something wrong in an event"},
    KindRow{Kind::version_dead, Outcome::rejected, Scope::platform, Reason::api_version_dead,
            "this version of TikTok's API is no longer served"},
    KindRow{Kind::broken, Outcome::rejected, Scope::platform, Reason::connection_misconfigured,
            "TikTok does not know what was asked; check the configured address and version"},
};

struct CodeRow {
  std::int64_t code;
  std::int64_t last;  // end of a range of codes
  Kind kind;
  std::string_view words;  // empty: those of the kind
};

// Read from the top: single codes before the ranges they lie in. 40062 would be our fault for every
// event, and is not to be repeated.
constexpr std::array code_rows = {
    CodeRow{0, 0, Kind::accepted, ""},
    CodeRow{20001, 20001, Kind::unknown, "TikTok took a part of the events and does not say which"},
    CodeRow{40001, 40001, Kind::permission, ""},
    CodeRow{40003, 40003, Kind::permission, ""},
    CodeRow{40006, 40006, Kind::version_dead, ""},
    CodeRow{40007, 40008, Kind::broken, ""},
    CodeRow{40010, 40010, Kind::broken, ""},
    CodeRow{40016, 40016, Kind::app_limit, ""},
    CodeRow{40050, 40050, Kind::unknown, "TikTok takes this for a request it already has"},
    CodeRow{40051, 40051, Kind::broken, "this is not the address of TikTok's API"},
    CodeRow{40061, 40061, Kind::invalid, "the request holds too many events"},
    CodeRow{40062, 40062, Kind::broken,
            "personal data arrived without being hashed, which is a fault of this program"},
    CodeRow{40063, 40063, Kind::invalid, "the partner name is none TikTok knows"},
    CodeRow{40100, 40100, Kind::app_limit, ""},
    CodeRow{40101, 40101, Kind::credential,
            "the id or secret of the app behind the access token is wrong"},
    CodeRow{40102, 40102, Kind::credential,
            "the access token has expired; generate a new one in Events Manager"},
    CodeRow{40104, 40104, Kind::credential, "no access token arrived"},
    CodeRow{40105, 40105, Kind::credential,
            "the access token is wrong or was revoked; generate a new one in Events Manager"},
    CodeRow{40117, 40119, Kind::permission, ""},
    CodeRow{40124, 40125, Kind::permission, ""},
    CodeRow{40130, 40130, Kind::permission, ""},
    CodeRow{
        40132, 40132, Kind::throttled,
        "too many requests for this pixel; if it lasts, somebody else may use the access token"},
    CodeRow{40133, 40133, Kind::throttled, "too many requests for this advertiser"},
    CodeRow{40101, 40199, Kind::credential, ""},
    CodeRow{40202, 40202, Kind::transient, "TikTok was writing the same record"},
    CodeRow{40400, 40400, Kind::broken, ""},
    CodeRow{41000, 41000, Kind::host_banned, ""},
    CodeRow{41001, 41001, Kind::broken, "this part of TikTok's API was switched off"},
    CodeRow{40000, 49999, Kind::invalid, ""},
    CodeRow{50002, 50002, Kind::unknown,
            "TikTok ran out of time and does not say whether it kept the events"},
    CodeRow{60001, 60001, Kind::maintenance, ""},
    CodeRow{61000, 61000, Kind::app_limit, ""},
};

CodeMeaning meaning_of(Kind kind, std::string_view words) {
  const auto row = std::ranges::find(kind_rows, kind, &KindRow::kind);
  return {row->outcome, row->scope, row->reason, words.empty() ? row->words : words};
}

}  // namespace

CodeMeaning meaning_of(std::int64_t code, std::string_view message) {
  const auto row = std::ranges::find_if(
      code_rows, [&](const CodeRow& one) { return code >= one.code && code <= one.last; });
  if (row == code_rows.end()) return meaning_of(Kind::transient, "");
  const bool is_refusal = row->kind == Kind::invalid || row->kind == Kind::broken;
  const std::string lower = is_refusal ? ascii_lower(message) : std::string();
  if (row->kind == Kind::invalid && lower.find("permission") != std::string::npos) {
    return meaning_of(Kind::permission, "");
  }
  if (lower.find("api version") != std::string::npos) return meaning_of(Kind::version_dead, "");
  return meaning_of(row->kind, row->words);
}

CodeMeaning unknown_meaning() { return meaning_of(Kind::unknown, ""); }

}  // namespace pruuv::platforms::tiktok
