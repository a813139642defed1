"""The built program killed at its system calls, one after the other, against the sandbox: the next run puts
everything right. PRUUV_SWEEP=all leaves no call out; without it each kind of call has a stride."""

import json
import sqlite3
import subprocess
import threading
import unittest
import uuid

import harness
import sweep
from harness import DAY, FBCLID, HOUR, NOW

# Calls that change the store, its files or a socket have small strides. One that only reads leaves the same state
# behind as the next that writes.
STRIDES = {"pwrite64": 4, "fdatasync": 1, "fsync": 1, "unlink": 1, "write": 1, "ftruncate": 1, "flock": 1,
           "connect": 1, "sendto": 1, "recvfrom": 4, "openat": 3, "close": 4, "poll": 3, "pread64": 12, "read": 6,
           "fcntl": 40}
# In WAL mode a commit is a write and a sync; with a collector beside it every run is another one anyway.
WAL_STRIDES = {"pwrite64": 3, "fdatasync": 1, "fsync": 1, "unlink": 1, "write": 1, "sendto": 2, "recvfrom": 12,
               "openat": 9, "close": 12}
COLLECTOR_STRIDES = {"pwrite64": 12, "fdatasync": 3, "unlink": 2, "sendto": 3, "recvfrom": 16, "write": 2}


class Collector(threading.Thread):
    """Writes events the whole time, as the customer's program does."""

    def __init__(self, store):
        super().__init__()
        self.store = store
        self.written = 0
        self.fault = None
        self.ending = threading.Event()

    def run(self):
        try:
            database = sqlite3.connect(self.store, timeout=10, isolation_level=None)
            while not self.ending.is_set():
                database.execute(
                    "INSERT INTO funnel_event (id, client_id, event_name, event_time, email, fbclid, page_url,"
                    " user_agent) VALUES (?, 'acme', 'lead', ?, 'canary.person@example.com', ?,"
                    " 'https://shop.example/', 'Mozilla/5.0 (X11)') ON CONFLICT(id) DO NOTHING",
                    (str(uuid.uuid4()), NOW - 12 * HOUR, FBCLID["fbclid"]))
                self.written += 1
                self.ending.wait(0.002)
            database.close()
        except sqlite3.Error as fault:
            self.fault = fault

    def stop(self):
        self.ending.set()
        self.join()


class KillSweep(sweep.SweepTest):
    def die(self, home, points, while_killed=None):
        killed, doubled = [], []

        def act(world, index, call, number):
            beside = while_killed(world) if while_killed else None
            done = world.send_injected(NOW, call, f"signal=KILL:when={number}")
            wrong = []
            if beside:
                beside.stop()
                if beside.fault or not beside.written:
                    wrong.append(f"the collector wrote {beside.written}, then: {beside.fault}")
            if done.returncode in (-9, 137):
                killed.append(index)
            elif done.returncode not in (0, 3):
                wrong.append(f"ended with {done.returncode}: {done.stderr}")
            wrong += world.recover((300, DAY)[index % 2])
            if any(e["status"] == "duplicate" for e in world.sandbox.events()):
                doubled.append(index)
            return wrong
        self.sweep(home, points, act)
        # Not every run makes as many calls as the one that was counted, so some kills come too late.
        self.assertGreater(len(killed), 0.8 * len(points))
        # A sweep in which no copy went twice has not met the moment that matters.
        self.assertGreater(len(doubled), 0)
        print(f"{len(killed)} kills, {len(doubled)} with a second copy ...", end=" ", flush=True)

    def test_in_rollback_journal_mode(self):
        home = self.prepare()
        self.die(home, self.points(home, STRIDES))

    def test_in_wal_mode(self):
        home = self.prepare("PRAGMA journal_mode = WAL")
        self.die(home, self.points(home, WAL_STRIDES))

    def test_beside_a_collector_that_writes_all_the_time(self):
        home = self.prepare()

        def collect(world):
            collector = Collector(world.store)
            collector.start()
            return collector
        self.die(home, self.points(home, COLLECTOR_STRIDES), collect)


class Init(harness.ProgramTest):
    """A store is whole or not there: one that takes events and cannot send them would be found out too late."""

    def test_init_killed(self):
        sweep.require_strace()
        killed = 0
        for call, strides in {"pwrite64": range(1, 70, 6), "fdatasync": range(1, 5), "link": (1,), "unlink": range(1, 6)}.items():
            for number in strides:
                with self.subTest(call=call, number=number):
                    self.setUp()
                    done = subprocess.run(
                        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                         f"inject={call}:signal=KILL:when={number}", *self.command("init")],
                        env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"}, cwd="/", capture_output=True, check=False)
                    killed += done.returncode in (-9, 137)
                    if not self.store.exists():
                        self.run_program("init", code=0)
                    self.run_program("connections", "import", "-", stdin=json.dumps([harness.meta()]), code=0)
                    self.import_events(harness.event(**FBCLID))
                    self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        self.assertGreater(killed, 10)


if __name__ == "__main__":
    unittest.main()
