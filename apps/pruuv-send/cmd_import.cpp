#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "line_reader.hpp"
#include "model/event_json.hpp"
#include "store/events.hpp"

namespace pruuv::app {
namespace {

constexpr std::size_t line_bytes_max = std::size_t{1} << 20;
// A transaction: the ids are random, and the more events it has, the fewer pages of their index are
// written twice. Other writers wait for its end, so it ends after a while too.
constexpr std::size_t chunk_lines_max = 200'000;
constexpr std::int64_t chunk_ms_max = 1'000;
constexpr std::size_t lines_a_look = 5'000;  // at the time, and for the person who waits
constexpr std::size_t refusals_shown = 20;

struct Options {
  std::string file;
  std::string rejects;
  bool json = false;
};

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != nullptr) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

struct Refusal {
  std::int64_t line = 0;
  std::string reason;
};

class Import {
 public:
  Import(store::Database& database, const Clock& clock, std::FILE* in, std::FILE* rejects)
      : database_(database), clock_(clock), reader_(in, line_bytes_max), rejects_(rejects) {}

  Result<void> run(std::int64_t bytes_total, bool progress) {
    const auto look = [&] {
      if (progress) show(bytes_total);
    };
    bool more = true;
    while (more) {
      PRUUV_TRY_ASSIGN(more, import_chunk(look));
    }
    if (progress) put(STDERR_FILENO, "\r\x1b[K");
    if (reader_.failed())
      return fail(ErrorKind::io,
                  fmt::format("read line {}: {}", reader_.number() + 1, std::strerror(errno)));
    if (rejects_ != nullptr && std::fflush(rejects_) != 0) {
      return fail(ErrorKind::io, fmt::format("write the rejects file: {}", std::strerror(errno)));
    }
    return {};
  }

  [[nodiscard]] std::string render() const {
    std::string out =
        fmt::format("imported {}, already there {}, refused {}\n", imported_, known_, refused_);
    for (const Refusal& refusal : shown_)
      out += fmt::format("line {}: {}\n", refusal.line, refusal.reason);
    const auto hidden = refused_ - static_cast<std::int64_t>(shown_.size());
    if (hidden > 0)
      out += fmt::format("and {} more; --rejects FILE keeps every refused line\n", hidden);
    return out;
  }

  [[nodiscard]] std::string render_json() const {
    json::Writer out;
    out.begin_object();
    out.member_integer("imported", imported_);
    out.member_integer("already_there", known_);
    out.member_integer("refused", refused_);
    out.key("refusals");
    out.begin_array();
    for (const Refusal& refusal : shown_) {
      out.begin_object();
      out.member_integer("line", refusal.line);
      out.member("reason", refusal.reason);
      out.end_object();
    }
    out.end_array();
    out.end_object();
    return out.str() + "\n";
  }

  [[nodiscard]] std::int64_t refused() const { return refused_; }

