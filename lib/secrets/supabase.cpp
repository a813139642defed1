#include "secrets/supabase.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "secrets/file_source.hpp"
#include "secrets/source.hpp"

namespace pruuv::secrets {
namespace {

constexpr std::size_t reads_max = 8;
constexpr int tries_max = 4;
constexpr int timeout_ms = 10'000;

// PostgREST's `message` is left out: it may quote what the function was given.
std::string code_of(const HttpResponse& response) {
  const auto document = json::parse(response.body, json::Numbers::as_text);
  if (!document) return {};
  return cut(printable(document->root()["code"].text().value_or("")), 40);
}

std::string with_code(std::string cause, const HttpResponse& response) {
  const std::string code = code_of(response);
  return code.empty() ? cause : fmt::format("{} ({})", cause, code);
}

Answer refused(const Reference& reference, const std::string& cause, std::string hint) {
  return Answer::failed(Reach::reference, Error{ErrorKind::config,
                                                fmt::format("read the secret {}: {}",
                                                            printable(reference.text), cause),
                                                std::move(hint)});
}

Answer answer_of(const Reference& reference, const HttpResponse& response) {
  const auto refuse = [&](const std::string& cause, std::string hint) {
    return refused(reference, cause, std::move(hint));
  };
  // The answer as a member of a list: the parser takes lists and objects only.
  const auto document = json::parse("[" + response.body + "]", json::Numbers::as_text);
  const auto items = document ? document->root().items() : std::vector<json::Value>();
  if (items.size() != 1) return refuse("the function's answer is no JSON", "");
  const json::Value value = items.front();
  if (!value.exists())
    return refuse("there is none of that name", "`SELECT name FROM vault.secrets` shows them");
  if (value.is_object()) return Answer::ready(Secret(value.dump()));
  if (!value.is_string()) {
    return refuse("the function's answer is neither text nor an object",
                  "it should return vault.decrypted_secrets.decrypted_secret");
  }
  auto text = tidy(Secret(std::string(value.text().value_or(""))), reference.text);
  if (!text) return Answer::failed(Reach::reference, std::move(text).error());
  return Answer::ready(std::move(*text));
}

}  // namespace

Supabase::Supabase(config::SupabaseSettings settings, Loaded loaded)
    : settings_(std::move(settings)), loaded_(std::move(loaded)) {}

Result<void> Supabase::prepare() {
  if (settings_.url.empty() || settings_.key_file.empty()) {
    return fail(ErrorKind::config, "ask Supabase: no address or no key is set",
                "set supabase-url and supabase-key-file, the file of the service role's key");
  }
  PRUUV_TRY_ASSIGN(const Secret whole, read_file(settings_.key_file));
  PRUUV_TRY_ASSIGN(key_, tidy(whole, "file:" + settings_.key_file));
  loaded_(key_);
  return {};
}

Answer Supabase::ask(const Reference& reference, std::int64_t now_ms) {
  if (!end_ && key_.empty()) {
    if (auto ready = prepare(); !ready) end_with(Reach::place, std::move(ready).error());
  }
  if (end_) return Answer::failed(end_->reach, end_->error);
  if (not_before_ms_ > now_ms) return Answer::paused(not_before_ms_);
  waiting_.push_back(reference);
  return {};
}

HttpRequest Supabase::request_for(const Reference& reference) const {
  HttpRequest request;
  request.url = fmt::format("{}/rest/v1/rpc/{}", settings_.url, settings_.rpc);
  request.headers.push_back({"apikey", key_});
  request.headers.push_back({"Authorization", Secret("Bearer " + std::string(key_.reveal()))});
  request.headers.push_back({"Content-Type", "application/json"});
  json::Writer body;
  body.begin_object();
  body.member(settings_.parameter, reference.name);
  body.end_object();
  request.body = body.str();
  request.timeout_ms = timeout_ms;
  return request;
}

std::optional<HttpRequest> Supabase::next_call(std::int64_t number, std::int64_t now_ms) {
  if (end_ || not_before_ms_ > now_ms || waiting_.empty() || reads_.size() >= reads_max)
    return std::nullopt;
  HttpRequest request = request_for(waiting_.front());
  reads_.emplace(number, Read{std::move(waiting_.front()), failures_ever_});
  waiting_.pop_front();
  return request;
}

std::vector<Settled> Supabase::take(std::int64_t number, const HttpResponse& response,
                                    std::int64_t now_ms) {
  const auto read = reads_.extract(number);
  const Reference& reference = read.mapped().reference;
  const bool is_good = response.is_whole() && response.status >= 200 && response.status < 300;
  if (is_good) {
    failures_ = 0;
    return {{reference.text, answer_of(reference, response)}};
  }
  constexpr int bad_request = 400;
  if (response.is_whole() && response.status == bad_request) {
    // The function itself objects, to this name: 22P02 for an id that is none.
    failures_ = 0;
    return {
        {reference.text, refused(reference, with_code("the function refuses the name", response),
                                 "check the name, and what the function expects")}};
  }
  waiting_.push_front(reference);
  const bool is_about_us = response.is_whole() && response.status >= 400 && response.status < 500 &&
                           response.status != 429 && response.status != 408;
  if (!is_about_us) {
    // Reads that were under way together fail together: that is one failure.
    const bool is_counted = read.mapped().failures_before != failures_ever_;
    return is_counted && !end_ ? settle_all(Answer::paused(not_before_ms_))
                               : try_again(response, now_ms);
  }
  return end_with(
      Reach::place,
      error_of(ErrorKind::config,
               with_code(fmt::format("it answered with status {}", response.status), response),
               response.status == 404
                   ? "check supabase-rpc and supabase-parameter: there is no such function"
                   : "check the key in supabase-key-file, and that its role may run the function"));
}

std::vector<Settled> Supabase::try_again(const HttpResponse& response, std::int64_t now_ms) {
  if (end_) return settle_all(Answer::failed(end_->reach, end_->error));
  ++failures_;
  ++failures_ever_;
  if (failures_ > tries_max) {
    const std::string cause = response.is_whole()
                                  ? fmt::format("it answered with status {}", response.status)
                                  : response.transport_error;
    return end_with(Reach::outage,
                    error_of(ErrorKind::unavailable, cause, "the next run asks again"));
  }
  not_before_ms_ = now_ms + (std::int64_t{250} << failures_);
  return settle_all(Answer::paused(not_before_ms_));
}

std::vector<Settled> Supabase::end_with(Reach reach, Error error) {
  end_ = {reach, std::move(error)};
  return settle_all(Answer::failed(end_->reach, end_->error));
}

std::vector<Settled> Supabase::settle_all(const Answer& answer) {
  std::vector<Settled> settled;
  for (const Reference& reference : waiting_) settled.push_back({reference.text, answer});
  waiting_.clear();
  return settled;
}

Error Supabase::error_of(ErrorKind kind, const std::string& cause, std::string hint) const {
  return Error{kind, fmt::format("ask Supabase at {}: {}", settings_.url, cause), std::move(hint)};
}

}  // namespace pruuv::secrets
