#include "store/run_journal.hpp"

#include <fcntl.h>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "store/file.hpp"
#include "store/runs.hpp"

namespace pruuv::store {
namespace {

std::optional<JournalLine> parse_line(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return std::nullopt;
  const json::Value root = document->root();
  const auto store_id = root["store_id"].text();
  const auto run_id = root["run_id"].text();
  const std::string_view head = root["chain_head"].text().value_or("");
  if (!store_id || !run_id || !(head.empty() || is_sha256_hex(head))) return std::nullopt;
  JournalLine line;
  line.store_id = *store_id;
  line.run_id = *run_id;
  line.is_end = root["event"].text().value_or("") == "end";
  line.chain_head_hex = head;
  return line;
}

// The whole journal; "" where there is none.
Result<std::string> read_journal(const std::string& path) {
  const auto file = File::open(path, O_RDONLY);
  if (file) return file->read_all();
  if (file.error().kind == ErrorKind::no_store) return std::string();
  return Unexpected(file.error());
}

std::uint8_t digit_of(char hex) {
  return static_cast<std::uint8_t>(is_ascii_digit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10);
}

Digest digest_of_hex(std::string_view hex) {
  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest.at(i) = static_cast<std::uint8_t>(digit_of(hex[2 * i]) * 16 + digit_of(hex[2 * i + 1]));
  }
  return digest;
}

// Runs whose records a restored copy may lack.
struct LostRuns {
  std::unordered_set<std::string> lost;     // accepted as such
  std::unordered_set<std::string> unended;  // the copy was made in the middle of them, or they died
};

Result<LostRuns> load_lost_runs(Database& database) {
  LostRuns runs;
  PRUUV_TRY_ASSIGN(Statement* const read,
                   database.prepare("SELECT run_id, command = 'lost' FROM run"
                                    " WHERE command = 'lost' OR ended_at IS NULL"));
  PRUUV_TRY(read->for_each([&](const Statement& row) {
    (row.integer(1) != 0 ? runs.lost : runs.unended).emplace(row.text(0));
  }));
  return runs;
}

// An end in the journal comes after the end in the store: one the store lacks was lost with the
// rest.
bool went_lost(const LostRuns& runs, const JournalLine& line) {
  if (runs.lost.contains(line.run_id)) return true;
  return !runs.lost.empty() && line.is_end && runs.unended.contains(line.run_id);
}

std::string render_line(const std::string& store_id, const std::string& run_id, bool is_start,
                        const std::string& chain_head_hex, std::int64_t now_s) {
  json::Writer out;
  out.begin_object();
  out.member("store_id", store_id);
  out.member("run_id", run_id);
  out.member("event", is_start ? "start" : "end");
  out.member("chain_head", chain_head_hex);
  out.member("time", format_utc(now_s));
  out.end_object();
  return out.str() + "\n";
}

// A torn last line is taken away, so that the next one does not grow out of it; a whole one that
// only lost its line break gets it.
Result<void> mend_end(const File& file) {
  PRUUV_TRY_ASSIGN(const std::string text, file.read_all());
  if (text.empty() || text.back() == '\n') return {};
  const std::size_t last_break = text.rfind('\n');
  const std::size_t start = last_break == std::string::npos ? 0 : last_break + 1;
  if (parse_line(std::string_view(text).substr(start))) return file.write("\n");
  return file.truncate(start);
}

}  // namespace

Result<void> for_each_line(std::string_view text, const std::string& path,
                           const std::function<void(const JournalLine&)>& take) {
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const bool is_torn = end == std::string_view::npos;
    auto line = parse_line(text.substr(0, end));
    text.remove_prefix(is_torn ? text.size() : end + 1);
    if (!line && is_torn) break;
    if (!line) {
      return fail(ErrorKind::store_content,
                  fmt::format("read the run journal {}: line {} is unreadable", path, number),
                  "see whether another program wrote to it; a line that is not the journal's can "
                  "be removed");
    }
    line->number = number;
    take(*line);
  }
  return {};
}

Result<std::vector<std::string>> parse_run_journal(std::string_view text, std::string_view store_id,
                                                   const std::string& path) {
  std::vector<std::string> run_ids;
  std::unordered_set<std::string> known;
  PRUUV_TRY(for_each_line(text, path, [&](const JournalLine& line) {
    if (line.store_id == store_id && known.insert(line.run_id).second)
      run_ids.push_back(line.run_id);
  }));
  return run_ids;
}

Result<void> append_run_journal(const std::string& store_path, const std::string& store_id,
                                const std::string& run_id, bool is_start,
                                const std::string& chain_head_hex, std::int64_t now_s) {
  PRUUV_TRY_ASSIGN(const std::string real, real_path(store_path));
  const std::string path = real + ".runs";
  PRUUV_TRY_ASSIGN(const File file, File::open(path, O_RDWR | O_CREAT | O_APPEND));
  PRUUV_TRY(mend_end(file));
  PRUUV_TRY(file.write(render_line(store_id, run_id, is_start, chain_head_hex, now_s)));
  PRUUV_TRY(file.sync());
  return sync_folder_of(path);  // the file may be new
}

Result<std::vector<std::string>> runs_missing_from_store(Database& database,
                                                         const std::string& store_id) {
  const std::string path = database.path() + ".runs";
  PRUUV_TRY_ASSIGN(const std::string text, read_journal(path));
  PRUUV_TRY_ASSIGN(const auto run_ids, parse_run_journal(text, store_id, path));
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare("SELECT 1 FROM run WHERE run_id = ?1"));
  std::vector<std::string> missing;
  for (const std::string& run_id : run_ids) {
    PRUUV_TRY_ASSIGN(const bool is_there, read->bind(1, run_id).first([](const Statement&) {}));
    if (!is_there) missing.push_back(run_id);
  }
  return missing;
}

Result<std::vector<JournalHead>> load_journal_heads(Database& database,
                                                    const std::string& store_id) {
  const std::string path = database.path() + ".runs";
  PRUUV_TRY_ASSIGN(const std::string text, read_journal(path));
  PRUUV_TRY_ASSIGN(const LostRuns lost, load_lost_runs(database));
  std::vector<JournalHead> heads;
  PRUUV_TRY(for_each_line(text, path, [&](const JournalLine& line) {
    if (line.store_id != store_id || line.chain_head_hex.empty() || went_lost(lost, line)) return;
    const Digest head = digest_of_hex(line.chain_head_hex);
    const bool is_known = heads.empty() ? head == Digest{} : head == heads.back().head;
    if (!is_known) heads.push_back({head, line.number});
  }));
  return heads;
}

}  // namespace pruuv::store
