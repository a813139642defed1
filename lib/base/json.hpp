#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/result.hpp"

namespace pruuv::json {

// Foreign JSON is read only through here: RapidJSON itself aborts when a value has another type.
// A Value is a view into its Document and must not outlive it. Asking an absent or other-typed
// value gives "nothing", never a fault.
class Value {
 public:
  Value() = default;
  explicit Value(const rapidjson::Value* value) : value_(value) {}

  [[nodiscard]] bool exists() const { return value_ != nullptr && !value_->IsNull(); }
  [[nodiscard]] bool is_object() const { return value_ != nullptr && value_->IsObject(); }
  [[nodiscard]] bool is_array() const { return value_ != nullptr && value_->IsArray(); }
  [[nodiscard]] bool is_string() const { return value_ != nullptr && value_->IsString(); }
  [[nodiscard]] bool is_bool() const { return value_ != nullptr && value_->IsBool(); }
  // A number keeps the digits it was written with only under Numbers::as_text, where it is a
  // string.
  [[nodiscard]] bool is_number() const { return value_ != nullptr && value_->IsNumber(); }

  [[nodiscard]] std::optional<std::string_view> text() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;  // also of a string of digits
  [[nodiscard]] std::optional<bool> boolean() const;

  [[nodiscard]] Value operator[](std::string_view key) const;  // member, or an absent Value
  [[nodiscard]] std::vector<Value> items() const;              // of an array, else empty
  [[nodiscard]] std::vector<std::pair<std::string_view, Value>> members() const;

  [[nodiscard]] std::string dump() const;  // compact JSON

 private:
  const rapidjson::Value* value_ = nullptr;
};

enum class Numbers {
  as_numbers,
  as_text,  // "10.50" stays "10.50": money never goes through a double
};

struct Limits {
  std::size_t bytes_max = std::size_t{16} << 20;
  int depth_max = 32;
};

class Document {
 public:
  [[nodiscard]] Value root() const { return Value(&document_); }

 private:
  friend Result<Document> parse(std::string_view, Numbers, const Limits&);
  rapidjson::Document document_;
};

// Error kind config; the message holds the place of the fault, never the text around it (it may be
// personal data or a token).
[[nodiscard]] Result<Document> parse(std::string_view text, Numbers numbers = Numbers::as_numbers,
                                     const Limits& limits = {});

// Writes compact JSON in the order of the calls. Absent text is left out: no platform wants null or
// "".
class Writer {
 public:
  Writer() : writer_(buffer_) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void key(std::string_view name) { writer_.Key(name.data(), size(name)); }

  void text(std::string_view value) { writer_.String(value.data(), size(value)); }
  void integer(std::int64_t value) { writer_.Int64(value); }
  void boolean(bool value) { writer_.Bool(value); }
  void null() { writer_.Null(); }
  // Already JSON: a decimal that must keep its digits, or an object made earlier.
  void raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }

  // A member, unless there is nothing to say.
  void member(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    text(value);
  }
  void member_integer(std::string_view name, std::int64_t value) {
    key(name);
    integer(value);
  }
  void member_boolean(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }
  void member_raw(std::string_view name, std::string_view json) {
    if (json.empty()) return;
    key(name);
    raw(json);
  }

  [[nodiscard]] std::string_view view() const { return {buffer_.GetString(), buffer_.GetSize()}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  void reset() {
    buffer_.Clear();
    writer_.Reset(buffer_);
  }

 private:
  static rapidjson::SizeType size(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

// The same JSON with line breaks and two spaces of indent, members in their order, numbers digit by
// digit.
[[nodiscard]] std::string pretty(std::string_view compact);

// As pretty(), with every string and number replaced by what `replace(key, text)` makes of it; a
// number that stays what it is stays a number, else it becomes a string. `key` is that of the
// innermost member it stands under, also inside a list. Text that is no JSON gives "".
using ReplaceText = std::function<std::string(std::string_view key, std::string_view text)>;
[[nodiscard]] std::string pretty(std::string_view compact, const ReplaceText& replace);

}  // namespace pruuv::json
