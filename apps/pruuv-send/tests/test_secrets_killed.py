"""The commands for sealed secrets killed at their system calls, one after the other: no secret is lost."""

import shutil
import sqlite3
import subprocess
import unittest

import sweep
import test_secrets
from test_secrets import CANARY


class Rotation(test_secrets.ThreeSecrets):
    def test_killed_anywhere_no_secret_is_lost(self):
        sweep.require_strace()
        home, store = self.folder / "prepared", self.store
        shutil.copytree(self.home, home)
        shutil.copy(store, self.folder / "prepared.db")

        def begin():
            shutil.rmtree(self.home)
            shutil.copytree(home, self.home)
            for left in self.folder.glob("store.db*"):
                left.unlink()
            shutil.copy(self.folder / "prepared.db", store)

        def rotate(call, number):
            return subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                 f"inject={call}:signal=KILL:when={number}", *self.command("secrets", "rotate")],
                env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"}, capture_output=True, check=False)
        killed, finished = 0, 0
        strides = {"pwrite64": 3, "fdatasync": 1, "fsync": 1, "unlink": 1, "rename": 1, "flock": 1,
                   "write": 1}
        for call, stride in strides.items():
            stride = 1 if sweep.ALL else stride
            for number in range(1, 200, stride):
                begin()
                if rotate(call, number).returncode not in (-9, 137):
                    break  # it makes no more of these calls
                killed += 1
                with self.subTest(call=call, number=number):
                    key_count = len(self.keys())
                    said = self.run_program("secrets", "rotate", code=0).out
                    finished += "an earlier rotation" in said
                    self.assertLessEqual(key_count, 2)
                    self.assertEqual(len(self.keys()), 1)
                    self.assertEqual([row["name"] for row in self.list()], list(self.NAMES))
                    self.check_readable()
                    self.assertEqual([path.name for path in self.key_file.parent.iterdir()], ["sealing.key"])
        print(f"{killed} kills, {finished} rotations finished ...", end=" ", flush=True)
        self.assertGreater(killed, 30)
        self.assertGreater(finished, 10)


class FirstKey(test_secrets.Secrets):
    def test_killed_while_the_key_is_made(self):
        sweep.require_strace()
        killed = 0
        for call in ("link", "fsync", "write", "unlink", "fdatasync", "mkdir", "pwrite64"):
            for number in range(1, 12):
                shutil.rmtree(self.home)
                self.home.mkdir()
                with sqlite3.connect(self.store) as database:
                    database.execute("DELETE FROM sealed_secret")
                done = subprocess.run(
                    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                     f"inject={call}:signal=KILL:when={number}", *self.command("secrets", "set", "acme.meta")],
                    env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"}, input=CANARY.encode(),
                    capture_output=True, check=False)
                if done.returncode not in (-9, 137):
                    break
                killed += 1
                with self.subTest(call=call, number=number):
                    self.set("acme.meta")
                    self.assertEqual(len(self.keys()), 1)
                    self.run_program("secrets", "rotate", code=0)
        self.assertGreater(killed, 12)
        self.assert_canary_unseen()


if __name__ == "__main__":
    unittest.main()
