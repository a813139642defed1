#include "secrets/key_ring.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/aead.hpp"
#include "base/base64.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "secrets/file_source.hpp"

namespace pruuv::secrets {
namespace {

// store-<8 digits of the store>-<8 random digits>
constexpr std::string_view made_prefix = "store-";
constexpr std::size_t tag_digits = 8;
constexpr std::size_t id_length_max = 64;

bool is_key_id(std::string_view text) {
  return !text.empty() && text.size() <= id_length_max && std::ranges::all_of(text, [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

std::string store_prefix(std::string_view store_id) {
  return fmt::format("{}{}-", made_prefix, sha256_hex(store_id).substr(0, tag_digits));
}

// By make_sealing_key, for whichever store.
bool is_made(std::string_view id) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (!id.starts_with(made_prefix)) return false;
  const auto parts = split(id.substr(made_prefix.size()), '-');
  return parts.size() == 2 && std::ranges::all_of(parts, [&](std::string_view part) {
           return part.size() == tag_digits &&
                  part.find_first_not_of(digits) == std::string_view::npos;
         });
}

Unexpected refuse_line(std::size_t number, std::string_view cause) {
  return fail(ErrorKind::config, fmt::format("line {}: {}", number, cause),
              "put the file back from its backup; a line is an id, a space and 32 bytes in base64");
}

std::optional<SealingKey> parse_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_id(line.substr(0, space))) return std::nullopt;
  auto bytes = from_base64(trim(line.substr(space)));
  if (!bytes) return std::nullopt;
  SealingKey key{std::string(line.substr(0, space)), Secret(std::move(*bytes))};
  if (key.key.reveal().size() != aead_key_bytes) return std::nullopt;
  return key;
}

}  // namespace

Result<std::vector<SealingKey>> parse_sealing_keys(const Secret& text) {
  std::vector<SealingKey> keys;
  std::size_t number = 0;
  for (const std::string_view whole : split(text.reveal(), '\n')) {
    ++number;
    const std::string_view line = trim(whole);
    if (line.empty()) continue;
    auto key = parse_line(line);
    if (!key) return refuse_line(number, "it is not a key");
    const auto is_same = [&](const SealingKey& other) { return other.id == key->id; };
    if (std::ranges::any_of(keys, is_same)) {
      return refuse_line(number, "an earlier line has the same key id");
    }
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return refuse_line(1, "there is no key in it");
  return keys;
}

Secret render_sealing_keys(const std::vector<SealingKey>& keys) {
  std::string text;
  // All of it at once: growing would leave copies behind.
  text.reserve(keys.size() * (id_length_max + 2 + 4 * (aead_key_bytes / 3 + 1)));
  for (const SealingKey& key : keys) {
    const Secret base64(to_base64(key.key.reveal()));
    text.append(key.id).append(" ").append(base64.reveal()).append("\n");
  }
  return Secret(std::move(text));
}

SealingKey make_sealing_key(std::string_view store_id) {
  const std::string own = to_hex(random_bytes(tag_digits / 2));
  return {store_prefix(store_id) + own, random_key()};
}

KeyOrigin origin_of(std::string_view key_id, std::string_view store_id) {
  if (!is_made(key_id)) return KeyOrigin::by_hand;
  return key_id.starts_with(store_prefix(store_id)) ? KeyOrigin::this_store
                                                    : KeyOrigin::other_store;
}

Result<void> KeyRing::load() {
  PRUUV_TRY_ASSIGN(const bool is_there, is_key_file(path_));
  std::vector<SealingKey> keys;
  if (is_there) {
    auto text = read_file(path_);
    if (!text) return Unexpected(std::move(text).error().during("read the sealing keys"));
    auto parsed = parse_sealing_keys(*text);
    if (!parsed) {
      return Unexpected(std::move(parsed).error().during(
          fmt::format("read the sealing keys: {}", printable(path_))));
    }
    keys = std::move(*parsed);
  }
  keys_ = std::move(keys);
  is_there_ = is_there;
  is_loaded_ = true;
  return {};
}

const SealingKey* KeyRing::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &SealingKey::id);
  return found == keys_.end() ? nullptr : &*found;
}

const SealingKey* KeyRing::newest_for(std::string_view store_id) const {
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    if (origin_of(key->id, store_id) != KeyOrigin::other_store) return &*key;
  }
  return nullptr;
}

Result<void> KeyRing::save(std::vector<SealingKey> keys, const KeyFileLock& lock) {
  const Secret text = render_sealing_keys(keys);
  if (text.reveal().size() > file_bytes_max) {
    return fail(
        ErrorKind::config,
        fmt::format("write the sealing keys to {}: they are over 64 KiB long", printable(path_)),
        "take out the lines of keys that no store needs any longer");
  }
  PRUUV_TRY(write_key_file(path_, text, is_there_ ? KeyFileWrite::replaces : KeyFileWrite::creates,
                           lock));
  keys_ = std::move(keys);
  is_there_ = true;
  is_loaded_ = true;
  return {};
}

}  // namespace pruuv::secrets
