#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/http_message.hpp"

namespace pruuv::bench_floor {

struct NationalPhone {
  std::string number;
  std::string region;  // ISO 3166-1 alpha-2
};

// What the stages work with, made by the program's own code before any clock starts.
struct Material {
  std::vector<HttpRequest> requests;    // all that `send` would make of the store, tokens included
  std::vector<std::string> personal;    // every e-mail address and phone number as it was written
  std::vector<NationalPhone> national;  // the numbers that need the library
  std::size_t events = 0;               // in the requests
};

struct Place {
  std::string store;
  std::string url;      // of the sandbox, which plays every platform
  std::string ca_file;  // PEM
};

// Errors: whatever opening the store, its connections' `file:` credentials or a token exchange say.
Result<Material> prepare(const Place& place);

}  // namespace pruuv::bench_floor
