#include "base/aead.hpp"

#include <array>
#include <set>
#include <string>

#include "base/sha256.hpp"
#include "testing/testing.hpp"

namespace pruuv {
namespace {

std::string from_hex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

std::string repeated(std::string_view digits, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += digits;
  return out;
}

std::string counted(int first, int last) {
  std::string out;
  for (int byte = first; byte <= last; ++byte) out.push_back(static_cast<char>(byte));
  return out;
}

struct GcmCase {
  std::string key, nonce, plain, associated, cipher, tag;  // hexadecimal
};

// The Galois/Counter Mode of Operation (McGrew, Viega), appendix B, cases 13 to 16: 256-bit keys,
// 96-bit nonces.
std::array<GcmCase, 4> published() {
  const std::string zero_key = repeated("00", 32);
  const std::string key = repeated("feffe9928665731c6d6a8f9467308308", 2);
  const std::string plain =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
  const std::string cipher =
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
  return {{{zero_key, repeated("00", 12), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
           {zero_key, repeated("00", 12), repeated("00", 16), "",
            "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
           {key, "cafebabefacedbaddecaf888", plain, "", cipher, "b094dac5d93471bdec1a502270e3cc6c"},
           {key, "cafebabefacedbaddecaf888", plain.substr(0, 120),
            "feedfacedeadbeeffeedfacedeadbeefabaddad2", cipher.substr(0, 120),
            "76fc6ece0f4e1768cddf8853bb2d551b"}}};
}

}  // namespace

TEST_CASE("keys are derived as RFC 5869 shows it") {
  const Secret same(std::string(22, '\x0b'));
  CHECK(to_hex(hkdf_sha256(same, counted(0x00, 0x0c), counted(0xf0, 0xf9), 42).reveal()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  CHECK(
      to_hex(hkdf_sha256(Secret(counted(0x00, 0x4f)), counted(0x60, 0xaf), counted(0xb0, 0xff), 82)
                 .reveal()) ==
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
      "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
      "cc30c58179ec3e87c14c01d5c1f3434f1d87");
  CHECK(to_hex(hkdf_sha256(same, "", "", 42).reveal()) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("sealing gives the published texts, and opening gives them back") {
  for (const GcmCase& vector : published()) {
    const Secret key(from_hex(vector.key));
    const std::string nonce = from_hex(vector.nonce);
    const std::string associated = from_hex(vector.associated);
    const std::string sealed = seal_aes_256_gcm(key, nonce, from_hex(vector.plain), associated);
    CHECK(to_hex(sealed) == vector.cipher + vector.tag);
    const auto opened = open_aes_256_gcm(key, nonce, sealed, associated);
    REQUIRE(opened);
    CHECK(to_hex(opened->reveal()) == vector.plain);
  }
}

TEST_CASE("nothing opens when one bit of anything is another") {
  const GcmCase vector = published()[3];
  std::array<std::string, 4> parts = {from_hex(vector.key), from_hex(vector.nonce),
                                      from_hex(vector.cipher + vector.tag),
                                      from_hex(vector.associated)};
  const auto opens = [&] {
    return open_aes_256_gcm(Secret(parts[0]), parts[1], parts[2], parts[3]).has_value();
  };
  REQUIRE(opens());
  for (std::string& part : parts) {
    for (char& byte : part) {
      for (int bit = 0; bit < 8; ++bit) {
        byte = static_cast<char>(byte ^ (1 << bit));
        CHECK_FALSE(opens());
        byte = static_cast<char>(byte ^ (1 << bit));
      }
    }
  }
  CHECK(opens());
}

TEST_CASE("what is cut short or longer does not open") {
  const Secret key(std::string(32, 'k'));
  const std::string nonce(12, 'n');
  const std::string sealed = seal_aes_256_gcm(key, nonce, "a token", "to whom");
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    CHECK_FALSE(open_aes_256_gcm(key, nonce, sealed.substr(0, length), "to whom"));
  }
  CHECK_FALSE(open_aes_256_gcm(key, nonce, sealed + '\0', "to whom"));
  CHECK_FALSE(open_aes_256_gcm(key, nonce, sealed, "to whom "));
  CHECK_FALSE(open_aes_256_gcm(key, nonce, sealed, ""));
}

TEST_CASE("keys are drawn, each another") {
  std::set<std::string> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(std::string(random_key().reveal()));
  CHECK(drawn.size() == 100);
  CHECK(drawn.begin()->size() == aead_key_bytes);
  CHECK(random_bytes(16).size() == 16);
}

}  // namespace pruuv
