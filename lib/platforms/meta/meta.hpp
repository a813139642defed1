#pragma once

#include "platforms/platform.hpp"

// Meta Conversions API, POST graph.facebook.com/v26.0/<pixel id>/events. Pages:
//   developers.facebook.com/documentation/ads-commerce/conversions-api/using-the-api
//   .../parameters/server-event, .../parameters/customer-information-parameters,
//   .../parameters/fbp-and-fbc
namespace pruuv::platforms::meta {

extern const Platform conversions_api;

}  // namespace pruuv::platforms::meta
