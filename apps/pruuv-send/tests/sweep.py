"""For tests that run the program many times, each time with something done to it at another system call: a store
prepared once, copied for each run, and a sandbox for each of a few workers."""

import collections
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import harness
import invariants
from harness import DAY, FBCLID, HOUR, NOW, TTCLID, event, google, google_ads, meta, tiktok

ALL = os.environ.get("PRUUV_SWEEP") == "all"
WORKERS = 2
SEED = 20261123
PATIENCE_S = 10  # for one run, which takes a fraction of a second

PERSON = {"email": "canary.person@example.com", "phone": "+49 30 901820", "first_name": "Canaria",
          "last_name": "Vogelsang", "ip": "198.51.100.77", "external_id": "canary-customer-42"}
CANARIES = ["sandbox-meta-7f3a9c1e", "sandbox-tiktok-51bd02aa", "sandbox-google-secret-c0ffee",
            "sandbox-refresh-9d8e7f6a", "ya29.", "canary.person", "30 901820", "4930901820", "Canaria", "Vogelsang",
            "198.51.100.77", "canary-customer-42"]


def require_strace():
    if shutil.which("strace") is None:
        raise AssertionError("these tests need strace: apt-get install strace")
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise AssertionError(f"strace may not trace here (a container needs --cap-add SYS_PTRACE): {tried.stderr}")


def make_earlier(store):
    """Makes the store one of the first schema, with the same clients and connections and nothing else."""
    schema = pathlib.Path(__file__).resolve().parents[3] / "schema" / "0001_store.sql"
    earlier = store.with_suffix(".earlier")
    database = sqlite3.connect(earlier, isolation_level=None)
    database.executescript(schema.read_text(encoding="utf-8"))
    database.execute("ATTACH ? AS newer", (str(store),))
    for table in ("store", "client", "platform", "reason", "connection"):
        database.execute(f"INSERT INTO main.{table} SELECT * FROM newer.{table}")
    database.execute("DETACH newer")
    database.execute("PRAGMA application_id = 1347573078")
    database.execute("PRAGMA user_version = 1")
    database.close()
    os.replace(earlier, store)
    store.chmod(0o600)


class World:
    """A sandbox and a folder of one's own."""

    def __init__(self, prepared):
        self.prepared = prepared
        self.sandbox = harness.Sandbox()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pruuv-sweep-", dir=harness.TEMPORARY))
        self.store = self.folder / "store" / "store.db"
        self.trace = self.folder / "trace"
        self.outputs = []

    def close(self):
        self.sandbox.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self):
        self.sandbox.reset()
        self.outputs = []
        shutil.rmtree(self.store.parent, ignore_errors=True)
        shutil.copytree(self.prepared, self.store.parent)

    def send(self, now, *before):
        # LeakSanitizer uses ptrace itself and fails under strace.
        environment = {"PATH": "/usr/bin:/bin", "PRUUV_STORE": str(self.store), **self.sandbox.environment(),
                       **harness.TOKENS, "ASAN_OPTIONS": "detect_leaks=0"}
        # In a group of its own, so that a run that does not end is ended with the strace around it.
        with subprocess.Popen([*before, harness.PRUUV_SEND, "--now", str(now), "send", "--json"], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              cwd="/", start_new_session=True) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
                err += f"\nit did not end within {PATIENCE_S} s"
        self.outputs += [out, err]
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def send_injected(self, now, call, fault):
        """strace's own spelling: fault = "signal=KILL:when=7", "error=EIO:when=3+"."""
        self.trace.unlink(missing_ok=True)
        return self.send(now, "strace", "-f", "-qq", "-o", str(self.trace), "-e", f"trace={call}",
                         "-e", f"inject={call}:{fault}")

    def was_injected(self):
        """Not every run makes as many calls as the one that was counted."""
        return "(INJECTED)" in self.trace.read_text(encoding="latin-1")

    def violations(self, **more):
        return invariants.violations(self.store, self.sandbox, self.outputs, CANARIES, **more)

    def recover(self, first_pause):
        """The next run, so many seconds later, and one after it; what was wrong then, in words."""
        wrong = []
        for pause, finished in ((first_pause, False), (first_pause + 7 * HOUR, True)):
            done = self.send(NOW + pause)
            if done.returncode not in (0, 3):
                wrong.append(f"the next run ended with {done.returncode}: {done.stderr}")
            wrong += self.violations(finished=finished)
        return wrong


class SweepTest(harness.ProgramTest):
    @classmethod
    def setUpClass(cls):
        require_strace()
        super().setUpClass()

    def prepare(self, *pragmas):
        """A store with work for every platform and both Google routes, some of it tried before. Its folder."""
        home = self.folder / "prepared"
        home.mkdir()
        self.store = home / "store.db"
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        database = sqlite3.connect(self.store)
        for pragma in pragmas:
            database.execute(pragma)
        database.close()
        self.now = NOW - DAY
        self.sandbox.misbehave({"platform": "*", "status": 503, "times": -1, "body": "<html>"})
        self.import_events(*self.events("early"))
        self.run_program("send")
        self.sandbox.reset()
        self.now = NOW
        self.import_events(*self.events("late"))
        return home

    @staticmethod
    def events(name):
        return [event(**PERSON, **FBCLID, **TTCLID, gclid=f"Cj0KCQiA-{name}-{n}", age_s=36 * HOUR)
                for n in range(2)] + [event("ads", **PERSON, gclid=f"Cj0KCQiA-ads-{name}", age_s=36 * HOUR)]

    def points(self, home, strides):
        """(call, number) of every stride-th call of each kind, from a run that is only counted; shuffled."""
        world = World(home)
        try:
            world.begin()
            trace = self.folder / "trace"
            done = world.send(NOW, "strace", "-f", "-o", str(trace), "-e", "trace=umask," + ",".join(strides))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(world.violations(finished=True), [])
            self.assertEqual({e["platform"] for e in world.sandbox.events()},
                             {"meta", "tiktok", "data_manager", "google_ads"})
        finally:
            world.close()
        counts, before_main = collections.Counter(), {}
        for line in trace.read_text(encoding="latin-1").splitlines():
            call = re.match(r"\d+ +(\w+)\(", line)
            if call and call[1] == "umask":
                before_main = dict(counts)  # the loader's calls: nothing has begun
            elif call:
                counts[call[1]] += 1
        rng = random.Random(SEED)
        chosen = []
        for call, stride in strides.items():
            stride = 1 if ALL else stride
            first = before_main.get(call, 0) + 1 + rng.randrange(stride)
            chosen += [(call, number) for number in range(first, counts[call] + 1, stride)]
        rng.shuffle(chosen)
        return chosen

    def sweep(self, home, points, act):
        """act(world, index, *point) gives what was wrong; all points, shared out over the workers."""
        worlds = [World(home) for _ in range(WORKERS)]
        free = list(worlds)
        wrong = []

        def one(index):
            world = free.pop()
            try:
                world.begin()
                wrong.extend(f"{points[index]}: {text}" for text in act(world, index, *points[index]))
            finally:
                free.append(world)
        try:
            with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(one, range(len(points))))
        finally:
            for world in worlds:
                world.close()
        self.maxDiff = None
        self.assertEqual(wrong[:10], [], f"{len(wrong)} violations at {len(points)} points")
