#include "journal.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "slices.hpp"

namespace sandbox {
namespace {

constexpr std::size_t most_lines = 100'000;
constexpr std::size_t shown_of_a_secret = 8;

constexpr std::array<const Platform*, 9> platforms{
    &meta_platform,   &google_ads_platform, &data_manager_platform, &data_manager_status_platform,
    &tiktok_platform, &token_platform,      &vault_platform,        &supabase_platform,
    &unknown_platform};

std::size_t index_of(const Platform& platform) {
  return static_cast<std::size_t>(
      std::distance(platforms.begin(), std::find(platforms.begin(), platforms.end(), &platform)));
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::accepted:
      return "accepted";
    case Status::duplicate:
      return "duplicate";
    case Status::refused:
      break;
  }
  return "refused";
}

/// What became of an event: one the platform did not execute was not taken, whatever its worth.
Status final_status(const Verdict& verdict, bool taken) {
  return taken ? verdict.status : Status::refused;
}

/// Line breaks in valid JSON are white space between tokens: within strings they are escaped.
std::string on_one_line(std::string_view json) {
  std::string text(json);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

/// An event's line without its beginning, which holds the arrival number.
std::string event_line(const Platform& platform, const Judgement& judgement, std::size_t index,
                       std::string_view body, const Handling& handling) {
  const Verdict& verdict = judgement.events[index];
  const Status status = final_status(verdict, handling.executed && judgement.executed);
  std::string reason = reason_of(verdict, judgement);
  if (reason.empty() && status == Status::refused) {
    reason = handling.executed ? "checked only" : fmt::format("lost by fault: {}", handling.fault);
  }
  return fmt::format(
      R"("platform":"{}","destination":{},"dedup_key":{},"event_id":{},"status":"{}",)"
      R"("reason":{},"body":{}}})",
      platform.name, json_quoted(verdict.destination), json_quoted(verdict.dedup_key),
      json_quoted(verdict.event_id), name_of(status), json_quoted(reason),
      body.empty() ? "null" : on_one_line(body));
}

std::string shortened(std::string_view secret) {
  return secret.size() <= shown_of_a_secret
             ? std::string(secret)
             : std::string(secret.substr(0, shown_of_a_secret)) + "...";
}

std::string shown_value(const Header& header) {
  const bool secret = equal_ignoring_case(header.name, "Access-Token") ||
                      equal_ignoring_case(header.name, "developer-token") ||
                      equal_ignoring_case(header.name, "X-Vault-Token") ||
                      equal_ignoring_case(header.name, "apikey");
  if (secret) return shortened(header.value);
  if (!equal_ignoring_case(header.name, "Authorization")) return header.value;
  const std::size_t space = header.value.find(' ');
  if (space == std::string::npos) return shortened(header.value);
  return header.value.substr(0, space + 1) +
         shortened(std::string_view(header.value).substr(space + 1));
}

/// The path with its query, of whose values only the beginnings are shown.
std::string shown_path(const Call& call) {
  std::string text = call.path;
  std::string_view rest = call.query;
  char separator = '?';
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    text += separator;
    text += pair.substr(0, equals);
    if (equals != std::string_view::npos)
      text.append("=").append(shortened(pair.substr(equals + 1)));
    separator = '&';
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return text;
}

/// A request's line without its beginning, which holds the arrival number.
std::string request_line(const Platform& platform, const Call& call, const Judgement& judgement,
                         const Handling& handling) {
  std::string headers;
  for (const Header& header : call.headers) {
    headers += fmt::format("{}{}:{}", headers.empty() ? "" : ",", json_quoted(header.name),
                           json_quoted(shown_value(header)));
  }
  return fmt::format(
      R"("platform":"{}","method":{},"path":{},"headers":{{{}}},"bytes":{},"events":{},)"
      R"("status":{},"reason":{},"fault":{}}})",
      platform.name, json_quoted(call.method), json_quoted(shown_path(call)), headers,
      call.body.size(), judgement.events.size(), handling.status,
      json_quoted(judgement.refusal ? judgement.refusal->reason : ""), json_quoted(handling.fault));
}

void append(std::deque<std::string>& lines, std::string line) {
  lines.push_back(std::move(line));
  if (lines.size() > most_lines) lines.pop_front();
}

std::string joined(const std::deque<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line;
    text += '\n';
  }
  return text;
}

}  // namespace

void Journal::settle(const Platform& platform, Judgement& judgement, bool executed) {
  if (!keep_ || judgement.refusal) return;
  const std::lock_guard lock(mutex_);
  for (Verdict& verdict : judgement.events) {
    if (verdict.status != Status::accepted) continue;
    const std::string key = fmt::format("{} {}", platform.ledger, verdict.dedup_key);
    const std::string second = verdict.second_key.empty()
                                   ? std::string{}
                                   : fmt::format("{} {}", platform.ledger, verdict.second_key);
    const bool known = taken_.contains(key);
    const bool known_second = !second.empty() && taken_.contains(second);
    if (known || known_second) {
      verdict.status = Status::duplicate;
      verdict.repeats_second_key = !known;
    } else if (executed && judgement.executed && verdict.later.empty()) {
      taken_.insert(key);
      if (!second.empty()) taken_.insert(second);
    }
  }
}

void Journal::record(const Platform& platform, const Call& call, const Judgement& judgement,
                     const Handling& handling) {
  std::vector<std::string> events;
  std::string request;
  if (keep_) {
    const auto bodies = judgement.events.empty() ? std::vector<std::string_view>{}
                                                 : list_elements(call.body, platform.event_list);
    events.reserve(judgement.events.size());
    for (std::size_t i = 0; i < judgement.events.size(); ++i) {
      events.push_back(event_line(platform, judgement, i,
                                  i < bodies.size() ? bodies[i] : std::string_view{}, handling));
    }
    request = request_line(platform, call, judgement, handling);
  }
  const bool taken = handling.executed && judgement.executed;

  const std::lock_guard lock(mutex_);
  Counts& counts = counts_[index_of(platform)];
  ++counts.requests;
  counts.events += judgement.events.size();
  for (const Verdict& verdict : judgement.events) {
    const Status status = final_status(verdict, taken);
    ++(status == Status::accepted    ? counts.accepted
       : status == Status::duplicate ? counts.duplicates
                                     : counts.refused);
  }
  if (!keep_) return;
  append(request_lines_, fmt::format(R"({{"n":{},{})", next_request_++, request));
  for (const std::string& event : events) {
    append(event_lines_, fmt::format(R"({{"n":{},{})", next_event_++, event));
  }
}

std::string Journal::stats() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    const Counts& counts = counts_[i];
    text += fmt::format(R"({}"{}":{{"requests":{},"events_received":{},"accepted":{},"refused":{},)"
                        R"("duplicates":{}}})",
                        i == 0 ? "" : ",", platforms[i]->name, counts.requests, counts.events,
                        counts.accepted, counts.refused, counts.duplicates);
  }
  return "{" + text + "}\n";
}

std::string Journal::events() const {
  const std::lock_guard lock(mutex_);
  return joined(event_lines_);
}

std::string Journal::requests() const {
  const std::lock_guard lock(mutex_);
  return joined(request_lines_);
}

void Journal::reset() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
  next_request_ = 1;
  next_event_ = 1;
  event_lines_.clear();
  request_lines_.clear();
  taken_.clear();
}

}  // namespace sandbox
