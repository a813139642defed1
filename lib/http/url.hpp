#pragma once

#include <string>

#include "base/result.hpp"

namespace pruuv::http {

// The one protocol a request to this URL may use, as CURLOPT_PROTOCOLS_STR spells it: "https", or
// "http" where the host is this machine (127.0.0.0/8, ::1, localhost, which libcurl never asks a
// name server for). Error config for everything else; it names the host at most, never the rest of
// the URL.
Result<const char*> allowed_protocol(const std::string& url);

}  // namespace pruuv::http
