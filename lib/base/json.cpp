#include "base/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/text.hpp"

namespace pruuv::json {
namespace {

// The depth is checked on the bytes, before RapidJSON builds anything.
bool deeper_than(std::string_view text, int depth_max) {
  const auto opening =
      std::count(text.begin(), text.end(), '{') + std::count(text.begin(), text.end(), '[');
  if (opening <= depth_max) return false;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

// The code unit, if an escape of one (backslash, u, four hexadecimal digits) stands at the front.
std::optional<unsigned> escaped_unit(std::string_view text) {
  constexpr std::size_t length = 6;
  if (text.size() < length || !text.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const auto [end, fault] = std::from_chars(text.data() + 2, text.data() + length, unit, 16);
  if (fault != std::errc() || end != text.data() + length) return std::nullopt;
  return unit;
}

// RapidJSON refuses a high surrogate without a low one behind it, but takes a low one alone and
// makes bytes of it that are no UTF-8.
bool has_lone_low_surrogate(std::string_view text) {
  std::size_t end_of_high = std::string_view::npos;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const auto unit = escaped_unit(text.substr(at));
    const bool is_low = unit && *unit >= 0xDC00 && *unit <= 0xDFFF;
    if (is_low && at != end_of_high) return true;
    at += unit ? 6 : 2;
    if (unit && *unit >= 0xD800 && *unit <= 0xDBFF) end_of_high = at;
  }
  return false;
}

// Passes everything on as it is read; a number stays the text it was, a double would change its
// digits.
class PrettyHandler {
 public:
  using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;
  PrettyHandler(Writer& out, const ReplaceText& replace) : out_(out), replace_(replace) {}

  bool Null() { return out_.Null(); }
  bool Bool(bool b) { return out_.Bool(b); }
  // Never called: numbers come as RawNumber.
  bool Int(int i) { return out_.Int(i); }
  bool Uint(unsigned u) { return out_.Uint(u); }
  bool Int64(std::int64_t i) { return out_.Int64(i); }
  bool Uint64(std::uint64_t u) { return out_.Uint64(u); }
  bool Double(double d) { return out_.Double(d); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool) {
    const std::string_view digits(s, n);
    const std::string text = replace_(keys_.empty() ? std::string_view() : keys_.back(), digits);
    if (text == digits) return out_.RawValue(s, n, rapidjson::kNumberType);
    return out_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    const std::string text = replace_(keys_.empty() ? std::string_view() : keys_.back(), {s, n});
    return out_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  bool StartObject() {
    keys_.emplace_back();
    return out_.StartObject();
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    keys_.back().assign(s, n);
    return out_.Key(s, n);
  }
  bool EndObject(rapidjson::SizeType n) {
    keys_.pop_back();
    return out_.EndObject(n);
  }
  bool StartArray() { return out_.StartArray(); }
  bool EndArray(rapidjson::SizeType n) { return out_.EndArray(n); }

 private:
  Writer& out_;
  const ReplaceText& replace_;
  std::vector<std::string> keys_;  // one an open object
};

// What stands behind the backslash for a character of which JSON demands one; 0 = it needs none.
char escape_of(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return static_cast<unsigned char>(c) < 0x20 ? 'u' : '\0';
  }
}

// No early end and no bool: so the compiler looks at many bytes at once.
bool needs_escapes(std::string_view text) {
  unsigned char needs = 0;
  for (const char c : text) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20;
    needs |= static_cast<unsigned char>(is_control | (c == '"') | (c == '\\'));
  }
  return needs != 0;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    const char escape = escape_of(c);
    if (escape == '\0') {
      out += c;
      continue;
    }
    out += '\\';
    out += escape;
    if (escape != 'u') continue;
    out += "00";
    out += hex[static_cast<unsigned char>(c) >> 4U];
    out += hex[static_cast<unsigned char>(c) & 15U];
  }
}

// No document is made with less room than this, and none with much more than it may need.
constexpr std::size_t room_bytes_min = 1024;

constexpr unsigned in_place = rapidjson::kParseInsituFlag;  // by recursion: the depth is known
constexpr unsigned with_care =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
constexpr unsigned as_text = rapidjson::kParseNumbersAsStringsFlag;

}  // namespace

std::optional<std::string_view> Value::text() const {
  if (!is_string()) return std::nullopt;
  return std::string_view(value_->GetString(), value_->GetStringLength());
}

