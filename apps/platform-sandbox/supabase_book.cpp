#include "supabase_book.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "rules.hpp"

namespace sandbox {
namespace {

std::string json_text(const Json& value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  value.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

}  // namespace

SupabaseBook::SupabaseBook() { reset(); }

bool SupabaseBook::has_function(std::string_view name, std::string_view parameter) const {
  const std::lock_guard lock(mutex_);
  return name == function_ && parameter == parameter_;
}

std::string SupabaseBook::read(std::string_view name, bool executed) {
  const std::lock_guard lock(mutex_);
  const auto found = secrets_.find(name);
  if (executed) ++(found == secrets_.end() ? missing_reads_ : reads_);
  return found == secrets_.end() ? "null" : found->second;
}

std::optional<std::string> SupabaseBook::order(std::string_view json) {
  rapidjson::Document order;
  order.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (order.HasParseError() || !order.IsObject() || order.MemberCount() != 1) {
    return "the body must be a JSON object of one order";
  }
  const std::lock_guard lock(mutex_);
  const std::string_view key = text_of(order.MemberBegin()->name);
  const Json& given = order.MemberBegin()->value;
  const std::string name(find_text(given, "name"));
  if (key == "put") {
    const Json* value = find(given, "value");
    if (name.empty() || value == nullptr) return "put needs name and value";
    secrets_[name] = json_text(*value);
  } else if (key == "remove") {
    if (!given.IsString()) return "remove must be a name";
    secrets_.erase(std::string(text_of(given)));
  } else if (key == "function") {
    const std::string_view parameter = find_text(given, "parameter");
    if (name.empty() || parameter.empty()) return "function needs name and parameter";
    function_ = name;
    parameter_ = parameter;
  } else {
    return fmt::format("unknown key \"{}\"", key);
  }
  return std::nullopt;
}

std::string SupabaseBook::told() const {
  const std::lock_guard lock(mutex_);
  return fmt::format("{{\"reads\":{},\"missing_reads\":{}}}\n", reads_, missing_reads_);
}

void SupabaseBook::reset() {
  const std::lock_guard lock(mutex_);
  function_ = "read_secret";
  parameter_ = "secret_name";
  secrets_ = {{"demo-meta", "\"sandbox-supabase-meta\""},
              {"demo-tiktok", "\"sandbox-supabase-tiktok\""}};
  reads_ = 0;
  missing_reads_ = 0;
}

}  // namespace sandbox
