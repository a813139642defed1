#include "store/sealed_secrets.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/file.hpp"

namespace pruuv::store {
namespace {

constexpr std::size_t name_length_max = 64;

SealedSecret read_secret(const Statement& row) {
  SealedSecret secret;
  secret.name = row.text(0);
  secret.version = row.integer(1);
  secret.key_id = row.text(2);
  secret.salt = row.blob(3);
  secret.nonce = row.blob(4);
  secret.sealed = row.blob(5);
  secret.set_at_s = row.integer(6);
  return secret;
}

}  // namespace

bool is_sealed_secret_name(std::string_view name) {
  return !name.empty() && name.size() <= name_length_max && std::ranges::all_of(name, [](char c) {
    return is_ascii_alpha(c) || is_ascii_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

Result<std::optional<SealedSecret>> load_sealed_secret(Database& database, std::string_view name) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT name, version, key_id, salt, nonce, sealed, set_at"
                                    " FROM sealed_secret WHERE name = ?1"));
  std::optional<SealedSecret> secret;
  PRUUV_TRY(
      read->bind(1, name).first([&](const Statement& row) { secret.emplace(read_secret(row)); }));
  return secret;
}

Result<std::vector<SealedSecret>> load_sealed_secrets(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT name, version, key_id, salt, nonce, sealed, set_at"
                                    " FROM sealed_secret ORDER BY name"));
  std::vector<SealedSecret> secrets;
  PRUUV_TRY(read->for_each([&](const Statement& row) { secrets.push_back(read_secret(row)); }));
  return secrets;
}

Result<bool> save_sealed_secret(Database& database, const SealedSecret& secret) {
  PRUUV_TRY_ASSIGN(const auto before, load_sealed_secret(database, secret.name));
  PRUUV_TRY_ASSIGN(
      Statement* const write,
      database.prepare(
          "INSERT INTO sealed_secret (name, version, key_id, salt, nonce, sealed, set_at)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
          " ON CONFLICT (name) DO UPDATE SET version = ?2, key_id = ?3, salt = ?4, nonce = ?5,"
          " sealed = ?6, set_at = ?7"));
  write->bind(1, secret.name).bind(2, secret.version).bind(3, secret.key_id);
  write->bind_blob(4, secret.salt).bind_blob(5, secret.nonce).bind_blob(6, secret.sealed);
  PRUUV_TRY(write->bind(7, secret.set_at_s).run());
  return before.has_value();
}

Result<bool> remove_sealed_secret(Database& database, std::string_view name) {
  PRUUV_TRY_ASSIGN(Statement* const write,
                   database.prepare("DELETE FROM sealed_secret WHERE name = ?1"));
  PRUUV_TRY(write->bind(1, name).run());
  return database.changes() > 0;
}

Result<std::map<std::string, std::int64_t>> count_sealed_secrets_by_key(Database& database) {
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT key_id, count(*) FROM sealed_secret GROUP BY key_id"));
  std::map<std::string, std::int64_t> counts;
  PRUUV_TRY(read->for_each(
      [&](const Statement& row) { counts[std::string(row.text(0))] = row.integer(1); }));
  return counts;
}

Result<void> settle_sealed_secrets(Database& database) { return sync_folder_of(database.path()); }

}  // namespace pruuv::store
