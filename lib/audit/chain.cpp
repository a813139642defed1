#include "audit/chain.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pruuv::audit {
namespace {

constexpr char form_version = 1;
constexpr std::uint64_t length_of_null = ~std::uint64_t{0};

void append_length(std::string& out, std::uint64_t length) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((length >> shift) & 0xFFU));
}

// 32 zero bytes before the first record.
Result<Digest> load_head(store::Database& database) {
  PRUUV_TRY_ASSIGN(store::Statement* const read,
                   database.prepare("SELECT hash FROM chain_link ORDER BY id DESC LIMIT 1"));
  Digest head{};
  PRUUV_TRY(read->first([&](const store::Statement& row) {
    const std::string_view bytes = row.blob(0);  // 32 of them, by the table's CHECK
    std::copy_n(bytes.begin(), std::min(bytes.size(), head.size()), head.begin());
  }));
  return head;
}

}  // namespace

CanonicalForm::CanonicalForm(RecordKind kind) {
  bytes_.push_back(form_version);
  bytes_.push_back(static_cast<char>(kind));
}

CanonicalForm& CanonicalForm::add(std::string_view bytes) {
  append_length(bytes_, bytes.size());
  bytes_.append(bytes);
  return *this;
}

CanonicalForm& CanonicalForm::add(std::int64_t number) {
  const fmt::format_int decimal(number);
  return add(std::string_view(decimal.data(), decimal.size()));
}

CanonicalForm& CanonicalForm::add_null() {
  append_length(bytes_, length_of_null);
  return *this;
}

CanonicalForm& CanonicalForm::add_or_null(std::string_view text) {
  return text.empty() ? add_null() : add(text);
}

Digest next_link(const Digest& previous, const CanonicalForm& form) {
  static thread_local Sha256 hasher;
  hasher.update(as_bytes(previous));
  hasher.update(form.bytes());
  return hasher.finish();
}

Result<void> append_link(store::Database& database, RecordKind kind, std::int64_t record_id,
                         const CanonicalForm& form) {
  PRUUV_TRY_ASSIGN(const Digest head, load_head(database));
  PRUUV_TRY_ASSIGN(
      store::Statement* const write,
      database.prepare("INSERT INTO chain_link (kind, record_id, hash) VALUES (?1, ?2, ?3)"));
  write->bind(1, static_cast<std::int64_t>(kind)).bind(2, record_id);
  return write->bind_blob(3, as_bytes(next_link(head, form))).run();
}

Result<std::string> chain_head_hex(store::Database& database) {
  PRUUV_TRY_ASSIGN(const Digest head, load_head(database));
  return to_hex(as_bytes(head));
}

}  // namespace pruuv::audit
