#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/phone.hpp"

// Personal data into the form each platform hashes. One function a field and rule; nothing here
// guesses: what does not fit the rule gives nothing, and the caller leaves the field out with a
// reason. A value that is a SHA-256 in hexadecimal already passes through names, city, state, zip,
// gender and date of birth in lower case: send no such field in the clear without asking
// is_sha256_hex (base/text.hpp). Sources of every rule: Meta, customer information parameters;
// Google, Data Manager formatting; TikTok, Events API parameters.
namespace pruuv::identity {

enum class EmailRule {
  plain,   // trim, lower case, ASCII only: Meta, whose own code refuses all others
  tiktok,  // trim, lower case of ASCII; other letters stay as they are
  google,  // trim, lower case of all letters; and, for gmail.com and googlemail.com only, no dots
           // and no +suffix in the local part
};

// The address as it is hashed, or nothing if it is no address (a dot in the domain, no inner
// space).
[[nodiscard]] std::optional<std::string> normalize_email(std::string_view raw, EmailRule rule);

// 64 lower-case hex digits of the normalised address; of a value that is a SHA-256 already, that
// value in lower case; else nothing.
[[nodiscard]] std::optional<std::string> hash_email(std::string_view raw, EmailRule rule);

// One rule for every platform. `event_country` wins over `default_country`; both ISO 3166-1 alpha-2
// of either case, UK means GB, "" = unknown. One call an event serves every platform. A blank
// number is absent without a reason.
[[nodiscard]] Phone parse_phone(std::string_view raw, std::string_view event_country,
                                std::string_view default_country);

// Hash of the number with + (Google, TikTok) and without (Meta); the digest as it came if the event
// held one. Empty where the phone is absent.
[[nodiscard]] std::string hash_phone_with_plus(const Phone& phone);
[[nodiscard]] std::string hash_phone_digits(const Phone& phone);

// Given and family names. Full Unicode lower case (ICU, root locale), no normal form conversion.
enum class NameRule {
  meta,    // lower case; white space and ASCII punctuation removed
  tiktok,  // lower case; ASCII punctuation removed; inner spaces stay
};
[[nodiscard]] std::optional<std::string> normalize_name(std::string_view raw, NameRule rule);
// Google: trimmed, lower case, without Mr. Mrs. Ms. Dr. in front or Jr. Sr. II ... behind.
[[nodiscard]] std::optional<std::string> normalize_given_name_google(std::string_view raw);
[[nodiscard]] std::optional<std::string> normalize_family_name_google(std::string_view raw);

// Lower case without digits, white space and ASCII punctuation; accents stay.
[[nodiscard]] std::optional<std::string> normalize_city(std::string_view raw);
// As a city; the name of a US state or Canadian province becomes its two letters.
[[nodiscard]] std::optional<std::string> normalize_state(std::string_view raw);
// Lower case without white space, the part before a dash, at least two characters (Meta, TikTok).
[[nodiscard]] std::optional<std::string> normalize_zip(std::string_view raw);
// TikTok's: the whole code without spaces and dashes; of a US code with four more digits the first
// five.
[[nodiscard]] std::optional<std::string> normalize_zip_tiktok(std::string_view raw);
// Trimmed, upper case; the dash stays (Google, sent plain).
[[nodiscard]] std::optional<std::string> normalize_postal_code_google(std::string_view raw);
// ISO 3166-1 alpha-2 in lower case; also "usa", "united states", "uk", "united kingdom".
[[nodiscard]] std::optional<std::string> normalize_country(std::string_view raw);

// Meta: without white space, lower case. TikTok: trimmed only.
[[nodiscard]] std::optional<std::string> normalize_external_id_meta(std::string_view raw);
[[nodiscard]] std::optional<std::string> normalize_external_id_tiktok(std::string_view raw);

// "f" or "m", from the letter, the word or a title ("Female", "Mr."); nothing for any other word
// (Meta).
[[nodiscard]] std::optional<std::string> normalize_gender(std::string_view raw);
// YYYYMMDD, years 1900 to 2099 (Meta). Read: YYYYMMDD; year first with '-', '/', '.' or a space
// between, also with an ISO time behind; year last where day and month cannot be mistaken for each
// other, since one is over 12 or both are equal. "03/04/1997" may be either day and gives nothing.
[[nodiscard]] std::optional<std::string> normalize_date_of_birth(std::string_view raw);

// The SHA-256 of the empty text, in either case: what a collector stores that hashes a field nobody
// filled in. Every person without an e-mail address would be one and the same.
[[nodiscard]] bool is_digest_of_nothing(std::string_view text);

// SHA-256 of a normalised value as 64 lower-case hex digits; a value that is such a digest already
// is passed on in lower case. Nothing for nothing: the hash of "" is never sent, also where it came
// as a digest.
[[nodiscard]] std::optional<std::string> hash(const std::optional<std::string>& normalized);

// A visitor's address the platforms can use, without spaces and without the parameter builder's
// appendix; nothing if it is no IPv4 or IPv6 address or not a public one. The documentation ranges
// count as public. An IPv4 address mapped into IPv6 comes back as IPv4 text.
[[nodiscard]] std::optional<std::string> normalize_ip(std::string_view raw);

}  // namespace pruuv::identity
