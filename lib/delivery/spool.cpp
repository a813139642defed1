#include "delivery/spool.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "base/check.hpp"

namespace pruuv::delivery {
namespace {

// Read from the file at a time.
constexpr std::size_t chunk_bytes = 256 * 1024;

constexpr std::size_t texts = 5;

// What stands before the texts of a record. It never leaves the process.
struct Header {
  std::int64_t event_seq = 0;
  std::int64_t expires_s = 0;
  std::array<std::uint32_t, texts> text_bytes{};

  [[nodiscard]] std::size_t record_bytes() const {
    std::size_t sum = sizeof(Header);
    for (const std::uint32_t bytes : text_bytes) sum += bytes;
    return sum;
  }
};

template <typename AnyConversion>
auto texts_of(AnyConversion& conversion) {
  return std::array{&conversion.event_id, &conversion.object, &conversion.dedup_scope,
                    &conversion.batch_key, &conversion.exclusive_key};
}

void append_record(std::string& out, std::int64_t expires_s, const Conversion& conversion) {
  Header header{conversion.event_seq, expires_s, {}};
  const auto parts = texts_of(conversion);
  for (std::size_t i = 0; i < texts; ++i)
    header.text_bytes[i] = static_cast<std::uint32_t>(parts[i]->size());
  std::array<char, sizeof(Header)> raw{};
  std::memcpy(raw.data(), &header, sizeof header);
  out.append(raw.data(), raw.size());
  for (const std::string* text : parts) out += *text;
}

// The first record of `bytes`, taken off them; false where it is not there whole.
bool take_record(std::string_view& bytes, const Spool::Each& each) {
  Header header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() < header.record_bytes()) return false;
  bytes.remove_prefix(sizeof header);
  Conversion conversion;
  conversion.event_seq = header.event_seq;
  const auto parts = texts_of(conversion);
  for (std::size_t i = 0; i < texts; ++i) {
    parts[i]->assign(bytes.data(), header.text_bytes[i]);
    bytes.remove_prefix(header.text_bytes[i]);
  }
  each(header.expires_s, std::move(conversion));
  return true;
}

}  // namespace

void Spool::add(std::int64_t connection_id, std::int64_t expires_s, const Conversion& conversion) {
  // Memory that is not written to costs nothing.
  if (block_.empty()) block_.reserve(limits_.block_bytes + limits_.block_bytes / 8);
  const std::size_t offset = block_.size();
  append_record(block_, expires_s, conversion);
  const std::size_t bytes = block_.size() - offset;
  entries_.push_back({connection_id, expires_s, conversion.event_seq, offset, bytes});
  largest_record_ = std::max(largest_record_, bytes);
  ++piles_[connection_id].events;
  if (block_.size() >= limits_.block_bytes && !is_full_) write_block();
}

// Those of one connection beside each other, the soonest to expire first.
void Spool::sort_entries() {
  const auto key = [](const Entry& entry) {
    return std::tie(entry.connection_id, entry.expires_s, entry.event_seq);
  };
  if (!std::ranges::is_sorted(entries_, {}, key)) std::ranges::sort(entries_, {}, key);
}

Result<void> Spool::write_to_file() {
  if (!file_) {
    PRUUV_TRY_ASSIGN(store::File file, store::File::without_name(folder_));
    file_.emplace(std::move(file));
    // The store needs room for the records of what is sent from here.
    file_bytes_max_ = std::min(limits_.file_bytes, file_->free_bytes() / 4);
  }
  std::vector<std::string_view> records;
  records.reserve(entries_.size());
  for (const Entry& entry : entries_)
    records.push_back(std::string_view(block_).substr(entry.offset, entry.bytes));
  return file_->write(records);
}

void Spool::write_block() {
  sort_entries();
  if (!write_to_file()) {
    // Part of it may be in the file: nothing can be put behind it.
    is_full_ = is_broken_ = true;
    return;
  }
  for (std::size_t i = 0; i < entries_.size();) {
    const std::int64_t connection_id = entries_[i].connection_id;
    Extent extent{file_bytes_, 0};
    for (; i < entries_.size() && entries_[i].connection_id == connection_id; ++i)
      extent.bytes += static_cast<std::uint32_t>(entries_[i].bytes);
    file_bytes_ += extent.bytes;
    piles_[connection_id].extents.push_back(extent);
  }
  is_full_ = file_bytes_ >= file_bytes_max_;
  block_.clear();
  entries_.clear();
}

void Spool::seal() {
  // Memory is worth more while requests are under way.
  if (file_ && !is_broken_) write_block();
  if (entries_.empty()) {
    std::vector<Entry>().swap(entries_);
    std::string().swap(block_);
    return;
  }
  sort_entries();
  for (std::size_t i = entries_.size(); i-- > 0;) piles_[entries_[i].connection_id].next_entry = i;
}

std::vector<std::int64_t> Spool::connections() const {
  std::vector<std::int64_t> ids;
  ids.reserve(piles_.size());
  for (const auto& [id, pile] : piles_) ids.push_back(id);
  std::ranges::sort(ids);
  return ids;
}

std::size_t Spool::waiting(std::int64_t connection_id) const {
  const auto pile = piles_.find(connection_id);
  return pile == piles_.end() ? 0 : pile->second.events;
}

Result<std::size_t> Spool::take_from_file(Pile& pile, std::size_t events_max, const Each& each) {
  std::size_t taken = 0;
  while (taken < events_max && pile.next_extent < pile.extents.size()) {
    Extent& extent = pile.extents[pile.next_extent];
    // One whole record at least.
    const std::size_t wanted = std::max(chunk_bytes, largest_record_);
    PRUUV_TRY(file_->read_at(extent.offset, std::min<std::size_t>(extent.bytes, wanted), chunk_));
    std::string_view left = chunk_;
    while (taken < events_max && take_record(left, each)) ++taken;
    const auto bytes = static_cast<std::uint32_t>(chunk_.size() - left.size());
    PRUUV_CHECK(bytes > 0, "a spooled record that is there whole");
    extent.offset += bytes;
    extent.bytes -= bytes;
    if (extent.bytes == 0) ++pile.next_extent;
  }
  return taken;
}

std::size_t Spool::take_from_block(std::int64_t connection_id, Pile& pile, std::size_t events_max,
                                   const Each& each) {
  std::size_t taken = 0;
  for (; taken < events_max && pile.next_entry < entries_.size(); ++taken, ++pile.next_entry) {
    const Entry& entry = entries_[pile.next_entry];
    if (entry.connection_id != connection_id) break;
    std::string_view record = std::string_view(block_).substr(entry.offset, entry.bytes);
    PRUUV_CHECK(take_record(record, each), "a record in the block");
  }
  return taken;
}

Result<void> Spool::take(std::int64_t connection_id, std::size_t events_max, const Each& each) {
  const auto found = piles_.find(connection_id);
  if (found == piles_.end()) return {};
  Pile& pile = found->second;
  events_max = std::min(events_max, pile.events);
  PRUUV_TRY_ASSIGN(const std::size_t from_file, take_from_file(pile, events_max, each));
  pile.events -= from_file;
  pile.events -= take_from_block(connection_id, pile, events_max - from_file, each);
  return {};
}

void Spool::clear() {
  block_.clear();
  entries_.clear();
  piles_.clear();
  // Made anew when it is needed: emptied, its place in it would have to be moved back, too.
  file_.reset();
  file_bytes_ = 0;
  largest_record_ = 0;
  is_full_ = is_broken_ = false;
}

}  // namespace pruuv::delivery
