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

// The first record of `bytes`, taken off them; nothing where it is not there whole.
std::optional<Spooled> take_record(std::string_view& bytes) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() < header.record_bytes()) return std::nullopt;
  bytes.remove_prefix(sizeof header);
  std::optional<Spooled> out(std::in_place);
  out->expires_s = header.expires_s;
  out->conversion.event_seq = header.event_seq;
  const auto parts = texts_of(out->conversion);
  for (std::size_t i = 0; i < texts; ++i) {
    parts[i]->assign(bytes.data(), header.text_bytes[i]);
    bytes.remove_prefix(header.text_bytes[i]);
  }
  return out;
}

bool expires_sooner(const Spooled& a, const Spooled& b) {
  return std::tie(a.expires_s, a.conversion.event_seq) <
         std::tie(b.expires_s, b.conversion.event_seq);
}

}  // namespace

void Spool::add(std::int64_t connection_id, std::int64_t expires_s, const Conversion& conversion) {
  const std::size_t offset = block_.size();
  append_record(block_, expires_s, conversion);
  const std::size_t bytes = block_.size() - offset;
  entries_.push_back({connection_id, expires_s, conversion.event_seq, offset, bytes});
  largest_record_ = std::max(largest_record_, bytes);
  ++piles_[connection_id].events;
  if (block_.size() >= limits_.block_bytes && !is_full_) write_block();
}

// Records of one connection beside each other, the soonest to expire first.
void Spool::sort_block() {
  const auto key = [](const Entry& entry) {
    return std::tie(entry.connection_id, entry.expires_s, entry.event_seq);
  };
  if (std::ranges::is_sorted(entries_, {}, key)) return;
  std::ranges::sort(entries_, {}, key);
  sorted_.clear();
  for (Entry& entry : entries_) {
    const std::size_t offset = std::exchange(entry.offset, sorted_.size());
    sorted_.append(block_, offset, entry.bytes);
  }
  block_.swap(sorted_);
}

void Spool::note_extents(std::int64_t offset, bool is_in_file) {
  for (std::size_t i = 0; i < entries_.size();) {
    const std::int64_t connection_id = entries_[i].connection_id;
    Extent extent{offset, 0, is_in_file};
    for (; i < entries_.size() && entries_[i].connection_id == connection_id; ++i)
      extent.bytes += static_cast<std::uint32_t>(entries_[i].bytes);
    offset += extent.bytes;
    piles_[connection_id].extents.push_back(extent);
  }
}

Result<void> Spool::write_to_file() {
  if (!file_) {
    PRUUV_TRY_ASSIGN(store::File file, store::File::without_name(folder_));
    file_.emplace(std::move(file));
    // The store needs room for the records of what is sent from here.
    file_bytes_max_ = std::min(limits_.file_bytes, file_->free_bytes() / 4);
  }
  return file_->write(block_);
}

void Spool::write_block() {
  sort_block();
  if (!write_to_file()) {
    is_full_ = true;
    return;
  }
  note_extents(file_bytes_, true);
  file_bytes_ += static_cast<std::int64_t>(block_.size());
  is_full_ = file_bytes_ >= file_bytes_max_;
  block_.clear();
  entries_.clear();
}

void Spool::seal() {
  // Memory is worth more while requests are under way.
  if (file_ && !is_full_) write_block();
  sort_block();
  note_extents(0, false);
  entries_ = {};
  block_.shrink_to_fit();
  std::string().swap(sorted_);
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

// The beginning of an extent, with one whole record at least.
Result<std::string_view> Spool::look_at(const Extent& extent) {
  if (!extent.is_in_file) {
    return std::string_view(block_).substr(static_cast<std::size_t>(extent.offset), extent.bytes);
  }
  const std::size_t wanted = std::max(chunk_bytes, largest_record_);
  PRUUV_TRY(file_->read_at(extent.offset, std::min<std::size_t>(extent.bytes, wanted), chunk_));
  return std::string_view(chunk_);
}

Result<std::vector<Spooled>> Spool::take(std::int64_t connection_id, std::size_t events_max) {
  std::vector<Spooled> out;
  const auto found = piles_.find(connection_id);
  if (found == piles_.end()) return out;
  Pile& pile = found->second;
  out.reserve(std::min(events_max, pile.events));
  while (out.size() < events_max && pile.next < pile.extents.size()) {
    Extent& extent = pile.extents[pile.next];
    PRUUV_TRY_ASSIGN(const std::string_view whole, look_at(extent));
    std::string_view left = whole;
    while (out.size() < events_max) {
      std::optional<Spooled> record = take_record(left);
      if (!record) break;
      out.push_back(std::move(*record));
    }
    const auto taken = static_cast<std::uint32_t>(whole.size() - left.size());
    PRUUV_CHECK(taken > 0, "a spooled record that is there whole");
    extent.offset += taken;
    extent.bytes -= taken;
    if (extent.bytes == 0) ++pile.next;
  }
  pile.events -= out.size();
  if (!std::ranges::is_sorted(out, expires_sooner)) std::ranges::sort(out, expires_sooner);
  return out;
}

void Spool::clear() {
  block_.clear();
  entries_.clear();
  piles_.clear();
  // Made anew when it is needed: emptied, its place in it would have to be moved back, too.
  file_.reset();
  file_bytes_ = 0;
  largest_record_ = 0;
  is_full_ = false;
}

}  // namespace pruuv::delivery
