// Any bytes as the key file, and as a record of the store. The input is the key file, a NUL, then
// name, key id, salt, nonce and sealed, a NUL between them; the rest is the sealed text. A key file
// is refused, or read as it is written again. No record opens but what was sealed: the fuzzer has
// no key.
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "secrets/sealed.hpp"

namespace pruuv::secrets {
namespace {

const SealingKey known = {"k1", Secret("0123456789abcdef0123456789abcdef")};
constexpr std::string_view store_id = "0190a1b2-c3d4-4e5f-8a9b-000000000001";

void require(bool is_right) {
  if (!is_right) std::abort();
}

std::string_view take_part(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

void check_key_file(std::string_view text) {
  const auto keys = parse_sealing_keys(Secret(std::string(text)));
  if (!keys) return require(keys.error().kind == ErrorKind::config);
  require(!keys->empty());
  const auto again = parse_sealing_keys(render_sealing_keys(*keys));
  require(again && again->size() == keys->size());
  for (std::size_t i = 0; i < keys->size(); ++i) {
    require((*again)[i].id == (*keys)[i].id && (*keys)[i].key.reveal().size() == 32);
    require((*again)[i].key.reveal() == (*keys)[i].key.reveal());
  }
}

// As it is, and with the lengths that let it come to the cipher.
void check_record(const store::SealedSecret& raw) {
  require(!open_sealed(raw, store_id, known));
  store::SealedSecret fitting = raw;
  fitting.version = 1;
  fitting.key_id = known.id;
  fitting.salt.resize(16);
  fitting.nonce.resize(12);
  require(!open_sealed(fitting, store_id, known));
}

// What is sealed opens to the same bytes, and with any one byte changed to nothing.
void check_sealing(std::string_view name, std::string_view text, std::size_t at) {
  const store::SealedSecret record = seal(known, store_id, name, Secret(std::string(text)), 1);
  const auto opened = open_sealed(record, store_id, known);
  require(opened && opened->reveal() == text);
  store::SealedSecret changed = record;
  char& byte = changed.sealed[at % changed.sealed.size()];
  byte = static_cast<char>(byte ^ 1);
  require(!open_sealed(changed, store_id, known));
}

}  // namespace
}  // namespace pruuv::secrets

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pruuv::secrets;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are what a fuzzer gives
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view key_file = take_part(rest);
  check_key_file(key_file);
  pruuv::store::SealedSecret record;
  record.version = static_cast<std::int64_t>(size % 3);
  for (std::string* part : {&record.name, &record.key_id, &record.salt, &record.nonce}) {
    *part = take_part(rest);
  }
  record.sealed = rest;
  check_record(record);
  check_sealing(record.name, record.sealed, size);
  return 0;
}
