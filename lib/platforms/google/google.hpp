#pragma once

#include "platforms/platform.hpp"

// The two ways into a Google Ads account. A connection's `api` picks one; both take the same
// connection fields, so a client can be moved from one to the other: the event's UUID goes as
// orderId or transactionId, and Google drops a second copy for the same conversion action.
namespace pruuv::platforms::google {

// Google Ads API, :uploadClickConversions. Bad rows fail alone and at once; open only to accounts
// that imported clicks before June 2026.
extern const Platform google_ads;

// Data Manager API, events:ingest. One malformed event refuses the whole request; 200 means taken
// for processing, not recorded.
extern const Platform data_manager;

}  // namespace pruuv::platforms::google
