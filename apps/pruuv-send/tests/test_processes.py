"""Signals, locks, deadlines: runs that are told to stop, that meet each other, that hang."""

import fcntl
import os
import pathlib
import random
import re
import signal
import subprocess
import time
import unittest

import harness
from harness import FBCLID, HOUR, NOW, TTCLID, event, google, google_ads, meta, tiktok
from processes import PATIENCE_S, ProcessTest, has_taken_signals, until
from sweep import PERSON

SEED = 20261123
RANDOM_MOMENTS = 40


class Signals(ProcessTest):
    def make_work(self, events=30):
        self.make_store(meta())
        self.import_events(*[event(**PERSON, **FBCLID) for _ in range(events)])

    def test_the_first_lets_what_is_in_flight_finish(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                self.setUp()
                self.make_work()
                self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 400})
                process = self.start("--batch-events", "10", "send", "--json")
                self.wait_for_requests(1, process)
                process.send_signal(number)
                done = self.finish(process)
                self.assertEqual(done.code, 128 + number, done)
                self.assertEqual(done.json()["platforms"]["meta"]["accepted"], 10)
                self.assertEqual(done.json()["exit_code"], 128 + number)
                self.assertTrue(done.json()["work_left"])
                self.assertEqual(self.requests_seen(), 1)
                self.assertEqual(self.rows("SELECT exit_code FROM run"), [(128 + number,)])
                self.assertEqual(self.rows("SELECT state, count(*) FROM delivery GROUP BY state"), [(0, 20), (4, 10)])
                self.check()
                self.sandbox.misbehave_no_more()
                self.check_next_runs_finish()
                self.assertEqual(len(self.sandbox.events()), 30)

    def test_the_second_ends_transfers_and_records_them_as_unknown(self):
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 1000 * PATIENCE_S})
        process = self.start("--batch-events", "10", "send", "--json")
        self.wait_for_requests(1, process)
        process.send_signal(signal.SIGTERM)
        until(lambda: has_taken_signals(process), "the first signal is taken")
        self.assertIsNone(process.poll())
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        done = self.finish(process)
        self.assertLess(time.monotonic() - asked, 5)
        self.assertEqual(done.code, 143, done)
        self.assertEqual(done.json()["platforms"]["meta"]["ambiguous"], 10)
        self.assertEqual(self.rows("SELECT status, count(*) FROM attempt GROUP BY status"), [(3, 10)])
        self.assertEqual(self.rows("SELECT count(*) FROM open_request"), [(0,)])
        self.check()
        self.sandbox.misbehave_no_more()
        self.check_next_runs_finish()
        states = [e["status"] for e in self.sandbox.events()]
        self.assertEqual((states.count("accepted"), states.count("duplicate")), (30, 10))

    def test_with_throttled_platforms(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        self.import_events(*[event(**PERSON, **FBCLID, **TTCLID, gclid=f"Cj0KCQiA-{n}", age_s=36 * HOUR) for n in range(6)],
                           event("ads", **PERSON, gclid="Cj0KCQiA-ads-1"))
        self.sandbox.misbehave(*[
            {"platform": p, "times": -1, "status": 429, "headers": {"Retry-After": "30"}, "body": "{}", "delay_ms": 200}
            for p in ("meta", "tiktok", "data_manager", "google_ads")])
        process = self.start("send", "--json")
        self.wait_for_requests(3, process)
        process.send_signal(signal.SIGTERM)
        done = self.finish(process)
        self.assertEqual(done.code, 143, done)
        self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE state NOT IN (0, 1)"), [(0,)])
        self.check()
        self.sandbox.misbehave_no_more()
        self.check_next_runs_finish()

    def test_at_random_moments(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        self.import_events(*[event(**PERSON, **FBCLID, **TTCLID, gclid=f"Cj0KCQiA-{n}", age_s=36 * HOUR) for n in range(6)],
                           *[event("ads", **PERSON, gclid=f"Cj0KCQiA-ads-{n}", age_s=36 * HOUR) for n in range(4)])
        prepared = self.store.read_bytes()
        rng = random.Random(SEED)
        codes = []
        for moment in range(RANDOM_MOMENTS):
            number = rng.choice((signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
            times = rng.choice((1, 1, 2))
            after, delay_ms = rng.randrange(12), rng.choice((0, 5, 30))
            with self.subTest(moment=moment, signal=number.name, times=times, after=after, delay_ms=delay_ms):
                for path in self.folder.iterdir():
                    path.unlink()
                self.store.write_bytes(prepared)
                self.store.chmod(0o600)
                self.sandbox.reset()
                self.sandbox.misbehave({"times": -1, "delay_ms": delay_ms})
                self.now, self.outputs = NOW, []
                process = self.start("--batch-events", "2", "send", "--json")
                self.wait_for_requests(after, process)
                for _ in range(times):
                    process.send_signal(number)
                    until(lambda: has_taken_signals(process), "the signal is taken")
                done = self.finish(process)
                # Before main, a signal does what it does by itself; after the end, nothing.
                self.assertIn(done.code, (0, 128 + number, -number) if after == 0 else (0, 128 + number), done)
                codes.append(done.code)
                if done.code != -number:
                    self.assertEqual(done.json()["exit_code"], done.code)
                    self.assertEqual(self.rows("SELECT count(*) FROM open_request"), [(0,)])
                self.sandbox.misbehave_no_more()
                self.check_next_runs_finish()
        self.assertGreater(sum(code > 128 for code in codes), RANDOM_MOMENTS // 2)


class Locks(ProcessTest):
    def make_work(self):
        self.make_store(meta())
        self.import_events(event(**PERSON, **FBCLID))

    def test_of_eight_at_once_one_works(self):
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 1500})
        began = time.monotonic()
        runs = [self.start("send", "--json") for _ in range(8)]
        ended = {}
        until(lambda: [ended.setdefault(r.pid, time.monotonic() - began) for r in runs if r.poll() is not None]
              and len(ended) >= 7, "seven ends")
        done = {run.pid: self.finish(run) for run in runs}
        self.assertEqual(sorted(d.code for d in done.values()), [0] + [75] * 7)
        self.assertLess(max(at for pid, at in ended.items() if done[pid].code == 75), 1.0)
        for one in done.values():
            if one.code == 75:
                self.assertRegex(one.err, r"pid \d+ since ")
        self.assertEqual(self.requests_seen(), 1)
        self.assertEqual(self.rows("SELECT count(*) FROM run"), [(1,)])
        self.check(finished=True)

    def test_a_run_that_hangs_is_named_with_its_age(self):
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "times": 1, "delay_ms": 300})
        hanging = self.start("send", "--json")
        self.wait_for_requests(1, hanging)
        hanging.send_signal(signal.SIGSTOP)
        try:
            done = self.run_program("send", code=75)
            self.assertRegex(done.err, rf"pid {hanging.pid} since 2\d{{3}}-\d\d-\d\dT[0-9:]+Z, \d+ ?\w+")
            self.assertEqual(self.requests_seen(), 1)
        finally:
            hanging.send_signal(signal.SIGCONT)
        self.assertEqual(self.finish(hanging).code, 0)
        self.check(finished=True)

    def test_a_stale_lock_file_stops_nobody(self):
        for content in (b"", b"pid 1 since 2026-01-01T00:00:00Z\n", b"pid 4711", b"\x1b[2J\x00\xff", b"x" * 1_000_000,
                        b"pid 99999999999999999999 since never\n" * 20):
            with self.subTest(content=content[:20]):
                self.setUp()
                self.make_work()
                lock = pathlib.Path(f"{self.store}.lock")
                lock.write_bytes(content)
                self.run_program("send", code=0)
                self.assertLess(lock.stat().st_size, 100)
                # Held by somebody who wrote that into it: the text is shown tamed or not at all.
                lock.write_bytes(content)
                with open(lock, "rb") as held:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    done = self.run_program("send", code=75)
                self.assertNotRegex(done.err, r"[^\n\x20-\x7e]")
                self.assertLess(len(done.err), 1000)

    def test_a_lock_that_cannot_be_taken_sends_nothing(self):
        victim = self.folder / "victim"
        victim.write_text("precious")
        for name, place, code in (("symlink", lambda lock: lock.symlink_to(victim), (77,)),
                                  ("dangling", lambda lock: lock.symlink_to(self.folder / "none"), (77,)),
                                  ("folder", lambda lock: lock.mkdir(), (73, 74, 77))):
            with self.subTest(name):
                lock = pathlib.Path(f"{self.store}.lock")
                if not self.store.exists():
                    self.make_work()
                if lock.is_dir() and not lock.is_symlink():
                    lock.rmdir()
                else:
                    lock.unlink(missing_ok=True)
                place(lock)
                self.assertIn(self.run_program("send").code, code)
                self.assertEqual(self.requests_seen(), 0)
        self.assertEqual(victim.read_text(), "precious")
        self.assertFalse((self.folder / "none").exists())

    def test_a_folder_that_may_not_be_written(self):
        self.make_work()
        as_other = {}
        if os.geteuid() == 0:  # whom no mode stops
            as_other = {"user": 65534, "group": 65534, "extra_groups": []}
            for path in (self.store, pathlib.Path(self.sandbox.ca_file), pathlib.Path(f"{self.store}.lock")):
                if path.exists():
                    os.chown(path, 65534, 65534)
            pathlib.Path(self.sandbox.folder).chmod(0o755)
            if subprocess.run([harness.PRUUV_SEND, "--version"], capture_output=True, check=False, **as_other).returncode:
                self.skipTest("nobody may not run the program where it stands")
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o700)
        for path in self.folder.iterdir():
            if path != self.store:
                path.unlink()
        done = subprocess.run(self.command("send"), env=self.environment(), cwd="/", text=True, capture_output=True,
                              check=False, **as_other)
        self.assertIn(done.returncode, (73, 77), done)
        self.assertEqual(self.requests_seen(), 0)


