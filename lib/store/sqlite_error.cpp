#include "store/sqlite_error.hpp"

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <sqlite3.h>

namespace pruuv::store {
namespace {

constexpr int primary(int code) { return code & 0xFF; }

bool is_denied(int system_error) {
  return system_error == EACCES || system_error == EPERM || system_error == EROFS ||
         system_error == ELOOP;
}

bool is_full(int code, int system_error) {
  return primary(code) == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT;
}

// The next word of `text`, which it is taken off; words end at white space and brackets.
std::string_view take_word(std::string_view& text) {
  constexpr std::string_view separators = " \n\t\r(),;";
  const std::size_t start = text.find_first_not_of(separators);
  if (start == std::string_view::npos) return text = {};
  text.remove_prefix(start);
  const std::string_view word = text.substr(0, text.find_first_of(separators));
  text.remove_prefix(word.size());
  return word;
}

struct Verb {
  std::string_view keyword;       // the first word of the SQL
  std::string_view before_table;  // the word the table's name follows
  std::string_view verb;
  std::string_view preposition;
};

constexpr std::array<Verb, 4> verbs = {{{"SELECT", "FROM", "read", "from"},
                                        {"INSERT", "INTO", "add", "to"},
                                        {"UPDATE", "UPDATE", "change", "in"},
                                        {"DELETE", "FROM", "delete", "from"}}};

}  // namespace

ErrorKind kind_of_sqlite(int code, int system_error) {
  switch (primary(code)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::try_again;
    case SQLITE_FULL:
      return ErrorKind::disk_full;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return is_full(code, system_error) ? ErrorKind::disk_full : ErrorKind::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::store_content;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorKind::permission;
    case SQLITE_CANTOPEN:
      return is_denied(system_error) ? ErrorKind::permission : ErrorKind::no_store;
    default:
      return ErrorKind::bug;
  }
}

std::string hint_of_sqlite(int code, int system_error) {
  if (is_full(code, system_error)) return "free some disk space, then run again";
  if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY) {
    return "a program died while it wrote; any command that writes, such as send, puts the store "
           "in order";
  }
  switch (kind_of_sqlite(code, system_error)) {
    case ErrorKind::try_again:
      return "another program is writing to the store; run again later";
    case ErrorKind::permission:
      return "the store and its folder must be writable for the user this program runs as";
    case ErrorKind::no_store:
      return "make a store with: pruuv-send init";
    case ErrorKind::store_content:
      return primary(code) == SQLITE_NOTADB
                 ? "is this the right file?"
                 : "run again, in case the disk failed only once; if it stays, put a backup in its "
                   "place and run: pruuv-send accept-restore";
    default:
      return {};
  }
}

std::string doing_of(std::string_view sql) {
  std::string_view rest = sql;
  const std::string_view keyword = take_word(rest);
  for (const Verb& verb : verbs) {
    if (keyword != verb.keyword) continue;
    std::string_view word = keyword;
    while (!word.empty() && word != verb.before_table) word = take_word(rest);
    const std::string_view table = take_word(rest);
    const bool is_name =
        !table.empty() && table.front() >= 'a' && table.front() <= 'z';  // no subquery
    if (is_name) {
      return fmt::format("{} {} {}", verb.verb, table, verb.preposition);
    }
  }
  if (keyword == "BEGIN") return "begin a transaction in";
  if (keyword == "COMMIT") return "commit a transaction in";
  return "use";
}

int busy_wait_ms(int earlier_tries) {
  constexpr int doubling_tries = 6;  // 1, 2, 4 ... 32 ms: 63 ms together
  constexpr int steady_ms = 50;
  constexpr int tries_max = doubling_tries + (10'000 - 63) / steady_ms + 1;
  if (earlier_tries < doubling_tries) return 1 << earlier_tries;
  return earlier_tries < tries_max ? steady_ms : 0;
}

}  // namespace pruuv::store
