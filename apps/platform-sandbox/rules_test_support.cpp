#include <functional>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "rules_test.hpp"

namespace sandbox::test {
namespace {

TokenBook& tokens() {
  static TokenBook book;
  return book;
}

Subject subject(const Platform& platform, std::string path, std::vector<Header> headers) {
  Call call;
  call.method = "POST";
  call.path = std::move(path);
  call.headers = std::move(headers);
  call.headers.push_back({"Content-Type", "application/json"});
  Conditions conditions;
  conditions.now = now;
  conditions.tokens = &tokens();
  return {&platform, std::move(call), conditions};
}

std::string google_token() {
  return "Bearer " +
         tokens().issue(std::string(adwords_scope) + " " + std::string(data_manager_scope), now);
}

void visit(rapidjson::Value& value, const std::function<void(rapidjson::Value&)>& change) {
  if (value.IsObject()) {
    // By position: comparing RapidJSON's mutable iterators is ambiguous to clang in C++20.
    for (rapidjson::SizeType i = 0; i < value.MemberCount(); ++i) {
      visit((value.MemberBegin() + static_cast<std::ptrdiff_t>(i))->value, change);
    }
  } else if (value.IsArray()) {
    for (auto& item : value.GetArray()) visit(item, change);
  }
  change(value);
}

}  // namespace

Subject meta_subject() {
  return subject(meta_platform, "/v26.0/123456789012345/events",
                 {{"Authorization", "Bearer sandbox-meta"}});
}

Subject tiktok_subject() {
  return subject(tiktok_platform, "/open_api/v1.3/event/track/",
                 {{"Access-Token", "sandbox-tiktok"}});
}

Subject google_ads_subject() {
  return subject(google_ads_platform, "/v25/customers/1234567890:uploadClickConversions",
                 {{"Authorization", google_token()}});
}

Subject data_manager_subject() {
  return subject(data_manager_platform, "/v1/events:ingest", {{"Authorization", google_token()}});
}

Subject token_subject() {
  Subject result = subject(token_platform, "/token", {});
  result.call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  return result;
}

Result judged(const Subject& subject, std::string_view body) {
  Call call = subject.call;
  call.body = body;
  Judgement judgement = subject.platform->judge(call, subject.conditions);
  Answer answer =
      judgement.refusal ? judgement.refusal->answer : subject.platform->answer(call, judgement);
  return {answer.status, std::move(answer.body),
          judgement.refusal ? judgement.refusal->reason : std::string{},
          std::move(judgement.events)};
}

std::string replaced(std::string_view body, std::string_view from, std::string_view to) {
  std::string text(body);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("not in the body: " + std::string(from));
  return text.replace(at, from.size(), to);
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    out += text;
  }
  return out;
}

std::vector<std::string> mutations(std::string_view body, std::string_view replacement) {
  rapidjson::Document document;
  document.Parse(body.data(), body.size());
  rapidjson::Document other;
  other.Parse(replacement.data(), replacement.size());
  std::vector<std::string> results;
  visit(document, [&](rapidjson::Value& value) {
    rapidjson::Value kept = std::move(value);
    value.CopyFrom(other, document.GetAllocator());
    rapidjson::StringBuffer text;
    rapidjson::Writer<rapidjson::StringBuffer> writer(text);
    document.Accept(writer);
    results.emplace_back(text.GetString(), text.GetSize());
    value = std::move(kept);
  });
  return results;
}

void check_that_nothing_empty_passes(const Subject& subject, std::string_view good) {
  for (const std::string_view empty : {"null", "\"\"", "\" \"", "[]", "{}"}) {
    for (const std::string& body : mutations(good, empty)) {
      CAPTURE(body);
      const Result result = judged(subject, body);
      const bool all_taken = result.reason.empty() && !result.events.empty() &&
                             result.body.find("partialFailureError") == std::string::npos;
      CHECK_FALSE(all_taken);
    }
  }
  for (const std::string_view other : {"1", "-1", "1.5", "1e400", "true", "\"x\"", "[1]", "[[]]",
                                       "{\"x\":1}", "99999999999999999999"}) {
    for (const std::string& body : mutations(good, other)) {
      CHECK(judged(subject, body).status != 0);
    }
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    const Result result = judged(subject, good.substr(0, length));
    CHECK_FALSE(result.reason.empty());
  }
}

}  // namespace sandbox::test
