#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/check.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "http/transfer.hpp"
#include "http/trust_store.hpp"

namespace pruuv::http {
namespace {

// Idle connections kept for the next request; the most requests a run has in flight.
constexpr long kept_connections_max = 64;

void check_multi(CURLMcode code) { PRUUV_CHECK(code == CURLM_OK, "libcurl's multi handle fails"); }

// One thread only, as libcurl's handles are.
class CurlClient final : public Client {
 public:
  explicit CurlClient(const CurlOptions& options) : options_(options) {}

  ~CurlClient() override {
    if (multi_ == nullptr) return;
    for (const auto& [handle, transfer] : active_) curl_multi_remove_handle(multi_, handle);
    active_.clear();
    idle_.clear();
    curl_multi_cleanup(multi_);
  }

  Result<void> start(std::int64_t id, HttpRequest request) override {
    if (multi_ == nullptr) set_up();
    if (idle_.empty()) idle_.push_back(std::make_unique<Transfer>(options_, trust_.get()));
    PRUUV_TRY(idle_.back()->begin(id, std::move(request)));
    std::unique_ptr<Transfer> transfer = std::move(idle_.back());
    idle_.pop_back();
    check_multi(curl_multi_add_handle(multi_, transfer->handle()));
    active_.emplace(transfer->handle(), std::move(transfer));
    return {};
  }

  std::vector<Completed> wait(int timeout_ms) override {
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    if (active_.empty()) return {};
    const auto deadline = steady_clock::now() + milliseconds(timeout_ms);
    for (;;) {
      int running = 0;
      check_multi(curl_multi_perform(multi_, &running));
      std::vector<Completed> arrived = take_arrived();
      if (!arrived.empty() || active_.empty()) return arrived;
      const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
      if (left <= 0) return {};
      check_multi(curl_multi_poll(multi_, nullptr, 0, static_cast<int>(left), nullptr));
    }
  }

  std::vector<Completed> abort() override {
    if (active_.empty()) return {};
    std::vector<Completed> ended = take_arrived();  // an answer that is here already counts
    while (!active_.empty())
      ended.push_back(end(active_.begin()->first, CURLE_ABORTED_BY_CALLBACK));
    return ended;
  }

  [[nodiscard]] std::size_t in_flight() const override { return active_.size(); }

 private:
  // With the first request only: what libcurl and OpenSSL load takes milliseconds and megabytes,
  // and a run often finds nothing to send.
  void set_up() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    PRUUV_CHECK(ready == CURLE_OK, "libcurl does not start");
    multi_ = curl_multi_init();
    PRUUV_CHECK(multi_ != nullptr, "no memory for a curl handle");
    check_multi(curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kept_connections_max));
    // Which file libcurl was built for cannot be asked for by a null, which means "none".
    const char* systems = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (options_.ca_file.empty() && systems != nullptr) options_.ca_file = systems;
    trust_ = TrustStore::open(options_.ca_file);
  }

  std::vector<Completed> take_arrived() {
    std::vector<Completed> arrived;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      // Removing the handle frees the message.
      const CURLcode code = message->data.result;
      arrived.push_back(end(message->easy_handle, code));
    }
    return arrived;
  }

  Completed end(CURL* handle, CURLcode code) {
    const auto found = active_.find(handle);
    PRUUV_CHECK(found != active_.end(), "libcurl reports a request that nobody started");
    std::unique_ptr<Transfer> transfer = std::move(found->second);
    active_.erase(found);
    check_multi(curl_multi_remove_handle(multi_, transfer->handle()));
    Completed completed{transfer->id(), transfer->end(code)};
    idle_.push_back(std::move(transfer));
    return completed;
  }

  CurlOptions options_;
  std::unique_ptr<TrustStore> trust_;
  CURLM* multi_ = nullptr;
  std::vector<std::unique_ptr<Transfer>> idle_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> active_;
};

// libcurl would say so too, but only with the first request.
Result<void> check_ca_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const bool has_certificate =
      text.view().find("-----BEGIN CERTIFICATE-----") != std::string_view::npos ||
      text.view().find("-----BEGIN TRUSTED CERTIFICATE-----") != std::string_view::npos;
  if (has_certificate) return {};
  const std::string_view cause = file.is_open() ? "it holds no certificate" : "it cannot be opened";
  return fail(ErrorKind::config, fmt::format("read the CA file {}: {}", printable(path), cause),
              "give a file of certificates in PEM form, or none for the system's");
}

}  // namespace

Result<std::unique_ptr<Client>> make_curl_client(const CurlOptions& options) {
  if (!options.ca_file.empty()) PRUUV_TRY(check_ca_file(options.ca_file));
  return std::unique_ptr<Client>(std::make_unique<CurlClient>(options));
}

}  // namespace pruuv::http
