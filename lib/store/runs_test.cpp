#include "store/runs.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include "store/run_journal.hpp"
#include "store/schema.hpp"
#include "store/store_fixture.hpp"

using namespace pruuv;
using namespace pruuv::store;
using namespace pruuv::store::testing;

namespace {

const std::string zeros(64, '0');

struct Runs : Store {
  std::string store_id = value_of(load_store_info(**this)).store_id;
  std::string journal = path + ".runs";

  void journal_start(const std::string& run_id) const {
    must(append_run_journal(path, store_id, run_id, true, zeros, now_s));
  }
  [[nodiscard]] std::vector<std::string> missing() const {
    return value_of(runs_missing_from_store(**this, store_id));
  }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::ifstream(journal, std::ios::binary).rdbuf();
    return out.str();
  }
};

}  // namespace

TEST_CASE("a run has a row from its start") {
  const Store store;
  const Run run = value_of(begin_run(*store, "send", "0.1.0", now_s));
  CHECK(run.run_id.size() == 36);
  CHECK(store.number("SELECT count(*) FROM run WHERE command = 'send' AND version = '0.1.0'"
                     " AND ended_at IS NULL AND exit_code IS NULL") == 1);
  must(end_run(*store, run, 3, now_s + 60));
  CHECK(store.number("SELECT ended_at - started_at FROM run") == 60);
  CHECK(store.number("SELECT exit_code FROM run") == 3);
  CHECK(value_of(begin_run(*store, "send", "0.1.0", now_s)).run_id != run.run_id);
}

TEST_CASE("the journal is one line a start and an end, for the owner alone") {
  const Runs store;
  must(append_run_journal(store.path, store.store_id, "r1", true, zeros, now_s));
  must(append_run_journal(store.path, store.store_id, "r1", false, zeros, now_s + 1));
  const std::string begin = R"({"store_id":")" + store.store_id + R"(","run_id":"r1","event":")";
  CHECK(store.text() == begin + R"(start","chain_head":")" + zeros +
                            R"(","time":"2026-09-21T14:13:20Z"})" + "\n" + begin +
                            R"(end","chain_head":")" + zeros +
                            R"(","time":"2026-09-21T14:13:21Z"})" + "\n");
  struct stat status {};
  REQUIRE(::stat(store.journal.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a restored copy lacks the runs made since") {
  const Runs store;
  CHECK(store.missing().empty());
  const Run kept = value_of(begin_run(*store, "send", "0.1.0", now_s));
  store.journal_start(kept.run_id);
  store.journal_start("lost-1");
  must(append_run_journal(store.path, "another store", "foreign", true, zeros, now_s));
  store.journal_start("lost-2");
  must(append_run_journal(store.path, store.store_id, "lost-1", false, zeros, now_s));
  CHECK(store.missing() == std::vector<std::string>{"lost-1", "lost-2"});

  must(accept_missing_runs(*store, store.missing(), now_s));
  CHECK(store.missing().empty());
  CHECK(store.number("SELECT count(*) FROM run WHERE command = 'lost'") == 2);
  must(accept_missing_runs(*store, {"lost-1"}, now_s));
  CHECK(store.number("SELECT count(*) FROM run") == 3);
}

TEST_CASE("a torn last line is passed over and taken away by the next one") {
  const Runs store;
  store.journal_start("r1");
  const std::string whole = store.text();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    std::ofstream(store.journal, std::ios::trunc | std::ios::binary)
        << whole << whole.substr(0, length);
    INFO(length);
    REQUIRE(store.missing() == std::vector<std::string>{"r1"});
    store.journal_start("r2");
    REQUIRE(store.missing() == std::vector<std::string>{"r1", "r2"});
  }
}

TEST_CASE("a journal that is nothing but a torn line is as good as none") {
  const Runs store;
  std::ofstream(store.journal) << R"({"store_id":)";
  CHECK(store.missing().empty());
  store.journal_start("r1");
  CHECK(store.missing() == std::vector<std::string>{"r1"});
}

TEST_CASE("a last line that only lost its line break counts") {
  const auto runs = value_of(parse_run_journal(R"({"store_id":"s","run_id":"r"})", "s", "x.runs"));
  CHECK(runs == std::vector<std::string>{"r"});
}

TEST_CASE("any other unreadable line is an error that names it") {
  for (const std::string line :
       {"", "garbage", "[]", R"({"store_id":"s"})", R"({"store_id":1,"run_id":"r"})"}) {
    INFO(line);
    const auto runs =
        parse_run_journal("{\"store_id\":\"s\",\"run_id\":\"r\"}\n" + line + "\n", "s", "x.runs");
    REQUIRE_FALSE(runs);
    CHECK(runs.error().kind == ErrorKind::store_content);
    CHECK(runs.error().message.find("x.runs: line 2") != std::string::npos);
  }
}

TEST_CASE("a journal that is a symlink is refused") {
  const Runs store;
  const std::string victim = store.folder.file("victim");
  std::ofstream(victim) << "precious";
  std::filesystem::create_symlink(victim, store.journal);
  const auto written = append_run_journal(store.path, store.store_id, "r1", true, zeros, now_s);
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::permission);
  CHECK_FALSE(runs_missing_from_store(*store, store.store_id));
  CHECK(std::filesystem::file_size(victim) == 8);
}

TEST_CASE("the journal's chain heads come in order, without repeats and zeros") {
  const Runs store;
  CHECK(value_of(load_journal_heads(*store, store.store_id)).empty());
  const auto write = [&](const std::string& run_id, bool is_start, char digit,
                         const std::string& store_id) {
    const std::string head = digit == ' ' ? "" : std::string(64, digit);
    must(append_run_journal(store.path, store_id, run_id, is_start, head, now_s));
  };
  const auto list = [&] {
    std::string out;
    for (const JournalHead& each : value_of(load_journal_heads(*store, store.store_id)))
      out += to_hex(as_bytes(each.head)).substr(0, 2) + "@" + std::to_string(each.line) + " ";
    return out;
  };
  const std::string& mine = store.store_id;
  write("r1", true, '0', mine);
  write("r1", false, 'a', mine);
  write("r2", true, 'a', mine);
  write("x1", true, 'b', "another store");
  write("r2", false, ' ', mine);
  write("r3", true, 'C', mine);
  write("r3", false, 'f', mine);
  CHECK(list() == "aa@2 cc@6 ff@7 ");

  // A restored copy that was accepted: r3 went lost, and so did the end of r2, in the middle of
  // which the copy was made.
  write("r2", false, 'd', mine);
  store.run("INSERT INTO run (run_id, command, version, started_at) VALUES ('r2', 'send', '', 1);");
  CHECK(list() == "aa@2 cc@6 ff@7 dd@8 ");
  must(accept_missing_runs(*store, {"r3"}, now_s));
  CHECK(list() == "aa@2 ");
  store.run("UPDATE run SET ended_at = 2 WHERE run_id = 'r2'");
  CHECK(list() == "aa@2 dd@8 ");
}

TEST_CASE("a head that is none makes its line unreadable") {
  const Runs store;
  std::ofstream(store.journal) << R"({"store_id":"s","run_id":"r","chain_head":"abc"})"
                               << "\n";
  const auto heads = load_journal_heads(*store, "s");
  REQUIRE_FALSE(heads);
  CHECK(heads.error().kind == ErrorKind::store_content);
}

TEST_CASE("a journal of many runs is read in one go") {
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += R"({"store_id":"s","run_id":")" + std::to_string(i / 2) + "\"}\n";
  CHECK(value_of(parse_run_journal(text, "s", "x.runs")).size() == 30'000);
}
