#include "identity/letter_case.hpp"

#include <algorithm>
#include <limits>

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "base/text.hpp"

namespace pruuv::identity {

std::optional<std::string> lower_case(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) return ascii_lower(text);
  constexpr auto longest = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
  if (text.size() > longest || !is_valid_utf8(text)) return std::nullopt;
  const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
  std::string out;
  icu::UnicodeString::fromUTF8(piece).toLower(icu::Locale::getRoot()).toUTF8String(out);
  return out;
}

}  // namespace pruuv::identity
