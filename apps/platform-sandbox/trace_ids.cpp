#include "trace_ids.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <string_view>

namespace sandbox {
namespace {

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine;
}

std::string random_text(std::string prefix, std::string_view alphabet, std::size_t length) {
  std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
  for (std::size_t i = 0; i < length; ++i) prefix += alphabet[pick(generator())];
  return prefix;
}

constexpr std::string_view base64url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string new_fbtrace_id() { return random_text("A", base64url, 22); }

std::string new_tiktok_request_id() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto stamp = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return random_text(std::to_string(stamp), "0123456789ABCDEF", 20);
}

std::string new_google_ads_request_id() { return random_text("", base64url, 22); }

std::string new_data_manager_request_id() { return random_text("t-", base64url, 22); }

std::string new_job_id() {
  std::uniform_int_distribution<std::uint64_t> pick(std::uint64_t{1} << 31, std::uint64_t{1} << 53);
  return std::to_string(pick(generator()));
}

}  // namespace sandbox