class RealTime(ProcessTest):
    """Without --now: pauses and deadlines take their time, and events are of today."""

    sandbox_options = ("--now", str(int(time.time())))

    def command(self, *arguments):
        return [harness.PRUUV_SEND, *map(str, arguments)]

    def make_work(self, events=1):
        self.make_store(meta())
        self.import_events(*[event(**PERSON, **FBCLID, event_time=int(time.time()) - HOUR) for _ in range(events)])

    def test_a_signal_ends_a_pause_between_retries(self):
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "times": -1, "status": 503, "headers": {"Retry-After": "20"},
                                "body": '{"error":{"message":"later","code":2}}'})
        process = self.start("send", "--json")
        until(lambda: process.poll() is not None or self.rows("SELECT count(*) FROM request_closed") == [(1,)],
              "the first answer is recorded")
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        done = self.finish(process)
        self.assertLess(time.monotonic() - asked, 5)
        self.assertEqual(done.code, 143, done)
        self.assertEqual(self.rows("SELECT state FROM delivery"), [(1,)])
        self.assertEqual(self.requests_seen(), 1)
        self.check()

    def test_no_request_starts_so_late_that_it_would_miss_the_deadline(self):
        self.make_work(60)
        self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 300})
        began_ms = time.time() * 1000
        process = self.start("--batch-events", "1", "--request-timeout", "2s", "send", "--deadline", "4s", "--json")
        done = self.finish(process)
        self.assertEqual(done.code, 75, done)
        self.assertTrue(done.json()["work_left"])
        opened = [row[0] - began_ms for row in self.rows("SELECT opened_at_ms FROM request_opened ORDER BY id")]
        self.assertGreater(len(opened), 4)
        self.assertLess(max(opened), 2500)
        self.assertLess(len(opened), 60)
        self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE state NOT IN (0, 4)"), [(0,)])
        self.check()
        self.sandbox.misbehave_no_more()
        self.run_program("send", "--deadline", "1h", code=0)
        self.check(finished=True)

    def test_a_request_that_takes_too_long_is_unknown(self):
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "times": -1, "delay_ms": 1000 * PATIENCE_S})
        began = time.monotonic()
        done = self.run_program("--request-timeout", "1s", "send", "--json", "--deadline", "2s")
        self.assertLess(time.monotonic() - began, 10)
        self.assertIn(done.code, (69, 75), done)
        self.assertEqual(self.rows("SELECT DISTINCT status FROM attempt"), [(3,)])
        self.check()
        # The connections that the sandbox still holds would keep it from ending.
        self.sandbox.reset()

    def test_waiting_for_the_lock(self):
        self.make_work()
        with open(f"{self.store}.lock", "a+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            began = time.monotonic()
            self.run_program("send", "--wait-lock", "1s", code=75)
            self.assertGreater(time.monotonic() - began, 0.9)
            self.assertLess(time.monotonic() - began, 5)
            waiting = self.start("send", "--wait-lock", "5m", "--json")
            until(lambda: self.looks_at_the_lock(waiting), "it looks at the lock")
            self.assertIsNone(waiting.poll())
            self.assertEqual(self.requests_seen(), 0)
        done = self.finish(waiting)
        self.assertEqual(done.code, 0, done)
        self.check(finished=True)

    def test_a_signal_ends_the_wait_for_the_lock(self):
        self.make_work()
        with open(f"{self.store}.lock", "a+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            waiting = self.start("send", "--wait-lock", "5m")
            until(lambda: self.looks_at_the_lock(waiting), "it looks at the lock")
            waiting.send_signal(signal.SIGTERM)
            done = self.finish(waiting)
        self.assertIn(done.code, (143, -signal.SIGTERM), done)
        self.assertEqual(self.requests_seen(), 0)

    def looks_at_the_lock(self, process):
        """Between two looks it sleeps: the sign is that it has slept at least once after it began."""
        try:
            calls = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            stack = pathlib.Path(f"/proc/{process.pid}/wchan").read_text(encoding="ascii")
        except OSError:
            return False
        switches = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", calls, re.M)[1])
        return switches > 0 and ("nanosleep" in stack or "poll" in stack or "State:\tS" in calls)


if __name__ == "__main__":
    unittest.main()
