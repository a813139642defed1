#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "model/conversion.hpp"
#include "store/file.hpp"

namespace pruuv::delivery {

// New deliveries between planning and sending: put in by order of arrival, taken out by
// connection. They are encoded once, and memory does not grow with them: what is more than a block
// goes into a file without a name beside the store, which is gone with the process however that
// ends. Nothing is lost with it: the planned mark is behind these events until they have their
// rows.
class Spool {
 public:
  struct Limits {
    std::size_t block_bytes = std::size_t{4} << 20;     // in memory
    std::int64_t file_bytes = std::int64_t{256} << 20;  // about 350,000 events
  };

  // `folder`: where the file goes, once it is needed.
  explicit Spool(std::string folder) : Spool(std::move(folder), Limits()) {}
  Spool(std::string folder, Limits limits) : folder_(std::move(folder)), limits_(limits) {}

  // Keeps it in memory first; a block that is full goes to the file. Never fails: where the file
  // cannot be made or written, the spool is full with what it has.
  void add(std::int64_t connection_id, std::int64_t expires_s, const Conversion& conversion);

  // No more should be added: the file is at its limit, or cannot be written.
  [[nodiscard]] bool is_full() const { return is_full_; }

  [[nodiscard]] bool is_empty() const { return piles_.empty(); }  // nothing added since clear()

  // To be called once, between the last add() and the first take().
  void seal();

  [[nodiscard]] std::vector<std::int64_t> connections() const;  // in ascending order
  [[nodiscard]] std::size_t waiting(std::int64_t connection_id) const;

  // Up to so many of a connection, those that arrived first; among those of one block, the soonest
  // to expire first. Error io.
  using Each = std::function<void(std::int64_t expires_s, Conversion conversion)>;
  Result<void> take(std::int64_t connection_id, std::size_t events_max, const Each& each);

  // Forgets everything, and takes new ones.
  void clear();

 private:
  // Records of one connection that lie together in the file.
  struct Extent {
    std::int64_t offset = 0;
    std::uint32_t bytes = 0;
  };
  struct Pile {
    std::vector<Extent> extents;
    std::size_t next_extent = 0;  // the first with something left
    std::size_t next_entry = 0;   // behind the extents: those of the sealed block
    std::size_t events = 0;       // left
  };
  // A record in the block.
  struct Entry {
    std::int64_t connection_id = 0;
    std::int64_t expires_s = 0;
    std::int64_t event_seq = 0;
    std::size_t offset = 0;
    std::size_t bytes = 0;
  };

  void sort_entries();
  void write_block();
  Result<void> write_to_file();
  Result<std::size_t> take_from_file(Pile& pile, std::size_t events_max, const Each& each);
  std::size_t take_from_block(std::int64_t connection_id, Pile& pile, std::size_t events_max,
                              const Each& each);

  std::string folder_;
  Limits limits_;
  std::string block_;
  std::vector<Entry> entries_;  // of the block
  std::unordered_map<std::int64_t, Pile> piles_;
  std::optional<store::File> file_;
  std::int64_t file_bytes_ = 0;
  std::int64_t file_bytes_max_ = 0;  // of this file: the limit, or a quarter of the room there is
  std::size_t largest_record_ = 0;
  bool is_full_ = false;
  bool is_broken_ = false;  // the file cannot be written
  std::string chunk_;       // read from the file
};

}  // namespace pruuv::delivery
