#include "request_book.hpp"

#include <vector>

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace sandbox {
namespace {

constexpr std::size_t most_requests = 10'000;
constexpr std::string_view always = "later-";
constexpr std::string_view once = "once-";

/// "TOO_RECENT_CLICK" of "later-TOO_RECENT_CLICK-x"; empty when the mark is not there.
std::string_view reason_behind(std::string_view click, std::string_view mark) {
  if (!click.starts_with(mark)) return {};
  click.remove_prefix(mark.size());
  return click.substr(0, click.find('-'));
}

/// One reason is spelled without REASON.
std::string full_name(std::string_view reason) {
  constexpr std::string_view odd = "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER";
  return fmt::format("PROCESSING_ERROR_{}{}", reason == odd ? "" : "REASON_", reason);
}

std::string dumped(const Json& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

}  // namespace

std::string_view click_of(const Json& event) {
  const Json* ids = find(event, "adIdentifiers");
  if (ids == nullptr) return {};
  for (const std::string_view key : {"gclid", "gbraid", "wbraid"}) {
    if (const std::string_view click = find_text(*ids, key); !click.empty()) return click;
  }
  return {};
}

std::string RequestBook::fate_of(std::string_view click) const {
  if (!keep_) return {};
  if (const std::string_view reason = reason_behind(click, always); !reason.empty()) {
    return std::string(reason);
  }
  const std::string_view reason = reason_behind(click, once);
  const std::lock_guard lock(mutex_);
  return refused_once_.contains(click) ? std::string{} : std::string(reason);
}

void RequestBook::keep(const std::string& request_id, const Judgement& judgement) {
  const Json* events = event_objects(judgement, "events");
  const Json* destinations = event_objects(judgement, "destinations");
  if (!keep_ || events == nullptr || destinations == nullptr) return;
  TakenRequest request;
  request.destination = dumped((*destinations)[0]);
  request.events = judgement.events.size();
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < judgement.events.size(); ++i) {
    const Verdict& verdict = judgement.events[i];
    if (verdict.status == Status::duplicate) {
      request.refused.emplace(i, "DUPLICATE_TRANSACTION_ID");
    } else if (!verdict.later.empty()) {
      request.refused.emplace(i, verdict.later);
      const std::string_view click = click_of((*events)[static_cast<rapidjson::SizeType>(i)]);
      if (click.starts_with(once)) refused_once_.emplace(click);
    }
  }
  requests_.emplace(request_id, std::move(request));
  order_.push_back(request_id);
  if (order_.size() <= most_requests) return;
  requests_.erase(order_.front());
  order_.pop_front();
}

std::string RequestBook::judged(const TakenRequest& request) const {
  std::map<std::string, std::vector<std::size_t>> by_reason;
  for (const auto& [position, reason] : request.refused) by_reason[reason].push_back(position);
  std::string counts;
  for (const auto& [reason, positions] : by_reason) {
    counts += fmt::format(R"({}{{"recordCount":"{}","reason":"{}")", counts.empty() ? "" : ",",
                          positions.size(), full_name(reason));
    if (telling_.indices) {
      counts += fmt::format(R"(,"recordIndices":["{}"])", fmt::join(positions, R"(",")"));
    }
    counts += "}";
  }
  const std::string_view word = request.refused.empty()                   ? "SUCCESS"
                                : request.refused.size() < request.events ? "PARTIAL_SUCCESS"
                                                                          : "FAILED";
  std::string text =
      fmt::format(R"("requestStatus":"{}","eventsIngestionStatus":{{"recordCount":"{}"}})", word,
                  request.events);
  if (!counts.empty()) text += fmt::format(R"(,"errorInfo":{{"errorCounts":[{}]}})", counts);
  return text;
}

std::optional<std::string> RequestBook::status(std::string_view request_id) {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(request_id);
  if (found == requests_.end()) return std::nullopt;
  TakenRequest& request = found->second;
  const bool is_processing = request.polls++ < telling_.processing;
  return fmt::format(R"({{"requestStatusPerDestination":[{{"destination":{},{}}}]}})",
                     request.destination,
                     is_processing ? R"("requestStatus":"PROCESSING")" : judged(request));
}

std::optional<std::string> RequestBook::tell(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return "the body must be a JSON object";
  Telling telling;
  const Json& told = document;
  for (const auto& member : told.GetObject()) {
    const std::string_view key = text_of(member.name);
    if (key == "processing" && member.value.IsUint()) {
      telling.processing = member.value.GetInt64();
    } else if (key == "indices" && member.value.IsBool()) {
      telling.indices = member.value.GetBool();
    } else {
      return "only processing (a number) and indices (true or false) can be told";
    }
  }
  const std::lock_guard lock(mutex_);
  telling_ = telling;
  return std::nullopt;
}

void RequestBook::reset() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
  order_.clear();
  refused_once_.clear();
  telling_ = {};
}

}  // namespace sandbox
