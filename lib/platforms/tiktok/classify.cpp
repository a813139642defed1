#include "platforms/tiktok/classify.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platforms/tiktok/codes.hpp"
#include "platforms/transport.hpp"

namespace pruuv::platforms::tiktok {
namespace {

// For account staff first, then what TikTok wrote.
std::string words_of(std::string_view words, const std::string& message) {
  return message.empty() ? std::string(words) : fmt::format("{}: {}", words, message);
}

bool is_word(char c) { return is_ascii_alpha(c) || is_ascii_digit(c) || c == '_'; }

// The N of "data.N" or "Batch.N" standing as words of their own.
std::optional<std::size_t> index_in(std::string_view message) {
  const std::string text = ascii_lower(message);
  for (const std::string_view before : {std::string_view("data."), std::string_view("batch.")}) {
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
      const auto begin = at + before.size();
      const auto end = std::min(text.find_first_not_of("0123456789", begin), text.size());
      const bool is_apart =
          (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
      if (end == begin || end - begin > 6 || !is_apart) continue;
      return static_cast<std::size_t>(
          parse_int64(std::string_view(text).substr(begin, end - begin)).value_or(0));
    }
  }
  return std::nullopt;
}

}  // namespace

Classification classify(const HttpResponse& response, std::size_t conversions) {
  if (const auto verdict = classify_transport(response)) return for_all(*verdict, conversions);
  const auto document = json::parse(response.body);
  const json::Value root = document ? document->root() : json::Value();
  const auto code = root["code"].is_number() ? root["code"].integer() : std::nullopt;
  if (!code) return for_all(classify_status(response), conversions);

  const std::string message(root["message"].text().value_or(""));
  CodeMeaning meaning = meaning_of(*code, message);
  const bool is_success = response.status >= 200 && response.status < 300;
  if (meaning.outcome == Outcome::accepted && !is_success) meaning = unknown_meaning();
  Verdict verdict;
  verdict.outcome = meaning.outcome;
  verdict.scope = meaning.scope;
  verdict.reason = meaning.reason;
  if (is_busy(response.status) && verdict.outcome != Outcome::retryable)
    verdict = classify_status(response);
  if (verdict.outcome == Outcome::retryable) verdict.retry_after_s = parse_retry_after_s(response);
  if (verdict.outcome != Outcome::accepted) {
    verdict.code = fmt::format("{}", *code);
    verdict.message = words_of(meaning.words, message);
  }
  const bool is_about_events =
      verdict.outcome == Outcome::rejected && verdict.scope == Scope::request;
  Classification out =
      for_one(verdict, is_about_events ? index_in(message) : std::nullopt, conversions);
  out.trace_id = root["request_id"].text().value_or("");
  if (out.trace_id.empty()) out.trace_id = response.header("x-tt-logid");
  return out;
}

}  // namespace pruuv::platforms::tiktok
