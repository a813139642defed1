#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.hpp"

namespace pruuv {

struct HttpHeader {
  std::string name;
  std::variant<std::string, Secret>
      value;  // a Secret is shown as *** wherever a request is printed
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;  // never holds a token
  std::vector<HttpHeader> headers;
  // What is shown, counted and hashed for the record; also what travels, unless secret_body is set.
  std::string body;
  // What travels instead, where it holds a credential: a token exchange, which has no `body`; or
  // `body` with the token in it.
  Secret secret_body;
  // As the client has it where these say nothing.
  std::string ca_file;  // PEM
  int timeout_ms = 0;   // of the whole request; 0 = the client's
  // Doing it twice is like doing it once. A GET that is not may use no connection that was open
  // before: on a dead one libcurl would send it again unseen.
  bool may_repeat = false;
};

// What happened, judged by nobody yet.
struct HttpResponse {
  int transport_code = 0;       // CURLcode; 0 = a whole answer arrived
  std::string transport_error;  // its text, without any data of the request
  bool bytes_sent = false;      // false: not one byte of the request left, whatever the code says
  int status = 0;               // 0 = none seen
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // as far as it came, capped
  std::int64_t elapsed_ms = 0;

  [[nodiscard]] bool is_whole() const { return transport_code == 0 && status != 0; }
  [[nodiscard]] std::string header(const std::string& lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return value;
    }
    return {};
  }
};

}  // namespace pruuv
