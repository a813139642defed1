#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <phonenumbers/phonemetadata.pb.h>

namespace pruuv::identity {

// Where each region lies in the table of regions inside the libphonenumber that is loaded. Finding
// them takes about 0.1 ms, reading one of them some µs; the library itself reads all, in about
// 6 ms. Empty where the library's build does not offer its table.
class PhoneMetadataTable {
 public:
  using Entry = std::int16_t;  // -1: none

  [[nodiscard]] static const PhoneMetadataTable& of_library();

  // Of two upper-case letters ("DE"); whatever the library has numbers of.
  [[nodiscard]] Entry region(std::string_view region) const;
  // The region the library judges numbers of a calling code by; a code of no country has its own.
  [[nodiscard]] Entry main_region(std::size_t calling_code) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::optional<i18n::phonenumbers::PhoneMetadata> read(Entry entry) const;

 private:
  PhoneMetadataTable();
  bool find_entries(std::string_view table);
  bool add(std::string_view serialised);

  static constexpr std::size_t letters = 26;
  static constexpr std::size_t calling_codes = 1000;  // no code has more than three digits

  std::vector<std::string_view> entries_;  // a serialised PhoneMetadata each
  std::array<Entry, letters * letters> regions_{};
  std::array<Entry, calling_codes> main_regions_{};
};

}  // namespace pruuv::identity
