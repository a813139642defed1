#pragma once

#include <string>
#include <string_view>

#include "call.hpp"

/// Vault's bodies: errors as {"errors":[...]}, everything else in one envelope. The texts are those
/// of Vault 1.8; newer versions and OpenBao word some of them differently, the statuses are equal.
/// https://developer.hashicorp.com/vault/api-docs
namespace sandbox::vault {

/// An answer, and for the journal why it is none the client wanted; empty = all is well.
struct Outcome {
  Answer answer;
  std::string reason;
};

/// `text` may be cut into lines by Vault itself; it is given as it is.
[[nodiscard]] Outcome error(int status, std::string_view reason, std::string_view text);
/// {"errors":[]}
[[nodiscard]] Outcome nothing_found();
/// The list of one that Vault makes of many errors: line break, tab, star.
[[nodiscard]] std::string as_list(std::string_view text);
/// A policy says no.
[[nodiscard]] Outcome policy_denied();
/// A token that is unknown, over or used up.
[[nodiscard]] Outcome token_refused();
/// A token of a form that cannot be looked up.
[[nodiscard]] Outcome token_malformed();
[[nodiscard]] Outcome unsupported_operation();

/// 204, no body.
[[nodiscard]] Outcome done();
/// 200, the envelope around `data`, a JSON object.
[[nodiscard]] Outcome given(std::string_view data);
/// 200, the envelope around `auth`, a JSON object.
[[nodiscard]] Outcome logged_in(std::string_view auth);
/// Any status, a body of its own.
[[nodiscard]] Outcome plain(int status, std::string body);

/// The envelope; each part is JSON, `null` when it is not there.
struct Envelope {
  std::string_view data = "null";
  std::string_view wrap_info = "null";
  std::string_view warnings = "null";
  std::string_view auth = "null";
};
[[nodiscard]] std::string envelope(const Envelope& parts);

}  // namespace sandbox::vault
