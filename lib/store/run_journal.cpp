#include "store/run_journal.hpp"

#include <algorithm>
#include <fcntl.h>
#include <optional>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "store/file.hpp"
#include "store/runs.hpp"

namespace pruuv::store {
namespace {

struct Line {
  std::string store_id;
  std::string run_id;
};

std::optional<Line> parse_line(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return std::nullopt;
  const auto store_id = document->root()["store_id"].text();
  const auto run_id = document->root()["run_id"].text();
  if (!store_id || !run_id) return std::nullopt;
  return Line{std::string(*store_id), std::string(*run_id)};
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

Result<std::vector<std::string>> parse_run_journal(std::string_view text, std::string_view store_id,
                                                   const std::string& path) {
  std::vector<std::string> run_ids;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const bool is_torn = end == std::string_view::npos;
    const auto line = parse_line(text.substr(0, end));
    text.remove_prefix(is_torn ? text.size() : end + 1);
    if (!line && is_torn) break;
    if (!line) {
      return fail(ErrorKind::store_content,
                  fmt::format("read the run journal {}: line {} is unreadable", path, number),
                  "see whether another program wrote to it; a line that is not the journal's can "
                  "be removed");
    }
    const bool is_known =
        std::find(run_ids.rbegin(), run_ids.rend(), line->run_id) != run_ids.rend();
    if (line->store_id == store_id && !is_known) run_ids.push_back(line->run_id);
  }
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
  const auto file = File::open(path, O_RDONLY);
  if (!file && file.error().kind == ErrorKind::no_store) return std::vector<std::string>();
  if (!file) return Unexpected(file.error());
  PRUUV_TRY_ASSIGN(const std::string text, file->read_all());
  PRUUV_TRY_ASSIGN(const auto run_ids, parse_run_journal(text, store_id, path));
  PRUUV_TRY_ASSIGN(Statement* const read, database.prepare("SELECT 1 FROM run WHERE run_id = ?1"));
  std::vector<std::string> missing;
  for (const std::string& run_id : run_ids) {
    PRUUV_TRY_ASSIGN(const bool is_there, read->bind(1, run_id).first([](const Statement&) {}));
    if (!is_there) missing.push_back(run_id);
  }
  return missing;
}

}  // namespace pruuv::store
