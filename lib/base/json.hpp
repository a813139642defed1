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
  using Room = rapidjson::MemoryPoolAllocator<>;

  explicit Document(std::string_view text);
  bool parse_in_place(Numbers numbers);  // false: it is no JSON
  void parse_with_care(std::string_view text, Numbers numbers);

  std::unique_ptr<char[]> text_;  // the strings of the values stand in it
  std::unique_ptr<Room> room_;    // for lists and members
  rapidjson::Document document_;
};

// Error kind config; the message holds the place of the fault, never the text around it (it may be
// personal data or a token).
[[nodiscard]] Result<Document> parse(std::string_view text, Numbers numbers = Numbers::as_numbers,
                                     const Limits& limits = {});

// Writes compact JSON in the order of the calls. Absent text is left out: no platform wants null or
// "". Text is taken for UTF-8 as it is.
class Writer {
 public:
  Writer() = default;
  // With room for so many bytes, where the caller knows how much it will be.
  explicit Writer(std::size_t bytes) { out_.reserve(bytes); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  void key(std::string_view name) {
    text(name);
    out_ += ':';
    is_comma_due_ = false;
  }

  void text(std::string_view value);
  void integer(std::int64_t value);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  // Already JSON: a decimal that must keep its digits, or an object made earlier.
  void raw(std::string_view json) {
    separate();
    out_ += json;
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

  [[nodiscard]] std::string_view view() const { return out_; }
  [[nodiscard]] std::string str() const { return out_; }
  // What was written, without a copy of it; the writer is then as new.
  [[nodiscard]] std::string take() {
    is_comma_due_ = false;
    return std::exchange(out_, {});
  }
  void reset() {
    out_.clear();
    is_comma_due_ = false;
  }

 private:
  void separate() {
    if (is_comma_due_) out_ += ',';
    is_comma_due_ = true;
  }
  void begin(char bracket) {
    separate();
    out_ += bracket;
    is_comma_due_ = false;
  }
  void end(char bracket) {
    out_ += bracket;
    is_comma_due_ = true;
  }

  std::string out_;
  bool is_comma_due_ = false;  // before the next key or value
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
