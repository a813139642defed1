"""Little memory, few open files: the same result. Not for a sanitised program, which needs plenty of both."""

import contextlib
import resource
import sqlite3
import subprocess
import sys
import unittest
import uuid

from harness import FBCLID, HOUR, NOW, TTCLID, event, meta, tiktok
from processes import ProcessTest

MEGABYTE = 1 << 20


class Memory(ProcessTest):
    sandbox_options = ("--no-keep",)

    def make_work(self, events):
        self.make_store(meta())
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            database.executemany(
                "INSERT INTO funnel_event (id, client_id, event_name, event_time, email, fbclid, user_agent, page_url)"
                " VALUES (?, 'acme', 'lead', ?, ?, ?, 'Mozilla/5.0 (X11)', 'https://shop.example/thanks')",
                ((str(uuid.uuid4()), NOW - HOUR, f"person{n}@example.com", FBCLID["fbclid"]) for n in range(events)))
            database.commit()

    def peak_kilobytes(self, *arguments, limit=None):
        """(exit code, peak resident set) of one run."""
        # A child's peak begins with that of the process it was forked off, so a small one stands between.
        between = ("import resource, subprocess, sys\n"
                   "limit = int(sys.argv[1])\n"
                   "def lower(): resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
                   "code = subprocess.call(sys.argv[2:], stdin=-3, stdout=-3, stderr=-3, preexec_fn=lower if limit else None)\n"
                   "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n")
        done = subprocess.run([sys.executable, "-S", "-c", between, str(limit or 0), *self.command(*arguments)],
                              env=self.environment(), cwd="/", capture_output=True, text=True, check=True)
        return tuple(map(int, done.stdout.split()))

    def test_memory_does_not_grow_with_the_backlog(self):
        peaks = {}
        for events in (10_000, 100_000):
            self.setUp()
            self.make_work(events)
            for arguments in (("send",), ("audit", "--limit", "0", "--format", "csv"), ("audit", "--limit", "1000"),
                              ("send", "--json")):
                code, peaks[events, arguments] = self.peak_kilobytes(*arguments)
                self.assertEqual(code, 0, arguments)
            self.assertEqual(self.rows("SELECT state, count(*) FROM delivery GROUP BY state"), [(4, events)])
        small, large = peaks[10_000, ("send",)], peaks[100_000, ("send",)]
        print({f"{events} {' '.join(arguments)}": f"{kb // 1024} MB" for (events, arguments), kb in peaks.items()}, "...",
              end=" ", flush=True)
        self.assertLess(large, small * 1.5)
        self.assertLess(large, 96 * 1024)

    def test_little_address_space(self):
        self.make_work(5_000)
        code, _ = self.peak_kilobytes("send", limit=256 * MEGABYTE)
        self.assertEqual(code, 0)
        self.assertEqual(self.rows("SELECT state, count(*) FROM delivery GROUP BY state"), [(4, 5_000)])


class OpenFiles(ProcessTest):
    def test_few_open_files(self):
        self.make_store(meta(), tiktok())
        self.import_events(event(**FBCLID, **TTCLID))
        prepared = self.store.read_bytes()
        codes = {}
        for limit in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 32):
            with self.subTest(limit=limit):
                for path in self.folder.iterdir():
                    path.unlink()
                self.store.write_bytes(prepared)
                self.store.chmod(0o600)
                self.sandbox.reset()
                self.now, self.outputs = NOW, []
                done = subprocess.run(
                    self.command("send"), env=self.environment(), cwd="/", capture_output=True, text=True, check=False,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
                codes[limit] = done.returncode
                # 127: the loader could not open a library.
                self.assertIn(done.returncode, (0, 3, 66, 69, 74, 77, 78, 127), done)
                self.check_next_runs_finish()
                self.assertEqual(len({(e["platform"], e["event_id"]) for e in self.sandbox.events()}), 2)
        self.assertEqual((codes[16], codes[32]), (0, 0))


if __name__ == "__main__":
    unittest.main()
