#pragma once

#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "base/result.hpp"
#include "model/http_message.hpp"

namespace pruuv::http {

// The header lines of one request in the form libcurl takes. Secrets stand in it in clear: every
// line is overwritten before its memory is given back.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { clear(); }

  // Puts the lines of a request in, in order. Error, naming the header but never its value, for a
  // name that is no HTTP token or that the client decides itself (bug), and for a value with a
  // control character (config if the value is a secret, else bug).
  Result<void> fill(const std::vector<HttpHeader>& headers);
  void clear();

  [[nodiscard]] curl_slist* get() const { return lines_; }

 private:
  void append(const char* line);
  void append(std::string_view name, std::string_view value);

  curl_slist* lines_ = nullptr;
};

}  // namespace pruuv::http
