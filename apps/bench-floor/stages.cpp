#include "stages.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>
#include <sqlite3.h>

namespace pruuv::bench_floor {
namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

constexpr const char* read_sql =
    "SELECT seq, id, client_id, event_name, event_time, value, currency, email, phone, country,"
    " first_name, last_name, city, state, zip, external_id, ip, user_agent, page_url, referrer,"
    " fbclid, fbc, fbp, gclid, gbraid, wbraid, ttclid, ttp, click_timestamp, order_id,"
    " action_source, consent_ad_user_data, consent_ad_personalization, limited_data_use, extra,"
    " received_at FROM funnel_event ORDER BY seq";

void check(bool good, sqlite3* database, const char* doing) {
  if (!good) throw std::runtime_error(std::string(doing) + ": " + sqlite3_errmsg(database));
}

Database open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  Database database(handle, &sqlite3_close);
  check(code == SQLITE_OK, handle, "open the store");
  return database;
}

void execute(sqlite3* database, const char* sql) {
  check(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, database, sql);
}

Statement prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  check(sqlite3_prepare_v2(database, sql, -1, &handle, nullptr) == SQLITE_OK, database, sql);
  return {handle, &sqlite3_finalize};
}

void run(sqlite3_stmt* statement) {
  check(sqlite3_step(statement) == SQLITE_DONE, sqlite3_db_handle(statement), "write a row");
  sqlite3_reset(statement);
}

// Kept from being optimised away.
volatile std::size_t bytes_seen = 0;

}  // namespace

std::size_t read_events(const std::string& store) {
  const Database database = open(store);
  const Statement read = prepare(database.get(), read_sql);
  const int columns = sqlite3_column_count(read.get());
  std::size_t events = 0;
  std::size_t bytes = 0;
  int code = sqlite3_step(read.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(read.get())) {
    for (int column = 0; column < columns; ++column) {
      switch (sqlite3_column_type(read.get(), column)) {
        case SQLITE_NULL:
          break;
        case SQLITE_INTEGER:
          bytes += static_cast<std::size_t>(sqlite3_column_int64(read.get(), column));
          break;
        default:
          bytes += *sqlite3_column_text(read.get(), column);
          bytes += static_cast<std::size_t>(sqlite3_column_bytes(read.get(), column));
          break;
      }
    }
    ++events;
  }
  check(code == SQLITE_DONE, database.get(), "read the events");
  bytes_seen = bytes;
  return events;
}

void hash_texts(const std::vector<std::string>& texts) {
  const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> sha256(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  std::array<unsigned char, 32> digest{};
  std::size_t sum = 0;
  for (const std::string& text : texts) {
    const bool good = EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    if (!good) throw std::runtime_error("hash a text: OpenSSL fails");
    sum += digest[0];
  }
  bytes_seen = sum;
}

void load_phone_library() {
  i18n::phonenumbers::PhoneNumberUtil::GetInstance()->SetLogger(
      new i18n::phonenumbers::NullLogger);  // the library owns it
  parse_phones({{"030 23125 100", "DE"}});
}

void parse_phones(const std::vector<NationalPhone>& phones) {
  const auto& library = *i18n::phonenumbers::PhoneNumberUtil::GetInstance();
  i18n::phonenumbers::PhoneNumber number;
  for (const NationalPhone& phone : phones) {
    const auto error = library.Parse(phone.number, phone.region, &number);
    if (error != i18n::phonenumbers::PhoneNumberUtil::NO_PARSING_ERROR)
      throw std::runtime_error("parse a phone number: the library refuses it");
  }
}

void make_record_tables(const std::string& store) {
  const Database database = open(store);
  execute(database.get(),
          "CREATE TABLE floor_request (id INTEGER PRIMARY KEY, opened_at_ms INTEGER NOT NULL);"
          "CREATE TABLE floor_attempt (id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL,"
          " event_seq INTEGER NOT NULL, number INTEGER NOT NULL, status INTEGER NOT NULL,"
          " reason INTEGER NOT NULL, cause INTEGER NOT NULL, error TEXT, error_message TEXT)");
}

void write_records(const std::string& store, const Rows& rows) {
  const Database database = open(store);
  execute(database.get(), "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096");
  const Statement request = prepare(
      database.get(), "INSERT INTO floor_request (opened_at_ms) VALUES (1790000000000 + ?1)");
  const Statement attempt =
      prepare(database.get(),
              "INSERT INTO floor_attempt (request_id, event_seq, number, status, reason, cause)"
              " VALUES (?1, ?2, 1, 0, 0, 0)");
  std::size_t requests_done = 0;
  std::size_t events_done = 0;
  for (std::size_t turn = 1; turn <= rows.turns; ++turn) {
    execute(database.get(), "BEGIN IMMEDIATE");
    for (; requests_done < rows.requests * turn / rows.turns; ++requests_done) {
      sqlite3_bind_int64(request.get(), 1, static_cast<sqlite3_int64>(requests_done));
      run(request.get());
    }
    execute(database.get(), "COMMIT");
    execute(database.get(), "BEGIN IMMEDIATE");
    for (; events_done < rows.events * turn / rows.turns; ++events_done) {
      sqlite3_bind_int64(attempt.get(), 1, static_cast<sqlite3_int64>(requests_done));
      sqlite3_bind_int64(attempt.get(), 2, static_cast<sqlite3_int64>(events_done + 1));
      run(attempt.get());
    }
    execute(database.get(), "COMMIT");
  }
}

}  // namespace pruuv::bench_floor
