#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace pruuv::audit {

// Makes a platform's text fit to keep and to print. "***" stands for:
//   every known secret, also as a URL spells it;
//   the value of a parameter or header that holds a token (access_token=, "client_secret":, Bearer
//   ...), and words that start as the platforms' tokens do (EAA, ya29., 1//, GOCSPX-, hvs.); e-mail
//   addresses, also with %40; 64 and more hexadecimal digits: hashed personal data; phone numbers:
//   7 to 15 digits with a + (%2B) in front or with blanks, dots, dashes or brackets between them,
//   and 8 to 15 digits in one run.
// What survives, because people need it: UUIDs, dates, digits inside words (trace ids), runs of up
// to 7 digits (error codes) and of more than 15 (ids no phone number can be). A 15-digit pixel id
// or a Unix time does not. Control characters are encoded (base/text.hpp printable); the rest is
// cut at 500 bytes.
class Redactor {
 public:
  // Known by value from now on. Short ones (under 6 characters) are left out: they would eat words.
  void add_secret(const Secret& secret);
  [[nodiscard]] std::string redact(std::string_view text) const;

 private:
  void remember(Secret secret);

  std::vector<Secret> secrets_;  // longest first: one may hold another
};

}  // namespace pruuv::audit
