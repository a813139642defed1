#include <limits>

#include "audit/records.hpp"
#include "testing/testing.hpp"

using namespace pruuv;
using namespace pruuv::audit;

namespace {

std::vector<PackedEntry> sample() {
  return {{1, 1, 1, sha256("a")},
          {300, 2, 1, sha256("b")},
          {299, 130, 70000, sha256("c")},
          {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<int>::max(),
           std::numeric_limits<std::int64_t>::max(), sha256("d")},
          {1, 1, 1, sha256("e")}};
}

}  // namespace

TEST_CASE("a manifest comes back as it was packed") {
  const auto entries = sample();
  const auto unpacked = unpack_manifest(pack_manifest(entries));
  REQUIRE(unpacked);
  REQUIRE(unpacked->size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK((*unpacked)[i].event_seq == entries[i].event_seq);
    CHECK((*unpacked)[i].attempt_number == entries[i].attempt_number);
    CHECK((*unpacked)[i].dedup_scope_id == entries[i].dedup_scope_id);
    CHECK((*unpacked)[i].object_sha256 == entries[i].object_sha256);
  }
}

TEST_CASE("the bytes are what the schema's page says") {
  const std::string hash(as_bytes(sha256("a")));
  CHECK(pack_manifest({{5, 1, 300, sha256("a")}, {3, 2, 300, sha256("a")}}) ==
        "\x0A\x01\xAC\x02" + hash + "\x03\x02\xAC\x02" + hash);
  CHECK(pack_manifest({}).empty());
}

TEST_CASE("consecutive events cost 35 bytes each") {
  std::vector<PackedEntry> entries;
  for (std::int64_t seq = 1'000'000; seq < 1'001'000; ++seq)
    entries.push_back({seq, 1, 3, sha256("x")});
  CHECK(pack_manifest(entries).size() == 35'000 + 2);  // the first step is long
}

TEST_CASE("a cut manifest is refused, or is the shorter one it has become") {
  const std::string whole = pack_manifest(sample());
  int shorter = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string part = whole.substr(0, length);
    const auto unpacked = unpack_manifest(part);
    if (unpacked) {
      ++shorter;
      CHECK(pack_manifest(*unpacked) == part);
    } else {
      CHECK(unpacked.error().kind == ErrorKind::store_content);
    }
  }
  CHECK(shorter == static_cast<int>(sample().size()));  // none, one ... four entries
}

TEST_CASE("whatever the bytes, what is taken packs to the same bytes") {
  const std::string whole = pack_manifest(sample());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
      const auto unpacked = unpack_manifest(bytes);
      if (unpacked) REQUIRE(pack_manifest(*unpacked) == bytes);
    }
  }
}

TEST_CASE("numbers that mean nothing are refused") {
  const std::string hash(32, 'h');
  const auto refused = [&](const std::string& head) {
    return !unpack_manifest(head + hash).has_value();
  };
  CHECK_FALSE(refused(std::string("\x02\x01\x01", 3)));
  CHECK(refused(std::string("\x00\x01\x01", 3)));            // event 0
  CHECK(refused(std::string("\x01\x01\x01", 3)));            // event -1
  CHECK(refused(std::string("\x02\x00\x01", 3)));            // attempt 0
  CHECK(refused(std::string("\x02\x01\x00", 3)));            // scope 0
  CHECK(refused(std::string("\x82\x00\x01\x01", 4)));        // 2, spelled too long
  CHECK(refused("\x02\xFF\xFF\xFF\xFF\x0F\x01"));            // attempt over an int
  CHECK(refused(std::string(10, '\xFF') + "\x01\x01\x01"));  // eleven bytes
  CHECK(refused(std::string(9, '\xFF') + "\x7F\x01\x01"));   // more than 64 bits
}
