#include "http/header_list.hpp"

#include <algorithm>
#include <array>
#include <string.h>  // explicit_bzero
#include <string>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/text.hpp"

namespace pruuv::http {
namespace {

// They decide where a message ends and who may answer it: libcurl writes them.
constexpr std::array<std::string_view, 5> own_headers = {"connection", "content-length", "expect",
                                                         "host", "transfer-encoding"};

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

bool has_control_character(std::string_view value) {
  return std::any_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

std::string_view text_of_value(const HttpHeader& header) {
  if (const auto* secret = std::get_if<Secret>(&header.value)) return secret->reveal();
  return std::get<std::string>(header.value);
}

Result<void> check(const HttpHeader& header) {
  if (!is_token(header.name))
    return fail(ErrorKind::bug, "start a request: a header has no valid name");
  if (std::count(own_headers.begin(), own_headers.end(), ascii_lower(header.name)) > 0) {
    return fail(ErrorKind::bug,
                fmt::format("start a request: header {} is the client's own", header.name));
  }
  if (!has_control_character(text_of_value(header))) return {};
  const bool is_secret = std::holds_alternative<Secret>(header.value);
  return fail(
      is_secret ? ErrorKind::config : ErrorKind::bug,
      fmt::format("start a request: the value of header {} holds a control character", header.name),
      is_secret ? "look for a line break inside the credential" : "");
}

}  // namespace

Result<void> HeaderList::fill(const std::vector<HttpHeader>& headers) {
  clear();
  bool has_content_type = false;
  for (const HttpHeader& header : headers) {
    PRUUV_TRY(check(header));
    has_content_type |= equal_ignoring_ascii_case(header.name, "content-type");
    append(header.name, text_of_value(header));
  }
  // A name with nothing behind the colon takes away the line libcurl would write: a wait for
  // "100 Continue", and a claim that the body is an HTML form.
  append("Expect:");
  if (!has_content_type) append("Content-Type:");
  return {};
}

void HeaderList::append(const char* line) {
  curl_slist* longer = curl_slist_append(lines_, line);
  PRUUV_CHECK(longer != nullptr, "no memory for a header");
  lines_ = longer;
}

void HeaderList::append(std::string_view name, std::string_view value) {
  std::string line;
  line.reserve(name.size() + value.size() + 2);  // no growing: it would leave a copy behind
  line.append(name);
  if (value.empty()) {
    line.append(";");  // libcurl's spelling of "send it, with nothing in it"
  } else {
    line.append(": ").append(value);
  }
  append(line.c_str());
  explicit_bzero(line.data(), line.size());
}

void HeaderList::clear() {
  for (curl_slist* line = lines_; line != nullptr; line = line->next) {
    explicit_bzero(line->data, strlen(line->data));
  }
  curl_slist_free_all(lines_);
  lines_ = nullptr;
}

}  // namespace pruuv::http
