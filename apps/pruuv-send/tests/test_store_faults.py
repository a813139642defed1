"""A disk that fails or is full, a store that is damaged, others that use it at the same time: the run stops or waits,
says so, sends nothing it could not record, and the next run puts it right."""

import contextlib
import json
import pathlib
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import uuid

import invariants
import sweep
from harness import DAY, FBCLID, GCLID, HOUR, NOW, TEMPORARY, Result, event, google, meta
from processes import ProcessTest, until
from sweep import PERSON

# What may fail, how, and the stride. "+": from then on, as a full disk does; else once.
FAULTS = (("pwrite64", "ENOSPC", "+", 14), ("pwrite64", "EIO", "", 18), ("pwrite64", "ENOSPC", "", 18),
          ("fdatasync", "EIO", "", 2), ("fdatasync", "EIO", "+", 6), ("fsync", "EIO", "", 1), ("write", "ENOSPC", "", 1),
          ("write", "EIO", "+", 1), ("ftruncate", "EIO", "", 1), ("pread64", "EIO", "", 12),
          ("pread64", "EIO", "+", 40), ("unlink", "EIO", "", 3))
# What else may come of it. A folder that cannot be synced, a journal that is cut instead of removed, a summary that
# cannot be printed cost nothing; an answer waits for room on a disk that is full for once; SQLite calls a page it
# cannot read damaged.
MAY_END = {("fdatasync", "EIO"): (0,), ("fsync", "EIO"): (0,), ("write", "ENOSPC"): (0,), ("write", "EIO"): (0,),
           ("unlink", "EIO"): (0,), ("pwrite64", "ENOSPC"): (0,), ("pread64", "EIO"): (0, 65)}
# A checkpoint that fails is made again by the next run.
MAY_END_IN_WAL = {**MAY_END, ("pwrite64", "EIO"): (0,)}


def unrecorded(text):
    lines = [line for line in text.splitlines() if line.startswith('{"unrecorded"')]
    return {one["request_id"]: one for one in (json.loads(line)["unrecorded"] for line in lines)}


def in_store(folder, sql):
    """Reads a copy, so that a journal left behind is rolled back there and not here."""
    with contextlib.ExitStack() as stack:
        copy = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=TEMPORARY)))
        for path in folder.glob("store.db*"):
            shutil.copy(path, copy)
        database = stack.enter_context(contextlib.closing(sqlite3.connect(copy / "store.db")))
        return database.execute(sql).fetchall()