std::optional<std::int64_t> Value::integer() const {
  if (value_ != nullptr && value_->IsInt64()) return value_->GetInt64();
  if (is_string()) return parse_int64(*text());
  return std::nullopt;
}

std::optional<bool> Value::boolean() const {
  if (!is_bool()) return std::nullopt;
  return value_->GetBool();
}

Value Value::operator[](std::string_view key) const {
  if (!is_object()) return Value();
  // An empty view may hold a null pointer, which RapidJSON aborts on.
  const rapidjson::Value name(rapidjson::StringRef(key.empty() ? "" : key.data(), key.size()));
  const auto found = value_->FindMember(name);
  return found == value_->MemberEnd() ? Value() : Value(&found->value);
}

std::vector<Value> Value::items() const {
  std::vector<Value> out;
  if (!is_array()) return out;
  out.reserve(value_->Size());
  for (const auto& item : value_->GetArray()) out.emplace_back(&item);
  return out;
}

std::vector<std::pair<std::string_view, Value>> Value::members() const {
  std::vector<std::pair<std::string_view, Value>> out;
  if (!is_object()) return out;
  for (const auto& member : value_->GetObject()) {
    out.emplace_back(std::string_view(member.name.GetString(), member.name.GetStringLength()),
                     Value(&member.value));
  }
  return out;
}

std::string Value::dump() const {
  if (value_ == nullptr) return "null";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value_->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

Document::Document(std::string_view text)
    : text_(std::make_unique_for_overwrite<char[]>(text.size() + 1)),
      room_(std::make_unique<Room>(room_bytes_min + text.size())),
      document_(room_.get()) {
  *std::copy(text.begin(), text.end(), text_.get()) = '\0';
}

bool Document::parse_in_place(Numbers numbers) {
  if (numbers == Numbers::as_text) {
    document_.ParseInsitu<in_place | as_text>(text_.get());
  } else {
    document_.ParseInsitu<in_place>(text_.get());
  }
  return !document_.HasParseError();
}

void Document::parse_with_care(std::string_view text, Numbers numbers) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> utf8(stream);
  if (numbers == Numbers::as_text) {
    document_.ParseStream<with_care | as_text>(utf8);
  } else {
    document_.ParseStream<with_care>(utf8);
  }
}

Result<Document> parse(std::string_view text, Numbers numbers, const Limits& limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorKind::config, fmt::format("parse JSON: {} bytes, more than the {} allowed",
                                               text.size(), limits.bytes_max));
  }
  if (deeper_than(text, limits.depth_max)) {
    return fail(ErrorKind::config,
                fmt::format("parse JSON: nested deeper than {} levels", limits.depth_max));
  }
  if (has_lone_low_surrogate(text)) {
    return fail(ErrorKind::config, "parse JSON: half of a surrogate pair in a string");
  }
  Document out(text);
  // The fast way is for what is well-formed; the other says what is wrong, and where.
  const bool is_plain = is_valid_utf8(text) && !text.starts_with('\xEF');  // no byte order mark
  if (!is_plain || !out.parse_in_place(numbers)) out.parse_with_care(text, numbers);
  if (out.document_.HasParseError()) {
    std::string cause = ascii_lower(rapidjson::GetParseError_En(out.document_.GetParseError()));
    if (cause.ends_with('.')) cause.pop_back();
    return fail(ErrorKind::config,
                fmt::format("parse JSON: {} (at byte {})", cause, out.document_.GetErrorOffset()));
  }
  return out;
}

void Writer::text(std::string_view value) {
  separate();
  out_ += '"';
  if (needs_escapes(value)) {
    append_escaped(out_, value);
  } else {
    out_ += value;
  }
  out_ += '"';
}

void Writer::integer(std::int64_t value) {
  constexpr std::size_t longest = 20;  // with its minus
  std::array<char, longest> digits;
  const auto [end, fault] = std::to_chars(digits.begin(), digits.end(), value);
  raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

std::string pretty(std::string_view compact, const ReplaceText& replace) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  PrettyHandler handler(writer, replace);
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(compact.data(), compact.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> utf8(stream);
  if (!reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(utf8, handler)) return {};
  return {buffer.GetString(), buffer.GetSize()};
}

std::string pretty(std::string_view compact) {
  std::string out =
      pretty(compact, [](std::string_view, std::string_view text) { return std::string(text); });
  return out.empty() ? std::string(compact) : out;
}

}  // namespace pruuv::json
