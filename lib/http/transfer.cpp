#include "http/transfer.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "base/check.hpp"
#include "base/text.hpp"
#include "http/url.hpp"

namespace pruuv::http {
namespace {

constexpr std::size_t header_bytes_max = std::size_t{64} << 10;
constexpr std::size_t headers_max = 200;
constexpr std::size_t error_words_bytes_max = 200;
// A connection idle for longer may have died unseen, and what is sent on a dead one is ambiguous.
constexpr long idle_connection_s_max = 60;

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  static_assert(!std::is_same_v<Value, int> && !std::is_same_v<Value, bool>,
                "libcurl reads a long");
  PRUUV_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK, "libcurl refuses an option");
}

template <typename Value>
Value info(CURL* handle, CURLINFO which) {
  Value value{};
  PRUUV_CHECK(curl_easy_getinfo(handle, which, &value) == CURLE_OK, "libcurl refuses a question");
  return value;
}

// libcurl's own words where they tell what is wrong with a name or a certificate. They are used
// only when nothing of the request had left, so that they cannot quote it or an answer to it.
std::string error_text(CURLcode code, bool bytes_sent, const char* words) {
  if (code == CURLE_OK) return {};
  const bool words_help = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_SSL_CONNECT_ERROR ||
                          code == CURLE_PEER_FAILED_VERIFICATION ||
                          code == CURLE_SSL_CACERT_BADFILE;
  if (!bytes_sent && words_help && *words != '\0')
    return cut(printable(words), error_words_bytes_max);
  return curl_easy_strerror(code);
}

}  // namespace

Transfer::Transfer(const CurlOptions& options, TrustStore* trust)
    : handle_(curl_easy_init()),
      ca_file_(options.ca_file),
      trust_(trust),
      total_timeout_ms_(options.total_timeout_ms),
      response_bytes_max_(options.response_bytes_max) {
  PRUUV_CHECK(handle_ != nullptr, "no memory for a curl handle");
  set_connection_rules(options);
  set_tls_rules();
  set_callbacks();
}

Transfer::~Transfer() { curl_easy_cleanup(handle_); }

