#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "base/result.hpp"
#include "http/client.hpp"
#include "http/header_list.hpp"
#include "http/trust_store.hpp"
#include "model/http_message.hpp"

namespace pruuv::http {

// One of libcurl's easy handles and the request it carries; used again for the next request once it
// is done, never for two at a time. It does not move: libcurl holds its address.
class Transfer {
 public:
  // options.ca_file is the file to trust, also where it is the system's. `trust`: what it holds;
  // null = libcurl reads it.
  Transfer(const CurlOptions& options, TrustStore* trust);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  // Makes the handle ready to carry the request. Errors as Client::start; the handle is then still
  // idle.
  Result<void> begin(std::int64_t id, HttpRequest request);

  // What came of it, `code` being libcurl's; wipes the request.
  HttpResponse end(CURLcode code);

  [[nodiscard]] CURL* handle() const { return handle_; }
  [[nodiscard]] std::int64_t id() const { return id_; }

 private:
  void set_connection_rules(const CurlOptions& options);
  void set_tls_rules();
  void set_callbacks();
  void set_body();
  void set_own_rules();
  void set_authorities();
  void clear();

  static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_header(char* line, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  CURL* handle_;
  std::string ca_file_;
  TrustStore* trust_;
  int total_timeout_ms_;
  std::size_t response_bytes_max_;
  std::array<char, CURL_ERROR_SIZE> error_words_{};

  std::int64_t id_ = 0;
  HttpRequest request_;
  HeaderList header_list_;
  std::string_view unsent_body_;  // into request_
  std::size_t header_bytes_ = 0;
  HttpResponse response_;
};

}  // namespace pruuv::http
