#include "platforms/meta/error_words.hpp"

#include <array>

namespace pruuv::platforms::meta {
namespace {

constexpr std::int64_t any = -1;

struct Row {
  std::int64_t code;
  std::int64_t last;  // ends a range of codes
  std::int64_t subcode;
  std::string_view words;
};

// Read from the top: a code's subcodes stand above the code alone.
constexpr std::array rows = {
    Row{100, 100, 33, "the pixel id does not exist, or the token may not see it"},
    Row{100, 100, 2804001, "the click id (fbc) was malformed"},
    Row{100, 100, 2804003, "the event was older than 7 days when it arrived"},
    Row{100, 100, 2804004, "the event's time lay in the future, or was given in milliseconds"},
    Row{100, 100, 2804007, "the event was refused for a reason Meta does not publish"},
    Row{100, 100, 2804008, "a product in contents had no id"},
    Row{100, 100, 2804009, "the Purchase had no value"},
    Row{100, 100, 2804010, "the Purchase had no currency"},
    Row{100, 100, 2804011, "Meta takes no Purchase in this currency"},
    Row{100, 100, 2804016, "a detail in custom_data was invalid"},
    Row{100, 100, 2804017, "the event was refused for a reason Meta does not publish"},
    Row{100, 100, 2804019, "a field of the event was missing, unknown or of the wrong form"},
    Row{100, 100, 2804023, "the event had a value and no currency"},
    Row{100, 100, 2804030, "the event did not say whether its data use is limited"},
    Row{100, 100, 2804036, "the lead id was none of Meta's lead forms"},
    Row{100, 100, 2804043, "the description of the app and its device was invalid"},
    Row{100, 100, 2804048, "the event was refused for a reason Meta does not publish"},
    Row{100, 100, 2804050, "too little was known of the person to match anyone"},
    Row{100, 100, 2804066, "the event broke a rule for business messaging"},
    Row{100, 100, 2804069, "the event broke a rule for business messaging"},
    Row{100, 100, 2804079, "the event broke a rule for business messaging"},
    Row{100, 100, 2804087, "the event broke a rule for business messaging"},
    Row{100, 100, 2804116, "the event broke a rule for business messaging"},
    Row{100, 100, 2804117, "the event broke a rule for business messaging"},
    Row{100, 100, 2804132, "the event broke a rule for business messaging"},
    Row{1, 1, any, "Meta failed for a reason it does not know; perhaps an outage"},
    Row{2, 2, any, "Meta's service was not available"},
    Row{3, 3, any, "the token's app may not do this"},
    Row{4, 4, any, "the token's app made too many calls"},
    Row{10, 10, any, "the token lacks a permission, or the permission was taken back"},
    Row{17, 17, 1885172, "the spend limit of the ad account was changed too often"},
    Row{17, 17, any, "the token's user or ad account made too many calls"},
    Row{32, 32, any, "the page made too many calls"},
    Row{102, 102, any, "the token's session has ended"},
    Row{104, 104, any, "no token arrived"},
    Row{190, 190, 458, "the token's user removed the app, so the token is void"},
    Row{190, 190, 459, "Meta wants the token's user to log in again first (checkpoint)"},
    Row{190, 190, 460, "the token's user changed the password, so the token is void"},
    Row{190, 190, 463, "the token has expired"},
    Row{190, 190, 464, "the token's user is not confirmed"},
    Row{190, 190, 467, "the token is void: logged out, or taken back"},
    Row{190, 190, 492, "the token's session is void: its user lost the role"},
    Row{190, 190, any, "the token is invalid, expired or taken back"},
    Row{200, 299, any, "the token may not write to this pixel"},
    Row{341, 341, any, "the token's app reached a limit of Meta's"},
    Row{368, 368, any, "Meta blocked this for a while for breaking its policies"},
    Row{506, 506, any, "Meta took this for a copy of a post; not an error of events"},
    Row{613, 613, 1487742, "the ad account made too many calls"},
    Row{613, 613, 5044001, "too many calls"},
    Row{613, 613, any, "too many calls: Meta's protection against abuse"},
    Row{803, 803, any, "the pixel id is none of Meta's"},
    Row{2500, 2500, any, "Meta could not read the call; mostly a missing token"},
    Row{2635, 2635, any, "this version of the API is no longer served"},
    Row{2655, 2655, any, "terms of Meta's are not accepted yet: accept them in Events Manager"},
    Row{5000, 5000, any, "a fault within Meta"},
    Row{21009, 21009, any, "a fault within Meta"},
    Row{80000, 80014, any, "the business made too many calls"},
    Row{1609005, 1609005, any, "Meta could not post a link; not an error of events"},
};

}  // namespace

std::string_view error_words(std::int64_t code, std::optional<std::int64_t> subcode) {
  for (const Row& row : rows) {
    const bool is_code = code >= row.code && code <= row.last;
    if (is_code && (row.subcode == any || subcode == row.subcode)) return row.words;
  }
  return {};
}

}  // namespace pruuv::platforms::meta