void Transfer::set_connection_rules(const CurlOptions& options) {
  set(handle_, CURLOPT_NOSIGNAL, 1L);
  set(handle_, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(handle_, CURLOPT_MAXAGE_CONN, idle_connection_s_max);
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, long{options.connect_timeout_ms});
  set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle_, CURLOPT_REDIR_PROTOCOLS_STR, "https");  // the least there is: "" is refused
  set(handle_, CURLOPT_PROXY, "");                     // not null: null means "ask the environment"
  set(handle_, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  set(handle_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(handle_, CURLOPT_HTTP09_ALLOWED, 0L);
  if (!options.user_agent.empty()) set(handle_, CURLOPT_USERAGENT, options.user_agent.c_str());
}

void Transfer::set_tls_rules() {
  set(handle_, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  // With a folder of certificates set, which Debian compiles in, libcurl reads the whole bundle
  // again for every connection; without one the multi handle keeps it.
  set(handle_, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void Transfer::set_callbacks() {
  // The body comes from a callback that cannot go back to its start. From memory (POSTFIELDS)
  // libcurl would send it a second time, in silence, when a reused connection dies without an
  // answer.
  set(handle_, CURLOPT_READFUNCTION, &Transfer::on_read);
  set(handle_, CURLOPT_READDATA, this);
  set(handle_, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
  set(handle_, CURLOPT_SEEKDATA, this);
  set(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(handle_, CURLOPT_HEADERDATA, this);
  set(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(handle_, CURLOPT_WRITEDATA, this);
  set(handle_, CURLOPT_ERRORBUFFER, error_words_.data());
}

Result<void> Transfer::begin(std::int64_t id, HttpRequest request) {
  if (request.method != "POST" && request.method != "GET") {
    return fail(ErrorKind::bug, "start a request: its method is neither POST nor GET");
  }
  const bool has_body = !request.body.empty() || !request.secret_body.empty();
  if (request.method == "GET" && has_body) {
    return fail(ErrorKind::bug, "start a request: it has a body too many");
  }
  PRUUV_TRY_ASSIGN(const char* protocol, allowed_protocol(request.url));
  if (auto filled = header_list_.fill(request.headers); !filled) {
    header_list_.clear();
    return filled;
  }
  id_ = id;
  request_ = std::move(request);
  set(handle_, CURLOPT_URL, request_.url.c_str());
  set(handle_, CURLOPT_PROTOCOLS_STR, protocol);
  set(handle_, CURLOPT_HTTPHEADER, header_list_.get());
  set_body();
  set_own_rules();
  return {};
}

// What a request may have otherwise than the client; the one before it may have, too.
void Transfer::set_own_rules() {
  set_authorities();
  set(handle_, CURLOPT_TIMEOUT_MS,
      long{request_.timeout_ms > 0 ? request_.timeout_ms : total_timeout_ms_});
}

// A file of the request's own goes by CURLOPT_CAINFO in any case: libcurl then uses no connection
// or TLS session for it that was trusted by another file, nor the other way round. Of what the
// callback does it knows nothing.
void Transfer::set_authorities() {
  const bool has_own = !request_.ca_file.empty() && request_.ca_file != ca_file_;
  const bool has_store = trust_ != nullptr && !has_own;
  const std::string& ca_file = has_own ? request_.ca_file : ca_file_;
  set(handle_, CURLOPT_CAINFO, has_store || ca_file.empty() ? nullptr : ca_file.c_str());
  if (trust_ == nullptr) return;  // perhaps libcurl has no such callback
  set(handle_, CURLOPT_SSL_CTX_FUNCTION, has_store ? &TrustStore::give_to_connection : nullptr);
  set(handle_, CURLOPT_SSL_CTX_DATA, trust_);
}

void Transfer::set_body() {
  unsent_body_ = request_.secret_body.empty() ? std::string_view(request_.body)
                                              : request_.secret_body.reveal();
  if (request_.method == "GET") {
    set(handle_, CURLOPT_HTTPGET, 1L);
  } else {
    set(handle_, CURLOPT_POST, 1L);
    set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(unsent_body_.size()));
  }
  // Without a body there is nothing to go back in, so on a dead reused connection libcurl would
  // send the request again; on a connection of its own it does not.
  set(handle_, CURLOPT_FRESH_CONNECT, unsent_body_.empty() && !request_.may_repeat ? 1L : 0L);
}

HttpResponse Transfer::end(CURLcode code) {
  HttpResponse response = std::exchange(response_, {});
  response.transport_code = static_cast<int>(code);
  // The one sign that tells: codes such as 28 and 56 occur both before and after the first byte.
  response.bytes_sent = info<long>(handle_, CURLINFO_REQUEST_SIZE) > 0;
  response.transport_error = error_text(code, response.bytes_sent, error_words_.data());
  const long status = info<long>(handle_, CURLINFO_RESPONSE_CODE);
  response.status = status >= 200 ? static_cast<int>(status) : 0;  // 1xx is no answer yet
  response.elapsed_ms = info<curl_off_t>(handle_, CURLINFO_TOTAL_TIME_T) / 1000;
  clear();
  return response;
}

void Transfer::clear() {
  set(handle_, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  header_list_.clear();
  unsent_body_ = {};
  // Into something that goes: assigning an empty one would keep the room of the body.
  const HttpRequest done = std::exchange(request_, {});
  header_bytes_ = 0;
  error_words_[0] = '\0';
}

std::size_t Transfer::on_read(char* out, std::size_t size, std::size_t count, void* self) {
  std::string_view& body = static_cast<Transfer*>(self)->unsent_body_;
  const std::size_t taken = std::min(size * count, body.size());
  std::memcpy(out, body.data(), taken);
  body.remove_prefix(taken);
  return taken;
}

int Transfer::on_seek(void* /*self*/, curl_off_t /*offset*/, int /*origin*/) {
  return CURL_SEEKFUNC_FAIL;
}

std::size_t Transfer::on_header(char* line, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto& headers = transfer.response_.headers;
  const std::string_view text(line, size * count);
  transfer.header_bytes_ += text.size();
  if (transfer.header_bytes_ > header_bytes_max || headers.size() >= headers_max) return 0;
  if (text.starts_with("HTTP/")) {
    headers.clear();  // those of a 1xx before it are not the answer's
    return text.size();
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    headers.emplace_back(ascii_lower(text.substr(0, colon)), trim(text.substr(colon + 1)));
  }
  return text.size();
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  std::string& body = transfer.response_.body;
  const std::size_t bytes = size * count;
  const std::size_t room = transfer.response_bytes_max_ - body.size();
  body.append(data, std::min(bytes, room));
  return bytes <= room ? bytes : 0;  // 0 ends it with CURLE_WRITE_ERROR
}

}  // namespace pruuv::http
