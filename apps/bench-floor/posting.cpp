#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <variant>

#include <curl/curl.h>

#include "stages.hpp"

namespace pruuv::bench_floor {
namespace {

void check(bool good, const char* doing) {
  if (!good) throw std::runtime_error(std::string(doing) + ": libcurl fails");
}

std::size_t give_body(char* out, std::size_t size, std::size_t count, void* self) {
  auto& unsent = *static_cast<std::string_view*>(self);
  const std::size_t taken = std::min(size * count, unsent.size());
  std::memcpy(out, unsent.data(), taken);
  unsent.remove_prefix(taken);
  return taken;
}

std::size_t drop_answer(char* /*data*/, std::size_t size, std::size_t count, void* /*self*/) {
  return size * count;
}

// One easy handle, one request after the other.
class Post {
 public:
  Post(const std::string& ca_file) : handle_(curl_easy_init(), &curl_easy_cleanup) {
    check(handle_ != nullptr, "make a handle");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_PROXY, "");
    set(CURLOPT_READFUNCTION, &give_body);
    set(CURLOPT_READDATA, &unsent_);
    set(CURLOPT_WRITEFUNCTION, &drop_answer);
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_POST, 1L);
  }

  void begin(CURLM* multi, const HttpRequest& request) {
    headers_.reset();
    for (const HttpHeader& header : request.headers) {
      const auto* secret = std::get_if<Secret>(&header.value);
      const std::string_view value =
          secret != nullptr ? secret->reveal() : std::get<std::string>(header.value);
      const std::string line = header.name + ": " + std::string(value);
      headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
    }
    unsent_ =
        request.secret_body.empty() ? std::string_view(request.body) : request.secret_body.reveal();
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(unsent_.size()));
    check(curl_multi_add_handle(multi, handle_.get()) == CURLM_OK, "start a request");
  }

  void end(CURLM* multi, CURLcode code) {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200) {
      throw std::runtime_error("post a request: " + std::string(curl_easy_strerror(code)) +
                               ", status " + std::to_string(status));
    }
    check(curl_multi_remove_handle(multi, handle_.get()) == CURLM_OK, "end a request");
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(handle_.get(), option, value) == CURLE_OK, "set an option");
  }

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr,
                                                                       &curl_slist_free_all};
  std::string_view unsent_;
};

}  // namespace

void post_all(const std::vector<HttpRequest>& requests, const std::string& ca_file,
              std::size_t in_flight) {
  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi(curl_multi_init(),
                                                                    &curl_multi_cleanup);
  std::vector<std::unique_ptr<Post>> posts;
  std::size_t next = 0;
  while (next < requests.size() && posts.size() < in_flight) {
    posts.push_back(std::make_unique<Post>(ca_file));
    posts.back()->begin(multi.get(), requests[next++]);
  }
  for (std::size_t done = 0; done < requests.size();) {
    int running = 0;
    check(curl_multi_perform(multi.get(), &running) == CURLM_OK, "move bytes");
    int left = 0;
    const std::size_t before = done;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      Post* post = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &post);
      post->end(multi.get(), message->data.result);
      ++done;
      if (next < requests.size()) post->begin(multi.get(), requests[next++]);
    }
    if (done == before && curl_multi_poll(multi.get(), nullptr, 0, 1000, nullptr) != CURLM_OK)
      throw std::runtime_error("wait for answers: libcurl fails");
  }
}

}  // namespace pruuv::bench_floor
