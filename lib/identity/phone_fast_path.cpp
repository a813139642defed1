#include "identity/phone_fast_path.hpp"

#include <array>
#include <cstdint>
#include <string>

#include <phonenumbers/phonemetadata.pb.h>

#include "base/text.hpp"
#include "identity/phone_library.hpp"
#include "identity/phone_prefix.hpp"

// The library's table of regions, a serialised PhoneMetadataCollection. The functions are exported,
// their header is not installed. Weak: a build of the library without them only means no fast path.
namespace i18n::phonenumbers {
[[gnu::weak]] int metadata_size();
[[gnu::weak]] const void* metadata_get();
}  // namespace i18n::phonenumbers

namespace pruuv::identity {
namespace {

using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;

// Fewer or more the library refuses whatever its table says.
constexpr std::int32_t national_digits_min = 2;
constexpr std::int32_t national_digits_max = 17;
constexpr std::size_t calling_code_digits_max = 3;

// What is settled behind one calling code; all zero: nothing is.
struct CallingCode {
  bool known = false;
  std::uint32_t lengths = 0;  // bit n: n national digits are possible
  DigitSet refused_first = 0;
};

CallingCode read_calling_code(const PhoneMetadata& metadata) {
  CallingCode out{true, 0, 0};
  const std::string& prefix = metadata.national_prefix_for_parsing();
  if (!prefix.empty()) {
    const auto first = first_digits(prefix);
    if (!first) return out;
    out.refused_first = *first;
  }
  for (const std::int32_t length : metadata.general_desc().possible_length()) {
    if (length >= national_digits_min && length <= national_digits_max) {
      out.lengths |= 1U << static_cast<unsigned>(length);
    }
  }
  return out;
}

using Table = std::array<CallingCode, 1000>;  // by calling code

Table build_table() {
  Table table{};
  if (&i18n::phonenumbers::metadata_get == nullptr ||
      &i18n::phonenumbers::metadata_size == nullptr) {
    return table;
  }
  PhoneMetadataCollection regions;
  if (!regions.ParseFromArray(i18n::phonenumbers::metadata_get(),
                              i18n::phonenumbers::metadata_size())) {
    return table;
  }
  // Where regions share a code the library judges by the main one alone, so only that one is read.
  for (const PhoneMetadata& metadata : regions.metadata()) {
    const int code = metadata.country_code();
    if (code < 1 || code >= static_cast<int>(table.size())) continue;
    if (main_region_of(code) != metadata.id()) continue;
    table[static_cast<std::size_t>(code)] = read_calling_code(metadata);
  }
  return table;
}

// No calling code is the beginning of another one, so the first that is known is the one.
bool is_settled(const Table& table, std::string_view digits) {
  std::size_t code = 0;
  for (std::size_t taken = 1; taken <= calling_code_digits_max && taken < digits.size(); ++taken) {
    code = code * 10 + static_cast<std::size_t>(digits[taken - 1] - '0');
    const CallingCode& entry = table[code];
    if (!entry.known) continue;
    const std::size_t national_digits = digits.size() - taken;
    return national_digits <= national_digits_max &&
           ((entry.lengths >> national_digits) & 1U) != 0 &&
           (entry.refused_first & digit_bit(digits[taken])) == 0;
  }
  return false;
}

}  // namespace

bool is_settled_e164(std::string_view text) {
  if (!text.starts_with('+') || !is_all_digits(text.substr(1)) || text[1] == '0') return false;
  static const Table table = build_table();
  return is_settled(table, text.substr(1));
}

}  // namespace pruuv::identity
