#include <algorithm>
#include <limits>
#include <optional>

#include "audit/records.hpp"

namespace pruuv::audit {
namespace {

constexpr std::size_t varint_bytes_max = 10;

// Small numbers of either sign become small numbers.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1U);
}

// Seven bits a byte, lowest first; the top bit says that more follow.
void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    out.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < varint_bytes_max && i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const std::uint64_t bits = byte & 0x7FU;
    const auto shift = static_cast<unsigned>(7 * i);
    if ((bits << shift) >> shift != bits) return std::nullopt;  // more than 64 bits
    value |= bits << shift;
    if ((byte & 0x80U) != 0) continue;
    if (byte == 0 && i > 0) return std::nullopt;  // a longer spelling than append_varint's
    bytes.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> sum_of(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

std::optional<PackedEntry> take_entry(std::string_view& bytes, std::int64_t previous_seq) {
  const auto step = take_varint(bytes);
  const auto attempt = take_varint(bytes);
  const auto scope = take_varint(bytes);
  PackedEntry entry;
  if (!step || !attempt || !scope || bytes.size() < entry.object_sha256.size()) return std::nullopt;
  constexpr std::uint64_t attempt_max = std::numeric_limits<int>::max();
  constexpr std::uint64_t scope_max = std::numeric_limits<std::int64_t>::max();
  const auto seq = sum_of(previous_seq, unzigzag(*step));
  if (!seq || *attempt > attempt_max || *scope > scope_max) return std::nullopt;
  entry.event_seq = *seq;
  entry.attempt_number = static_cast<int>(*attempt);
  entry.dedup_scope_id = static_cast<std::int64_t>(*scope);
  std::copy_n(bytes.begin(), entry.object_sha256.size(), entry.object_sha256.begin());
  bytes.remove_prefix(entry.object_sha256.size());
  return entry;
}

}  // namespace

std::string pack_manifest(const std::vector<PackedEntry>& entries) {
  std::string out;
  constexpr std::size_t usual_entry_bytes = 36;
  out.reserve(entries.size() * usual_entry_bytes);
  std::int64_t previous_seq = 0;
  for (const PackedEntry& entry : entries) {
    append_varint(out, zigzag(entry.event_seq - previous_seq));
    append_varint(out, static_cast<std::uint64_t>(entry.attempt_number));
    append_varint(out, static_cast<std::uint64_t>(entry.dedup_scope_id));
    out.append(as_bytes(entry.object_sha256));
    previous_seq = entry.event_seq;
  }
  return out;
}

Result<std::vector<PackedEntry>> unpack_manifest(std::string_view bytes) {
  std::vector<PackedEntry> entries;
  while (!bytes.empty()) {
    const auto entry = take_entry(bytes, entries.empty() ? 0 : entries.back().event_seq);
    if (!entry || entry->event_seq < 1 || entry->attempt_number < 1 || entry->dedup_scope_id < 1) {
      return fail(ErrorKind::store_content, "unpack the manifest of a request: it is damaged");
    }
    entries.push_back(*entry);
  }
  return entries;
}

}  // namespace pruuv::audit