 private:
  // One transaction; false at the end of the file.
  Result<bool> import_chunk(const std::function<void()>& look) {
    PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database_));
    const std::int64_t end_ms = clock_.steady_ms() + chunk_ms_max;
    std::size_t lines = 0;
    bool more = true;
    while (lines < chunk_lines_max && (more = reader_.next())) {
      PRUUV_TRY(import_line());
      if (++lines % lines_a_look != 0) continue;
      look();
      if (clock_.steady_ms() >= end_ms) break;
    }
    PRUUV_TRY(transaction.commit());
    return more;
  }

  Result<void> import_line() {
    std::string_view line = reader_.line();
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (reader_.number() == 1 && line.substr(0, 3) == byte_order_mark) line.remove_prefix(3);
    line = trim(line);
    if (line.empty()) return {};
    if (reader_.is_too_long()) return refuse(line, "longer than 1 MiB");
    if (const auto parsed = parse_event(line, event_); !parsed) {
      const Error& error = parsed.error();
      return refuse(line, error.hint.empty() ? error.message
                                             : fmt::format("{} ({})", error.message, error.hint));
    }
    PRUUV_TRY_ASSIGN(const store::Inserted inserted, store::insert_event(database_, event_));
    switch (inserted) {
      case store::Inserted::stored:
        ++imported_;
        break;
      case store::Inserted::known:
        ++known_;
        break;
      case store::Inserted::conflict:
        return refuse(line, "id_conflict: the store has other content under this id");
    }
    return {};
  }

  Result<void> refuse(std::string_view line, std::string reason) {
    ++refused_;
    if (rejects_ != nullptr) {
      json::Writer out;
      out.begin_object();
      out.member_integer("line", reader_.number());
      out.member("reason", reason);
      // Bytes that are no UTF-8 cannot stand in JSON; they are shown as escapes.
      out.member("input", is_valid_utf8(line) ? std::string(line) : printable(line));
      out.end_object();
      const std::string text = out.str() + "\n";
      if (std::fwrite(text.data(), 1, text.size(), rejects_) != text.size()) {
        return fail(ErrorKind::io, fmt::format("write the rejects file: {}", std::strerror(errno)));
      }
    }
    if (shown_.size() < refusals_shown) shown_.push_back({reader_.number(), std::move(reason)});
    return {};
  }

  void show(std::int64_t bytes_total) const {
    const std::int64_t done = imported_ + known_ + refused_;
    const std::string percent =
        bytes_total > 0 ? fmt::format(" {:3}%", std::min<std::int64_t>(
                                                    100, reader_.bytes_read() * 100 / bytes_total))
                        : "";
    put(STDERR_FILENO, fmt::format("\r{} events{}\x1b[K", done, percent));
  }

  store::Database& database_;
  const Clock& clock_;
  LineReader reader_;
  std::FILE* rejects_;
  FunnelEvent event_;  // of the line at hand
  std::int64_t imported_ = 0, known_ = 0, refused_ = 0;
  std::vector<Refusal> shown_;
};

Result<File> open_input(const std::string& path, std::int64_t& bytes) {
  if (path == "-") return File(::fdopen(::dup(STDIN_FILENO), "r"));
  File file(std::fopen(path.c_str(), "re"));
  if (file == nullptr)
    return fail(ErrorKind::usage, fmt::format("open {}: {}", path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(::fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::usage, fmt::format("open {}: is a directory", path));
  }
  bytes = status.st_size;
  return file;
}

// It holds what the collector wrote, personal data and all.
Result<File> open_rejects(const std::string& path) {
  if (path.empty()) return File();
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 || ::fchmod(file, 0600) != 0) {
    return fail(ErrorKind::cannot_create,
                fmt::format("make the rejects file {}: {}", path, std::strerror(errno)));
  }
  return File(::fdopen(file, "w"));
}

Result<int> import(const Context& context, const Options& options) {
  std::int64_t bytes = 0;
  PRUUV_TRY_ASSIGN(const File in, open_input(options.file, bytes));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY(database->expect_many_events());
  PRUUV_TRY_ASSIGN(const File rejects, open_rejects(options.rejects));
  Import import(*database, *context.clock, in.get(), rejects.get());
  auto done = import.run(bytes, is_terminal(STDERR_FILENO));
  // What is committed is committed, also when the rest could not be read.
  put(STDOUT_FILENO, options.json ? import.render_json() : import.render());
  if (!done) return Unexpected(std::move(done).error().during("import " + options.file));
  constexpr int some_refused = 3;
  return import.refused() > 0 ? some_refused : 0;
}

}  // namespace

void add_import(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("import", "Read funnel events (one JSON object a line) into the store");
  command->add_option("FILE", options->file, "NDJSON file, or - for standard input")->required();
  command->add_option("--rejects", options->rejects,
                      "write every refused line here, with its reason");
  command->add_flag("--json", options->json, "print the result as JSON");
  command->final_callback([&context, options] {
    context.command = [&context, options] { return import(context, *options); };
  });
}

}  // namespace pruuv::app
