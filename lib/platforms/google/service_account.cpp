#include "platforms/google/service_account.hpp"

#include <string>
#include <utility>

#include "base/base64.hpp"
#include "base/check.hpp"
#include "base/json.hpp"
#include "base/rsa.hpp"

namespace pruuv::platforms::google {
namespace {

constexpr std::int64_t lifetime_s = 3600;  // the longest Google allows

std::string header(const Credential& credential) {
  json::Writer writer;
  writer.begin_object();
  writer.member("alg", "RS256");
  writer.member("typ", "JWT");
  writer.member("kid", credential.private_key_id.reveal());
  writer.end_object();
  return writer.str();
}

std::string claims(const Credential& credential, std::string_view scope, std::string_view audience,
                   std::int64_t now_s) {
  json::Writer writer;
  writer.begin_object();
  writer.member("iss", credential.service_account_email.reveal());
  writer.member("scope", scope);
  writer.member("aud", audience);
  writer.member_integer("iat", now_s);
  writer.member_integer("exp", now_s + lifetime_s);
  writer.end_object();
  return writer.str();
}

}  // namespace

Secret signed_assertion(const Credential& credential, std::string_view scope,
                        std::string_view audience, std::int64_t now_s) {
  // What is signed is no secret without its signature.
  const std::string unsigned_part = to_base64url(header(credential)) + "." +
                                    to_base64url(claims(credential, scope, audience, now_s));
  const auto signature = sign_rs256(credential.private_key, unsigned_part);
  PRUUV_CHECK(signature.has_value(), "the key was tried when the credential was read");
  const std::string digits = to_base64url(*signature);
  std::string out;
  out.reserve(unsigned_part.size() + 1 + digits.size());
  out += unsigned_part;
  out += '.';
  out += digits;
  return Secret(std::move(out));
}

}  // namespace pruuv::platforms::google