class FailingCalls(sweep.SweepTest):
    def fail_at(self, home, points, may_end):
        codes, unheard = [], []

        def act(world, index, call, error, number):
            done = world.send_injected(NOW, call, f"error={error}:when={number}")
            wrong = []
            codes.append(done.returncode)
            fine = may_end.get((call, error), ()) if world.was_injected() else (0,)
            if done.returncode not in (74, *fine):
                wrong.append(f"ended with {done.returncode}: {done.stderr}")
            # What was sent and could not be recorded is on standard error, and in the store still open.
            told = unrecorded(done.stderr)
            still_open = {row[0] for row in in_store(world.store.parent, "SELECT request_id FROM open_request")}
            unheard.extend(told)
            if set(told) != still_open:
                wrong.append(f"open in the store: {still_open}, on standard error: {set(told)}")
            arrived = {e["event_id"] for e in world.sandbox.events() if e["status"] == "accepted"}
            for one in told.values():
                claimed = {e["event_id"] for e in one["events"] if e["outcome"] == "accepted"}
                if not claimed <= arrived:
                    wrong.append(f"said to be accepted and never arrived: {claimed - arrived}")
            return wrong + world.recover((300, DAY)[index % 2])
        self.sweep(home, points, act)
        self.assertGreater(codes.count(74), len(codes) // 2)
        self.assertGreater(len(unheard), 0, "no answer was ever lost: the sweep has missed the moment")
        print(f"{codes.count(74)} runs of {len(codes)} stopped, {len(unheard)} answers unrecorded ...", end=" ", flush=True)

    def points_of(self, home, faults):
        counted = {call: self.points(home, {call: 1}) for call in {call for call, *_ in faults}}
        return [(call, error, f"{number}{more}") for call, error, more, stride in faults
                for _, number in sorted(counted[call])[::1 if sweep.ALL else stride]]

    def test_in_rollback_journal_mode(self):
        home = self.prepare()
        self.fail_at(home, self.points_of(home, FAULTS), MAY_END)

    def test_in_wal_mode(self):
        home = self.prepare("PRAGMA journal_mode = WAL")
        self.fail_at(home, self.points_of(home, [(c, e, m, max(1, s // 2)) for c, e, m, s in FAULTS
                                                 if c in ("pwrite64", "fdatasync", "pread64")]), MAY_END_IN_WAL)


class Room(ProcessTest):
    """Disks and files that are too small."""

    def make_work(self, events):
        self.make_store(meta())
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(events)])

    @contextlib.contextmanager
    def disk(self, spare_pages):
        """A file system of its own, with the store and so much room in it."""
        prepared = self.store.read_bytes()
        mounted = self.folder / "disk"
        mounted.mkdir(exist_ok=True)
        size = (len(prepared) // 4096 + 1 + spare_pages) * 4096
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mounted)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"mounting a small file system takes root and the right to: {done.stderr}")
        elsewhere = self.store
        try:
            self.store = mounted / "store.db"
            self.store.write_bytes(prepared)
            self.store.chmod(0o600)
            self.sandbox.reset()
            self.now, self.outputs = NOW, []
            yield mounted
        finally:
            self.store = elsewhere
            subprocess.run(["umount", "--lazy", str(mounted)], check=True)

    def test_a_run_does_not_begin_without_room(self):
        self.make_work(50)
        for spare_pages in (0, 1, 8, 64, 512, 1000):  # less than 4 MiB
            with self.subTest(spare_pages=spare_pages), self.disk(spare_pages) as mounted:
                done = self.run_program("send", code=74)
                self.assertIn("free some disk space", done.err)
                self.assertEqual(self.requests_seen(), 0)
                subprocess.run(["mount", "-o", "remount,size=64m", str(mounted)], check=True)
                self.check_next_runs_finish()

    def test_a_disk_that_fills_up_during_a_run_ends_it(self):
        self.make_work(200)
        codes = []
        for requests in (1, 2, 5, 9):
            with self.subTest(requests=requests), self.disk(2000) as mounted:
                self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 60})
                process = self.start("--batch-events", "10", "send")
                self.wait_for_requests(requests, process)
                with open(mounted / "somebody elses", "wb", buffering=0) as other:
                    with contextlib.suppress(OSError):
                        while True:
                            other.write(bytes(4096))
                done = self.finish(process)
                codes.append(done.code)
                self.assertIn(done.code, (74, 0), done)
                told = unrecorded(done.err)
                self.assertEqual(set(told), {row[0] for row in in_store(mounted, "SELECT request_id FROM open_request")})
                accepted = {e["event_id"] for e in self.sandbox.events()}
                self.assertLess(len(accepted), 200)
                for one in told.values():
                    self.assertEqual({e["outcome"] for e in one["events"]}, {"accepted"})
                    self.assertLessEqual({e["event_id"] for e in one["events"]}, accepted)
                (mounted / "somebody elses").unlink()
                self.sandbox.misbehave_no_more()
                self.check_next_runs_finish()
                self.assertEqual(len({e["event_id"] for e in self.sandbox.events()}), 200)
        self.assertIn(74, codes)

    def test_a_full_disk_while_a_token_is_on_its_way(self):
        """The answers wait for room; what else arrives meanwhile must not keep the run from its end."""
        self.make_store(meta(), google())
        self.import_events(event(**PERSON, **FBCLID), event(**PERSON, **GCLID))
        with self.disk(2000) as mounted:
            self.sandbox.misbehave({"platform": "meta", "times": 1, "delay_ms": 300},
                                   {"platform": "token", "times": 1, "delay_ms": 900})
            process = self.start("send")
            self.wait_for_requests(2, process)
            with open(mounted / "somebody elses", "wb", buffering=0) as other:
                with contextlib.suppress(OSError):
                    while True:
                        other.write(bytes(4096))
            done = self.finish(process)
            self.assertEqual(done.code, 74, done)
            self.assertEqual(len(unrecorded(done.err)), 1)
            (mounted / "somebody elses").unlink()
            self.check_next_runs_finish()

    def test_a_limit_on_file_sizes_does_not_kill(self):
        self.make_work(300)
        prepared = self.store.read_bytes()
        codes = []
        for more in (-4096, 0, 4096, 20_000, 60_000, 100_000, 1 << 24):
            with self.subTest(more=more):
                for path in self.folder.glob("store.db*"):
                    path.unlink()
                self.store.write_bytes(prepared)
                self.store.chmod(0o600)
                self.sandbox.reset()
                self.now, self.outputs = NOW, []
                limit = len(prepared) + more
                done = Result(subprocess.run(
                    self.command("--batch-events", "20", "send"), env=self.environment(), cwd="/", text=True,
                    capture_output=True, check=False,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
                codes.append(done.code)
                self.assertIn(done.code, (0, 74), done)
                self.check_next_runs_finish()
        self.assertEqual((codes[0], codes[-1]), (74, 0))


class Company(ProcessTest):
    """Others that use the store while a run is on."""

    def make_work(self, mode, events=400):
        self.make_store(meta())
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            self.assertEqual(database.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0].upper(), mode)
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(events)])

    def test_a_collector_writes_a_thousand_events_a_second(self):
        for mode in ("DELETE", "WAL"):
            with self.subTest(mode=mode):
                self.setUp()
                self.make_work(mode)
                self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 30})
                process = self.start("--batch-events", "5", "send", "--json")
                took, faults = [], []
                database = sqlite3.connect(self.store, timeout=10, isolation_level=None)
                began = time.monotonic()
                while process.poll() is None:
                    start = time.monotonic()
                    try:
                        database.execute(
                            "INSERT INTO funnel_event (id, client_id, event_name, event_time, email, fbclid, user_agent,"
                            " page_url) VALUES (?, 'acme', 'lead', ?, 'canary.person@example.com', ?, 'Mozilla/5.0',"
                            " 'https://shop.example/') ON CONFLICT(id) DO NOTHING",
                            (str(uuid.uuid4()), NOW - HOUR, FBCLID["fbclid"]))
                    except sqlite3.Error as fault:
                        faults.append(fault)
                    took.append(time.monotonic() - start)
                    # A thousand a second, or as many as there is time for.
                    ahead = began + len(took) / 1000 - time.monotonic()
                    if ahead > 0:
                        time.sleep(ahead)
                database.close()
                done = self.finish(process)
                self.assertEqual((done.code, faults), (0, []), done)
                took.sort()
                p99 = took[int(len(took) * 0.99)]
                print(f"{mode}: {len(took)} events, {len(took) / (time.monotonic() - began):.0f} a second,"
                      f" p99 {p99 * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms ...", end=" ", flush=True)
                self.assertGreater(len(took), 200)
                self.assertLess(p99, 1.0)
                self.check()
                self.sandbox.misbehave_no_more()
                self.now += HOUR
                self.run_program("send", code=0)
                self.check(finished=True)
                self.assertEqual(len(self.sandbox.events()), 400 + len(took))

    def reader(self):
        """A dashboard in the middle of a read."""
        database = sqlite3.connect(self.store, isolation_level=None)
        self.addCleanup(database.close)
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM conversion_audit_log").fetchone()
        return database

    def test_a_reader_holds_a_run_up_for_a_while(self):
        self.make_work("DELETE")
        reader = self.reader()
        process = self.start("send", "--json")
        # The run wants to commit: its journal is there, and the reader keeps it from the file.
        until(lambda: pathlib.Path(f"{self.store}-journal").exists(), "a commit that waits")
        self.assertIsNone(process.poll())
        self.assertEqual(self.requests_seen(), 0)
        reader.execute("COMMIT")
        self.assertEqual(self.finish(process).code, 0)
        self.check(finished=True)

    def test_a_reader_that_never_ends_in_wal_mode_disturbs_nobody(self):
        self.make_work("WAL")
        reader = self.reader()
        before = reader.execute("SELECT count(*) FROM conversion_audit_log").fetchone()
        self.outputs.append(self.run_program("send", code=0).err)
        self.assertEqual(reader.execute("SELECT count(*) FROM conversion_audit_log").fetchone(), before)
        reader.execute("COMMIT")
        self.check(finished=True)

    def test_a_reader_that_never_ends_makes_a_run_give_up_before_it_sends(self):
        self.make_work("DELETE")
        reader = self.reader()
        done = self.run_program("send")  # waits its 10 s
        self.assertEqual(done.code, 75, done)
        self.assertEqual(self.requests_seen(), 0)
        reader.execute("COMMIT")
        self.run_program("send", code=0)
        self.check(finished=True)


