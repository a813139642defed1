#include "identity/phone_metadata.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <string>

// The library's table of regions, a serialised PhoneMetadataCollection. The functions are exported,
// their header is not installed. Weak: a build of the library without them only means no table.
namespace i18n::phonenumbers {
[[gnu::weak]] int metadata_size();
[[gnu::weak]] const void* metadata_get();
}  // namespace i18n::phonenumbers

namespace pruuv::identity {
namespace {

using google::protobuf::io::CodedInputStream;
using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;

constexpr std::uint32_t wire_number = 0;
constexpr std::uint32_t wire_bytes = 2;
constexpr std::uint32_t tag(int field, std::uint32_t wire_type) {
  return static_cast<std::uint32_t>(field) << 3U | wire_type;
}

CodedInputStream stream_over(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

struct Header {
  std::string id;
  std::uint32_t calling_code = 0;
  bool is_main = false;
};

// Nothing but what the table is searched by: most of an entry is patterns, which are passed over.
std::optional<Header> read_header(std::string_view serialised) {
  CodedInputStream in = stream_over(serialised);
  Header header;
  while (const std::uint32_t next = in.ReadTag()) {
    const bool is_bytes = (next & 7U) == wire_bytes;
    if (!is_bytes && (next & 7U) != wire_number) return std::nullopt;
    std::uint32_t value = 0;  // of bytes: their size
    if (!in.ReadVarint32(&value)) return std::nullopt;
    if (next == tag(PhoneMetadata::kIdFieldNumber, wire_bytes)) {
      if (!in.ReadString(&header.id, static_cast<int>(value))) return std::nullopt;
      continue;
    }
    if (is_bytes && !in.Skip(static_cast<int>(value))) return std::nullopt;
    if (next == tag(PhoneMetadata::kCountryCodeFieldNumber, wire_number)) {
      header.calling_code = value;
    }
    if (next == tag(PhoneMetadata::kMainCountryForCodeFieldNumber, wire_number)) {
      header.is_main = value != 0;
    }
  }
  return header;
}

bool is_upper_letter(char c) { return c >= 'A' && c <= 'Z'; }

// AA is 0, ZZ the last; nothing for anything but two letters.
std::optional<std::size_t> place_of(std::string_view region) {
  if (region.size() != 2 || !is_upper_letter(region[0]) || !is_upper_letter(region[1])) {
    return std::nullopt;
  }
  return static_cast<std::size_t>((region[0] - 'A') * 26 + (region[1] - 'A'));
}

}  // namespace

const PhoneMetadataTable& PhoneMetadataTable::of_library() {
  static const PhoneMetadataTable table;
  return table;
}

PhoneMetadataTable::PhoneMetadataTable() {
  regions_.fill(-1);
  main_regions_.fill(-1);
  if (&i18n::phonenumbers::metadata_get == nullptr ||
      &i18n::phonenumbers::metadata_size == nullptr) {
    return;
  }
  const auto* bytes = static_cast<const char*>(i18n::phonenumbers::metadata_get());
  const auto size = static_cast<std::size_t>(i18n::phonenumbers::metadata_size());
  if (find_entries({bytes, size})) return;
  regions_.fill(-1);
  main_regions_.fill(-1);
}

bool PhoneMetadataTable::find_entries(std::string_view table) {
  CodedInputStream in = stream_over(table);
  while (const std::uint32_t next = in.ReadTag()) {
    std::uint32_t size = 0;
    if (next != tag(PhoneMetadataCollection::kMetadataFieldNumber, wire_bytes)) return false;
    if (!in.ReadVarint32(&size)) return false;
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (!in.Skip(static_cast<int>(size)) || !add(table.substr(at, size))) return false;
  }
  return static_cast<std::size_t>(in.CurrentPosition()) == table.size();
}

// As the library's constructor does: of a region named twice the first entry counts; of the regions
// of a calling code the one that says it is the main one, else the first.
bool PhoneMetadataTable::add(std::string_view serialised) {
  const auto header = read_header(serialised);
  if (!header || header->calling_code >= calling_codes) return false;
  const auto entry = static_cast<Entry>(entries_.size());
  entries_.push_back(serialised);
  Entry& main = main_regions_[header->calling_code];
  if (main < 0 || header->is_main) main = entry;
  if (const auto place = place_of(header->id); place && regions_[*place] < 0) {
    regions_[*place] = entry;
  }
  return true;
}

PhoneMetadataTable::Entry PhoneMetadataTable::region(std::string_view region) const {
  const auto place = place_of(region);
  return place ? regions_[*place] : Entry{-1};
}

PhoneMetadataTable::Entry PhoneMetadataTable::main_region(std::size_t calling_code) const {
  return calling_code < calling_codes ? main_regions_[calling_code] : Entry{-1};
}

std::optional<PhoneMetadata> PhoneMetadataTable::read(Entry entry) const {
  if (entry < 0) return std::nullopt;
  const std::string_view bytes = entries_[static_cast<std::size_t>(entry)];
  std::optional<PhoneMetadata> metadata(std::in_place);
  if (!metadata->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return metadata;
}

}  // namespace pruuv::identity
