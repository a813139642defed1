#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct Header {
  std::string name;
  std::string value;
};

/// One HTTP request as a platform sees it: nothing decoded, nothing judged.
struct Call {
  std::string method;
  std::string path;   ///< as sent, without the query
  std::string query;  ///< what follows '?', as sent
  std::string_view body;
  std::vector<Header> headers;

  /// The value of a header, names compared without regard to case; empty when it was not sent.
  [[nodiscard]] std::string_view header(std::string_view name) const;

  /// True when the media type of the body is this one, whatever its parameters.
  [[nodiscard]] bool has_content_type(std::string_view media_type) const;

  /// True when the query string carries this parameter.
  [[nodiscard]] bool has_query_parameter(std::string_view name) const;

  /// The token of `Authorization: Bearer <token>`; empty when there is none.
  [[nodiscard]] std::string_view bearer_token() const;
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<Header> headers;
};

/// Header names and media types are compared without regard to case.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace sandbox
