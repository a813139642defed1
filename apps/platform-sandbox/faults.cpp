#include "faults.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "rules.hpp"

namespace sandbox {
namespace {

constexpr std::string_view any_platform = "*";
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// The platforms a rule may name.
constexpr std::array<const Platform*, 8> platforms{
    &meta_platform,   &google_ads_platform, &data_manager_platform, &data_manager_status_platform,
    &tiktok_platform, &token_platform,      &vault_platform,        &supabase_platform};

constexpr std::array<std::string_view, 15> known_keys{
    "platform", "times",    "skip",           "process",  "status",
    "body",     "headers",  "platform_error", "truncate", "close",
    "garbage",  "delay_ms", "reason",         "named",    "refuse_event_id"};

/// Reads one rule; the first thing wrong with it is kept in `error`.
class RuleReader {
 public:
  explicit RuleReader(const Json& rule) : rule_(rule) {}

  FaultRule read();

  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  void complain(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  [[nodiscard]] bool has(std::string_view key) const { return find(rule_, key) != nullptr; }

  std::string text(std::string_view key) {
    const Json* value = find(rule_, key);
    if (value == nullptr) return {};
    if (!value->IsString()) complain(fmt::format("{} must be a string", key));
    return value->IsString() ? std::string(text_of(*value)) : std::string{};
  }

  std::int64_t integer(std::string_view key, std::int64_t otherwise, std::int64_t least,
                       std::int64_t most) {
    const Json* value = find(rule_, key);
    if (value == nullptr) return otherwise;
    if (value->IsInt64() && value->GetInt64() >= least && value->GetInt64() <= most) {
      return value->GetInt64();
    }
    complain(most == unlimited
                 ? fmt::format("{} must be an integer of at least {}", key, least)
                 : fmt::format("{} must be an integer from {} to {}", key, least, most));
    return otherwise;
  }

  bool flag(std::string_view key) {
    const Json* value = find(rule_, key);
    if (value == nullptr) return false;
    if (!value->IsBool()) complain(fmt::format("{} must be true or false", key));
    return value->IsBool() && value->GetBool();
  }

  void read_headers(Answer& answer);
  void read_answer(Fault& fault);
  void read_action(FaultRule& rule);
  void read_mark(FaultRule& rule);
  void check_platform_error(const FaultRule& rule);

  const Json& rule_;
  std::string error_;
};

void RuleReader::read_headers(Answer& answer) {
  const Json* headers = find(rule_, "headers");
  if (headers == nullptr) return;
  if (!headers->IsObject()) return complain("headers must be an object of strings");
  for (const auto& header : headers->GetObject()) {
    if (!header.value.IsString()) return complain("headers must be an object of strings");
    if (equal_ignoring_case(text_of(header.name), "Content-Type")) {
      answer.content_type = text_of(header.value);
    } else {
      answer.headers.push_back(
          {std::string(text_of(header.name)), std::string(text_of(header.value))});
    }
  }
}

void RuleReader::read_answer(Fault& fault) {
  fault.action = Fault::Action::answer;
  fault.answer.status = static_cast<int>(integer("status", 503, 200, 599));
  fault.answer.body = text("body");
  if (fault.answer.body.starts_with('<')) fault.answer.content_type = "text/html";
  read_headers(fault.answer);
  fault.description = fmt::format("status {}", fault.answer.status);
}

/// A name nobody knows would otherwise show only as a test that never sees its fault.
void RuleReader::check_platform_error(const FaultRule& rule) {
  for (const Platform* platform : platforms) {
    if (platform->name != rule.platform) continue;
    if (platform->ready_made(rule.fault.error, Judgement{})) return;
    return complain(
        fmt::format("{} has no platform_error \"{}\"", rule.platform, rule.fault.error));
  }
  complain("platform_error needs one platform");
}

void RuleReader::read_action(FaultRule& rule) {
  Fault& fault = rule.fault;
  fault.delay_ms = integer("delay_ms", 0, 0, 3'600'000);
  fault.description = fmt::format("delay_ms {}", fault.delay_ms);
  const auto given =
      std::count_if(known_keys.begin(), known_keys.end(), [this](std::string_view key) {
        return has(key) && (key == "status" || key == "platform_error" || key == "truncate" ||
                            key == "close" || key == "garbage");
      });
  if (given > 1) return complain("only one action a rule (delay_ms may be beside it)");
  if (given == 0 && !has("delay_ms")) return complain("the rule has no action");
  if (has("status")) {
    read_answer(fault);
  } else if (has("platform_error")) {
    fault.action = Fault::Action::platform_error;
    fault.error = text("platform_error");
    fault.description = "platform_error " + fault.error;
    check_platform_error(rule);
  } else if (has("truncate")) {
    fault.action = Fault::Action::truncate;
    fault.bytes = static_cast<std::size_t>(integer("truncate", 0, 0, unlimited));
    fault.description = fmt::format("truncate {}", fault.bytes);
  } else if (has("close")) {
    fault.action = Fault::Action::close;
    fault.description = "close";
    if (!flag("close")) complain("close must be true");
  } else if (has("garbage")) {
    fault.action = Fault::Action::garbage;
    fault.description = "garbage";
    if (!flag("garbage")) complain("garbage must be true");
  }
  fault.process = flag("process");
  if (fault.action == Fault::Action::delay) {
    if (has("process") && !fault.process) complain("a delay alone always processes the events");
    fault.process = true;
  }
}

void RuleReader::read_mark(FaultRule& rule) {
  rule.event_id = text("refuse_event_id");
  rule.mark.reason = has("reason") ? text("reason") : "Refused by order of the test.";
  if (has("named")) rule.mark.named = flag("named");
  for (const std::string_view key : known_keys) {
    if (!has(key) || key == "platform" || key == "refuse_event_id" || key == "reason" ||
        key == "named") {
      continue;
    }
    complain(fmt::format("{} has no meaning beside refuse_event_id", key));
  }
  if (rule.event_id.empty()) complain("refuse_event_id must not be empty");
}

FaultRule RuleReader::read() {
  FaultRule rule;
  if (!rule_.IsObject()) {
    complain("a rule must be an object");
    return rule;
  }
  for (const auto& member : rule_.GetObject()) {
    const std::string_view key = text_of(member.name);
    if (std::find(known_keys.begin(), known_keys.end(), key) == known_keys.end()) {
      complain(fmt::format("unknown key \"{}\"", key));
    }
  }
  rule.platform = has("platform") ? text("platform") : any_platform;
  const bool known = std::any_of(platforms.begin(), platforms.end(), [&](const Platform* platform) {
    return platform->name == rule.platform;
  });
  if (!known && rule.platform != any_platform) {
    complain(
        "platform must be meta, google_ads, data_manager, data_manager_status, tiktok, token, "
        "vault, "
        "supabase or *");
  }
  if (has("refuse_event_id")) {
    read_mark(rule);
    return rule;
  }
  if (has("reason") || has("named")) complain("reason and named belong to refuse_event_id");
  if ((has("body") || has("headers")) && !has("status")) {
    complain("body and headers need a status");
  }
  rule.times = integer("times", 1, -1, unlimited);
  if (rule.times == 0) complain("times must be at least 1, or -1 for always");
  rule.skip = integer("skip", 0, 0, unlimited);
  read_action(rule);
  return rule;
}

bool is_for(const FaultRule& rule, std::string_view platform) {
  return rule.platform == platform || rule.platform == any_platform;
}

}  // namespace

std::optional<std::string> FaultPlan::add(std::string_view json) {
  rapidjson::Document list;
  list.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (list.HasParseError()) return "the body is not JSON";
  if (!list.IsArray()) return "the body must be a JSON list of rules";
  std::deque<FaultRule> rules;
  for (rapidjson::SizeType i = 0; i < list.Size(); ++i) {
    RuleReader reader(list[i]);
    rules.push_back(reader.read());
    if (!reader.error().empty()) return fmt::format("rule {}: {}", i, reader.error());
  }
  const std::lock_guard lock(mutex_);
  for (FaultRule& rule : rules) {
    if (rule.event_id.empty()) {
      rules_.push_back(std::move(rule));
      continue;
    }
    for (const Platform* platform : platforms) {
      if (!is_for(rule, platform->name)) continue;
      // Copied, not changed: requests under way still read the old one.
      auto& marks = marked_[std::string(platform->name)];
      auto changed =
          marks ? std::make_shared<MarkedEvents>(*marks) : std::make_shared<MarkedEvents>();
      (*changed)[rule.event_id] = rule.mark;
      marks = std::move(changed);
    }
  }
  return std::nullopt;
}

std::optional<Fault> FaultPlan::next(std::string_view platform) {
  const std::lock_guard lock(mutex_);
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const FaultRule& candidate) {
    return is_for(candidate, platform);
  });
  if (rule == rules_.end()) return std::nullopt;
  if (rule->skip > 0) {
    --rule->skip;
    return std::nullopt;
  }
  Fault fault = rule->fault;
  if (rule->times > 0 && --rule->times == 0) rules_.erase(rule);
  return fault;
}

std::shared_ptr<const MarkedEvents> FaultPlan::marked(std::string_view platform) const {
  const std::lock_guard lock(mutex_);
  const auto found = marked_.find(platform);
  return found == marked_.end() ? nullptr : found->second;
}

std::string FaultPlan::remaining() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const FaultRule& rule : rules_) {
    text += fmt::format(R"({}{{"platform":"{}","times":{},"skip":{},"fault":{}}})",
                        text.empty() ? "" : ",", rule.platform, rule.times, rule.skip,
                        json_quoted(rule.fault.description));
  }
  return "[" + text + "]\n";
}

void FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
  marked_.clear();
}

}  // namespace sandbox
