#include "audit/redact.hpp"

#include <algorithm>

#include "audit/patterns.hpp"
#include "base/percent_encoding.hpp"
#include "base/text.hpp"

namespace pruuv::audit {
namespace {

constexpr std::size_t secret_min = 6;
constexpr std::size_t kept_bytes_max = 500;

void hide_all(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), hidden);
    at += hidden.size();
  }
}

}  // namespace

void Redactor::remember(Secret secret) {
  const auto is_longer = [&](const Secret& other) {
    return other.reveal().size() < secret.reveal().size();
  };
  const auto place = std::find_if(secrets_.begin(), secrets_.end(), is_longer);
  secrets_.insert(place, std::move(secret));
}

void Redactor::add_secret(const Secret& secret) {
  const std::string_view text = secret.reveal();
  if (text.size() < secret_min) return;
  const bool is_known = std::any_of(secrets_.begin(), secrets_.end(),
                                    [&](const Secret& other) { return other.reveal() == text; });
  if (is_known) return;
  Secret encoded(percent_encoded(text));  // as a URL spells it
  if (encoded.reveal() != text) remember(std::move(encoded));
  remember(secret);
}

std::string Redactor::redact(std::string_view text) const {
  std::string out(text);
  for (const Secret& secret : secrets_) hide_all(out, secret.reveal());
  out = hide_token_words(hide_named_tokens(out));
  out = hide_phones(hide_hashes(hide_emails(out)));
  return cut(printable(out), kept_bytes_max);
}

}  // namespace pruuv::audit