class Damage(ProcessTest):
    def make_work(self):
        self.make_store(meta())
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(40)])
        self.run_program("send", code=0)
        self.sandbox.reset()
        self.now += HOUR
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(40)])
        self.good = self.store.read_bytes()

    def put(self, content):
        pathlib.Path(f"{self.store}-journal").unlink(missing_ok=True)
        self.store.write_bytes(content)
        self.sandbox.reset()

    def test_what_is_no_whole_store_sends_nothing(self):
        self.make_work()

        def with_pragma(pragma):
            self.put(self.good)
            with contextlib.closing(sqlite3.connect(self.store)) as database:
                database.execute(pragma)
            return self.store.read_bytes()
        page = 4096
        cases = (("half of it", self.good[:len(self.good) // 2 // page * page], (65, 74)),
                 ("all but a page", self.good[:-page], (65, 74)),
                 ("a page and a half", self.good[:page + page // 2], (65, 74)),
                 ("a header", self.good[:100], (65, 74)), ("nothing", b"", (65,)),
                 ("text", b"this is no database\n" * 500, (65,)), ("zeros", bytes(8 * page), (65,)),
                 ("no magic", b"SQLite format 4\0" + self.good[16:], (65,)),
                 ("another program's", with_pragma("PRAGMA application_id = 7"), (65,)),
                 ("a newer schema", with_pragma("PRAGMA user_version = 999"), (78,)),
                 ("a schema of no version", with_pragma("PRAGMA user_version = 0"), (65,)))
        for name, content, codes in cases:
            with self.subTest(name):
                self.put(content)
                done = self.run_program("send")
                self.assertIn(done.code, codes, done)
                self.assertTrue(done.err.startswith("pruuv-send: "), done)
                self.assertEqual(self.requests_seen(), 0)
                self.assertEqual(self.store.read_bytes(), content, "nobody mends it unasked")
        self.put(self.good)
        self.run_program("send", code=0)

    def test_a_damaged_page_never_makes_a_copy_nor_a_crash(self):
        self.make_work()
        journal = pathlib.Path(f"{self.store}.runs").read_bytes()
        page = 4096
        codes = []
        for number in range(len(self.good) // page):
            for how in (bytes(page), b"\xff" * page):
                if number == 0 and how == bytes(page):
                    continue  # no database at all: above
                with self.subTest(page=number + 1, with_byte=how[0]):
                    content = bytearray(self.good)
                    start = number * page + (100 if number == 0 else 0)
                    content[start:(number + 1) * page] = how[:(number + 1) * page - start]
                    self.put(bytes(content))
                    pathlib.Path(f"{self.store}.runs").write_bytes(journal)
                    done = self.run_program("send")
                    codes.append(done.code)
                    self.assertIn(done.code, (0, 3, 65, 74), done)
                    seen = [e["event_id"] for e in self.sandbox.events()]
                    self.assertEqual(len(seen), len(set(seen)))
                    self.assertLessEqual(len(seen), 40)
        self.assertGreater(codes.count(65), len(codes) // 3)

    def test_after_a_crash_the_store_is_looked_at_before_anything_is_sent(self):
        """A run without an end in the store: then damage that no query of a run would meet is found too."""
        self.make_work()
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'diagnosis_by_request'").fetchone()[0]
        for crashed, code in ((False, 0), (True, 65)):
            with self.subTest(crashed=crashed):
                content = bytearray(self.good)
                content[(root - 1) * 4096:root * 4096] = b"\xff" * 4096
                self.put(bytes(content))
                if crashed:
                    with contextlib.closing(sqlite3.connect(self.store)) as database:
                        database.execute("UPDATE run SET ended_at = NULL, exit_code = NULL")
                        database.commit()
                done = self.run_program("send")
                self.assertEqual(done.code, code, done)
                self.assertEqual(self.requests_seen() > 0, not crashed)

    def test_a_restored_copy_waits_for_a_word(self):
        journal = pathlib.Path(f"{self.store}.runs")
        for name, change, code in (("as it is", lambda text: text, 65), ("torn", lambda text: text + '{"store_id":"x', 65),
                                   ("torn in its last line", lambda text: text[:-20], 65),
                                   ("garbage within", lambda text: "garbage\n" + text, 65),
                                   ("another store's", lambda text: text.replace('"store_id":"', '"store_id":"0'), 0),
                                   ("gone", None, 0)):
            with self.subTest(name):
                self.setUp()
                self.make_work()
                self.run_program("send", code=0)
                self.put(self.good)
                journal = pathlib.Path(f"{self.store}.runs")
                if change is None:
                    journal.unlink()
                else:
                    journal.write_text(change(journal.read_text()))
                done = self.run_program("send")
                self.assertEqual(done.code, code, done)
                self.assertEqual(self.requests_seen(), 0 if code else 1)

    def test_a_store_of_an_earlier_schema_is_brought_up_to_date_by_a_run(self):
        self.make_store(meta())
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
        if version == 1:
            self.skipTest("there is one schema only")
        sweep.make_earlier(self.store)
        self.import_events_by_sql(20)
        self.run_program("send", code=0)
        self.assertEqual(self.rows("PRAGMA user_version"), [(version,)])
        self.check(finished=True)
        self.assertEqual(len(self.sandbox.events()), 20)

    def import_events_by_sql(self, count):
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            database.executemany(
                "INSERT INTO funnel_event (id, client_id, event_name, event_time, fbclid, user_agent, page_url)"
                " VALUES (?, 'acme', 'lead', ?, ?, 'Mozilla/5.0', 'https://shop.example/')",
                [(str(uuid.uuid4()), NOW - HOUR, FBCLID["fbclid"]) for _ in range(count)])
            database.commit()


class Tampering(ProcessTest):
    CASES = (
        ("an answer edited", "UPDATE request_closed SET status = 500 WHERE request_id = 2", r"request_closed 2\b"),
        ("a time edited", "UPDATE request_opened SET opened_at_ms = opened_at_ms + 1 WHERE id = 1", r"request_opened 1\b"),
        ("an attempt edited", "UPDATE attempt SET status = 1 WHERE id = 3", r"request_closed 2\b"),
        ("an attempt deleted", "DELETE FROM attempt WHERE id = 3", r"request_closed 2\b"),
        ("an attempt put in", "INSERT INTO attempt SELECT 99, request_id, event_seq, number, status, reason, cause, error,"
                              " error_message, connection_id FROM attempt WHERE id = 1", r"attempt 99\b"),
        ("an attempt moved", "UPDATE attempt SET connection_id = connection_id + 1 WHERE id = 1", r"attempt 1\b"),
        ("a request deleted", "DELETE FROM request_closed WHERE request_id = 3", r"request_closed 3\b"),
        ("a manifest edited", "UPDATE request_opened SET manifest = x'00' WHERE id = 2", r"request_opened 2\b"),
        ("an action edited", "UPDATE operator_action SET operator = 'somebody else'", r"operator_action 1\b"),
        ("a link edited", "UPDATE chain_link SET hash = zeroblob(32) WHERE id = 2", r"request_\w+ \d+|link 2\b"),
        ("a link deleted", "DELETE FROM chain_link WHERE id = 2", r"\b2\b"),
        ("links exchanged", "UPDATE chain_link SET record_id = CASE record_id WHEN 1 THEN 2 ELSE 1 END"
                            " WHERE kind = 1 AND record_id < 3", r"request_opened"),
        ("the end cut off", "DELETE FROM chain_link WHERE id > 4; DELETE FROM operator_action;"
                            " DELETE FROM attempt WHERE id > 4; DELETE FROM request_closed WHERE request_id > 2;"
                            " DELETE FROM request_opened WHERE id > 2", r"head"),
        ("all of it gone", "DELETE FROM chain_link; DELETE FROM operator_action; DELETE FROM attempt;"
                           " DELETE FROM request_closed; DELETE FROM request_opened", r"head"),
    )

    def test_verification_names_what_was_changed(self):
        self.make_store(meta())
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(6)])
        self.run_program("--batch-events", "2", "--max-in-flight", "1", "send", code=0)
        self.run_program("replay", "--client", "acme", "--since", "7d", "--yes", "--force", code=0)
        self.run_program("audit", "--verify", code=0)
        good = self.store.read_bytes()
        for name, sql, named in self.CASES:
            with self.subTest(name):
                self.store.write_bytes(good)
                with contextlib.closing(sqlite3.connect(self.store)) as database:
                    for trigger, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                        database.execute(f"DROP TRIGGER {trigger}")
                    database.executescript(sql)
                done = self.run_program("audit", "--verify", code=65)
                self.assertRegex(done.out + done.err, named)
                with contextlib.closing(sqlite3.connect(self.store)) as database:
                    if "head" not in named:
                        self.assertNotEqual(invariants.chain_faults(database), [])
        self.store.write_bytes(good)
        self.run_program("audit", "--verify", code=0)


if __name__ == "__main__":
    unittest.main()
