"""Secrets kept sealed in the store: setting, listing, rotating and removing them, and what must never be seen."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import termios
import time
import unittest

import harness
import sweep

CANARY = "EAABcanary0123456789ZZ"
KEY_LINE = re.compile(r"^[\w.-]+ [A-Za-z0-9+/]{43}=$")
PATIENCE_S = 20


class Secrets(harness.ProgramTest):
    @classmethod
    def setUpClass(cls):
        pass  # nothing is sent here

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.sandbox = NoSandbox()
        super().setUp()
        self.home = self.folder / "home"
        self.home.mkdir()
        self.key_file = self.home / ".config/pruuv-send/sealing.key"
        self.extra_environment = {"HOME": str(self.home)}
        self.outputs = []
        self.make_store(harness.meta())

    def run_program(self, *arguments, stdin="", code=None):
        done = super().run_program(*arguments, stdin=stdin, code=code)
        self.outputs += [done.out, done.err]
        return done

    def set(self, name, secret=CANARY, code=0):
        return self.run_program("secrets", "set", name, stdin=secret, code=code)

    def list(self):
        return json.loads(self.run_program("secrets", "list", "--format", "json", code=0).out)

    def keys(self):
        return [line.split()[0] for line in self.key_file.read_text(encoding="ascii").splitlines()]

    def use(self, reference, connection="main"):
        """As a connection that was imported with this reference has it."""
        with sqlite3.connect(self.store) as database:
            database.execute("UPDATE connection SET settings = json_set(settings, '$.credential', ?) WHERE name = ?",
                             (reference, connection))

    def actions(self):
        return [(action, json.loads(detail)) for action, detail in
                self.rows("SELECT action, detail FROM operator_action ORDER BY id")]

    def assert_canary_unseen(self):
        for text in self.outputs:
            self.assertNotIn(CANARY, text)
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self.assertIn(self.store, files)
        for path in files:
            self.assertNotIn(CANARY.encode(), path.read_bytes(), path)


class NoSandbox:
    @staticmethod
    def reset():
        pass

    @staticmethod
    def environment():
        return {}


class Commands(Secrets):
    def test_the_first_secret_makes_the_key_file(self):
        said = self.set("acme.meta", f"  {CANARY}\n")
        self.assertIn(f"sealing key made: {self.key_file}\n", said.out)
        self.assertIn("back it up apart from the store", said.out)
        self.assertIn("secret acme.meta: set", said.out)
        self.assertEqual(self.key_file.stat().st_mode & 0o7777, 0o600)
        self.assertEqual(self.key_file.parent.stat().st_mode & 0o7777, 0o700)
        lines = self.key_file.read_text(encoding="ascii").splitlines()
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], KEY_LINE)
        again = self.set("acme.meta", "another")
        self.assertEqual(again.out, "secret acme.meta: replaced\n")
        self.set("globex.meta")
        self.assertEqual(self.keys(), [lines[0].split()[0]])
        self.assertEqual([action for action, _ in self.actions()], ["secrets-set"] * 3)
        self.assertEqual(self.actions()[0][1], {"name": "acme.meta", "key_id": self.keys()[0]})
        self.assert_canary_unseen()

    def test_the_secret_is_written_nowhere(self):
        sweep.require_strace()
        trace = self.folder / "trace"
        for command, secret in ((("set", "acme.meta"), CANARY), (("set", "acme.meta"), CANARY), (("rotate",), "")):
            done = subprocess.run(
                ["strace", "-f", "-qq", "-s", "100000", "-e", "trace=write,writev,pwrite64,sendto,execve", "-o", trace,
                 *self.command("secrets", *command)], env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"},
                input=secret, text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            written = trace.read_text(encoding="latin-1")
            self.assertIn("pwrite64", written)
            self.assertNotIn(CANARY, written)

    def test_list_shows_names_and_never_secrets(self):
        self.set("b.two")
        self.now += 60
        self.set("a.one")
        self.use("sealed:b.two")
        key = self.keys()[0]
        self.assertEqual(self.list(), [
            {"name": "a.one", "key_id": key, "set_at": "2026-11-23T03:01:00Z", "connections": 0},
            {"name": "b.two", "key_id": key, "set_at": "2026-11-23T03:00:00Z", "connections": 1}])
        table = self.run_program("secrets", "list", code=0).out.splitlines()
        self.assertEqual(table[0].split(), ["name", "key", "set", "at", "connections"])
        self.assertEqual(table[2].split(), ["b.two", key, "2026-11-23T03:00:00Z", "1"])
        csv = self.run_program("secrets", "list", "--format", "csv", code=0).out
        self.assertEqual(csv.splitlines()[0], "name,key_id,set_at,connections")
        self.assert_canary_unseen()

    def test_a_secret_in_use_is_not_removed_by_mistake(self):
        self.set("acme.meta")
        self.use("sealed:acme.meta")
        refused = self.run_program("secrets", "rm", "acme.meta", code=64)
        self.assertIn("acme meta/main", refused.err)
        self.assertIn("--force", refused.err)
        self.assertEqual(len(self.list()), 1)
        self.run_program("secrets", "rm", "acme.meta", "--force", code=0)
        self.assertEqual(self.list(), [])
        self.assertIn("there is no such secret", self.run_program("secrets", "rm", "acme.meta", code=64).err)
        self.assertEqual(self.actions()[-1], ("secrets-rm", {"name": "acme.meta"}))
        self.set("acme.meta")
        self.use("env:META_TOKEN")
        self.run_program("secrets", "rm", "acme.meta", code=0)

    def test_what_is_no_secret_is_refused_without_being_quoted(self):
        for text, cause in (("", "there is nothing in it"), (" \n\t", "there is nothing in it"),
                            (CANARY + "\x1b[2J", "control character"), (CANARY + "\0", "control character"),
                            (CANARY + "x" * 65536, "over 64 KiB")):
            refused = self.set("acme.meta", text, code=None)
            self.assertIn(refused.code, (64, 78))
            self.assertIn(cause, refused.err)
        self.assertFalse(self.key_file.exists())
        self.assertEqual(self.list(), [])
        self.set("json", '{\r\n\t"a": 1\n}\n')
        self.set("largest", "x" * 65535)
        self.assert_canary_unseen()

    def test_a_secret_as_an_argument_is_refused_without_being_quoted(self):
        for arguments in (("set", "acme.meta", CANARY), ("set", "acme.meta", "--token", CANARY),
                          ("set", "acme.meta", f"--token={CANARY}"), ("set", f"{CANARY}/"), ("set", f"{CANARY} x"),
                          ("set", CANARY * 4), ("list", "--format", CANARY), ("rm", f"{CANARY}="), ("rm", "x", CANARY),
                          ("set", "acme.meta", "--", CANARY), (CANARY,), ("set", "acme.meta", f"-{CANARY}")):
            refused = self.run_program("secrets", *arguments, stdin="a", code=64)
            self.assertNotIn(CANARY, refused.out + refused.err, arguments)
        self.assertIn("NAME is missing", self.run_program("secrets", "set", code=64).err)
        self.assertIn("standard input", self.run_program("secrets", "set", "x", "y", stdin="a", code=64).err)
        self.assertEqual(self.list(), [])
        self.assertIn("NAME", self.run_program("secrets", "set", "--help", code=0).out)

    def test_standard_input_that_cannot_be_read_is_an_error(self):
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        done = subprocess.run(self.command("secrets", "set", "x"), stdin=folder, env=self.environment(),
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 74, done.stderr)

    def test_without_the_key_nothing_is_sealed_and_no_second_key_made(self):
        self.set("acme.meta")
        saved = self.key_file.rename(self.folder / "saved")
        for command in (("set", "acme.meta"), ("set", "other"), ("rotate",)):
            refused = self.run_program("secrets", *command, stdin=CANARY, code=78)
            self.assertIn(f"there is no key file {self.key_file}", refused.err)
            self.assertIn("backup", refused.err)
            self.assertFalse(self.key_file.exists())
        saved.rename(self.key_file)
        self.set("other")

    def test_a_key_file_that_others_may_touch_is_refused(self):
        self.set("acme.meta")
        for mode in (0o640, 0o644, 0o620, 0o602):
            self.key_file.chmod(mode)
            for command in (("set", "acme.meta"), ("rotate",)):
                self.assertIn("chmod 600", self.run_program("secrets", *command, stdin=CANARY, code=77).err)
        self.key_file.chmod(0o600)
        elsewhere = self.key_file.rename(self.folder / "elsewhere")
        self.key_file.symlink_to(elsewhere)
        self.assertIn("symbolic link", self.set("acme.meta", code=77).err)
        self.key_file.unlink()
        elsewhere.rename(self.key_file)
        if os.geteuid() == 0:
            os.chown(self.key_file, 65534, 65534)
            self.assertIn("another user", self.set("acme.meta", code=77).err)
        self.assert_canary_unseen()

    def test_the_key_file_is_where_the_settings_say(self):
        named = self.folder / "keys/of/ours"
        self.run_program("secrets", "set", "x", "--sealing-key-file", named, stdin="a", code=0)
        self.assertTrue(named.exists())
        self.assertFalse(self.key_file.exists())
        self.extra_environment["PRUUV_SEALING_KEY_FILE"] = str(named)
        self.set("y")
        del self.extra_environment["PRUUV_SEALING_KEY_FILE"]
        config = self.folder / "config.toml"
        config.write_text(f'sealing-key-file = "{named}"\n', encoding="utf-8")
        self.run_program("--config", config, "secrets", "set", "z", stdin="a", code=0)
        self.assertEqual(len(self.list()), 3)
        credentials = self.folder / "credentials"
        credentials.mkdir()
        shutil.copy(named, credentials / "sealing.key")
        (credentials / "sealing.key").chmod(0o440)
        self.extra_environment["CREDENTIALS_DIRECTORY"] = str(credentials)
        self.set("w")
        self.assertIn("systemd", self.run_program("secrets", "rotate", code=77).err)
        self.assertEqual((credentials / "sealing.key").read_bytes(), named.read_bytes())

    def test_two_stores_share_a_key_file_and_rotate_apart(self):
        self.set("acme.meta")
        first, self.store = self.store, self.folder / "second.db"
        self.make_store(harness.meta())
        self.set("acme.meta")
        second_key = self.keys()[1]
        self.store = first
        self.run_program("secrets", "rotate", code=0)
        self.assertEqual(len(self.keys()), 2)
        self.assertIn(second_key, self.keys())
        self.store = self.folder / "second.db"
        self.run_program("secrets", "rotate", code=0)
        self.assertNotIn(second_key, self.keys())
        self.assertEqual(len(self.keys()), 2)


class ThreeSecrets(Secrets):
    NAMES = ("acme.google", "acme.meta", "globex.meta")

    def setUp(self):
        super().setUp()
        for name in self.NAMES:
            self.set(name, CANARY + name)

    def check_readable(self):
        """Sealing again opens each record first; a rotation that succeeds has read them all."""
        self.run_program("secrets", "rotate", code=0)


class Rotation(ThreeSecrets):
    def test_one_new_key_takes_over(self):
        old = self.keys()
        said = self.run_program("secrets", "rotate", code=0).out
        new = self.keys()
        self.assertEqual(len(new), 1)
        self.assertNotEqual(new, old)
        self.assertIn(f"new sealing key {new[0]}\n", said)
        self.assertIn(f"key {old[0]} removed; backups and copies of the store made before need it\n", said)
        self.assertEqual({row["key_id"] for row in self.list()}, set(new))
        self.assertEqual(self.actions()[-1], ("secrets-rotate", {"key_id": new[0], "new_key": True, "secrets": 3}))
        self.assertEqual(self.key_file.stat().st_mode & 0o7777, 0o600)
        self.check_readable()
        self.assert_canary_unseen()

    def test_nothing_to_rotate(self):
        for name in self.NAMES:
            self.run_program("secrets", "rm", name, code=0)
        before = self.key_file.read_bytes()
        self.assertIn("nothing to rotate", self.run_program("secrets", "rotate", code=0).out)
        self.assertEqual(self.key_file.read_bytes(), before)

    def test_a_damaged_record_is_named_and_keeps_its_key(self):
        with sqlite3.connect(self.store) as database:
            database.execute("UPDATE sealed_secret SET sealed = zeroblob(length(sealed)) WHERE name = 'acme.meta'")
        old = self.keys()
        refused = self.run_program("secrets", "rotate", code=78)
        self.assertIn("sealed:acme.meta", refused.err)
        self.assertIn("pruuv-send secrets set acme.meta", refused.err)
        self.assertEqual(self.keys()[0], old[0])
        self.assertEqual([row["key_id"] for row in self.list()], [self.keys()[1], old[0], self.keys()[1]])
        self.set("acme.meta")
        self.assertIn("an earlier rotation", self.run_program("secrets", "rotate", code=0).out)
        self.assertEqual(len(self.keys()), 1)

    def test_rows_exchanged_are_found_out(self):
        with sqlite3.connect(self.store) as database:
            database.executescript("UPDATE sealed_secret SET name = 'x' WHERE name = 'acme.google';"
                                   "UPDATE sealed_secret SET name = 'acme.google' WHERE name = 'globex.meta';"
                                   "UPDATE sealed_secret SET name = 'globex.meta' WHERE name = 'x'")
        self.assertIn("sealed:acme.google", self.run_program("secrets", "rotate", code=78).err)

    def test_the_old_key_goes_when_the_records_cannot_come_back(self):
        # A commit is the journal's unlink, which is on disk only when the folder is: a power failure before that
        # would bring back records that need the old key.
        sweep.require_strace()
        trace = self.folder / "trace"
        subprocess.run(["strace", "-f", "-qq", "-y", "-e", "trace=unlink,fsync,rename", "-o", trace,
                        *self.command("secrets", "rotate")], env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"},
                       capture_output=True, check=True)
        lines = trace.read_text(encoding="latin-1").splitlines()
        renames = [number for number, line in enumerate(lines) if "rename(" in line]
        commits = [number for number, line in enumerate(lines) if "unlink(" in line and "-journal" in line]
        synced = [number for number, line in enumerate(lines) if "fsync(" in line and f"<{self.folder}>" in line]
        self.assertEqual(len(renames), 2)
        self.assertEqual(len([number for number in commits if renames[0] < number]), 1 + len(self.NAMES))
        self.assertTrue([number for number in synced if commits[-1] < number < renames[1]], lines)
        # Each new key file is on disk before it takes the name, and its name before anything builds on it.
        for number in renames:
            self.assertIn("sealing.key.new>", lines[number - 1])
            self.assertIn(f"<{self.key_file.parent}>", lines[number + 1])

    def test_a_full_disk_loses_nothing(self):
        sweep.require_strace()
        for call, fault in (("rename", "error=ENOSPC"), ("fsync", "error=EIO:when=1"), ("link", "error=EPERM")):
            before = self.key_file.read_bytes()
            done = subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{fault}",
                 *self.command("secrets", "rotate")], env={**self.environment(), "ASAN_OPTIONS": "detect_leaks=0"},
                capture_output=True, text=True, check=False)
            if call == "link":
                self.assertEqual(done.returncode, 0, done.stderr)  # only a first key file needs it
                continue
            self.assertEqual(done.returncode, 74, done.stderr)
            self.assertEqual(self.key_file.read_bytes(), before)
            self.assertEqual([path.name for path in self.key_file.parent.iterdir()], ["sealing.key"])


class Sending(harness.ProgramTest):
    """A nightly run with its tokens sealed in the store."""

    def setUp(self):
        super().setUp()
        self.extra_environment = {"HOME": str(self.folder)}
        self.make_store(harness.meta(credential="sealed:acme.meta"), harness.tiktok(credential="sealed:acme.tiktok"))
        self.run_program("secrets", "set", "acme.meta", stdin=harness.TOKENS["META_TOKEN"], code=0)
        self.run_program("secrets", "set", "acme.tiktok", stdin=harness.TOKENS["TIKTOK_TOKEN"], code=0)
        self.import_events(harness.event(**harness.FBCLID, **harness.TTCLID))

    def accepted(self, code):
        platforms = self.send(code=code).json()["platforms"]
        return {name: platforms[name]["accepted"] for name in ("meta", "tiktok")}

    def test_sealed_tokens_are_sent_with(self):
        self.run_program("secrets", "rotate", code=0)
        self.assertEqual(self.accepted(0), {"meta": 1, "tiktok": 1})
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(harness.TOKENS["META_TOKEN"].encode(), path.read_bytes(), path)

    def test_one_damaged_record_holds_its_own_connection_only(self):
        with sqlite3.connect(self.store) as database:
            database.execute("UPDATE sealed_secret SET nonce = zeroblob(12) WHERE name = 'acme.meta'")
        self.assertEqual(self.accepted(3), {"meta": 0, "tiktok": 1})
        self.run_program("secrets", "set", "acme.meta", stdin=harness.TOKENS["META_TOKEN"], code=0)
        self.run_program("retry", "--failed", "--yes", code=0)
        self.assertEqual({made["platform"] for made in self.sandbox.events()}, {"meta", "tiktok"})


class Terminal(Secrets):
    """A person at a terminal, which is a pair of file descriptors here."""

    def start(self, *arguments):
        mine, theirs = pty.openpty()
        self.addCleanup(os.close, mine)
        self.addCleanup(os.close, theirs)
        before = termios.tcgetattr(theirs)
        self.assertTrue(before[3] & termios.ECHO)

        def take_terminal():
            import fcntl  # pylint: disable=import-outside-toplevel
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
        process = subprocess.Popen(self.command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs,
                                   env=self.environment(), cwd="/", preexec_fn=take_terminal)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process, mine, theirs, before

    @staticmethod
    def read_until(mine, text):
        seen = b""
        deadline = time.monotonic() + PATIENCE_S
        while text not in seen and time.monotonic() < deadline:
            if select.select([mine], [], [], 0.1)[0]:
                seen += os.read(mine, 65536)
        return seen

    def rest(self, mine):
        seen = b""
        while select.select([mine], [], [], 0)[0]:
            seen += os.read(mine, 65536)
        return seen

    def assert_as_before(self, theirs, before):
        self.assertEqual(termios.tcgetattr(theirs), before)

    def type(self, text, *arguments):
        """What the terminal showed, and the exit code."""
        process, mine, theirs, before = self.start(*(arguments or ("secrets", "set", "acme.meta")))
        shown = self.read_until(mine, b"not shown): ")
        self.assertIn(b"secret for acme.meta", shown)
        self.assertFalse(termios.tcgetattr(theirs)[3] & termios.ECHO)
        os.write(mine, text)
        code = process.wait(PATIENCE_S)
        shown += self.rest(mine)
        self.assertNotIn(CANARY.encode(), shown)
        self.assert_as_before(theirs, before)
        return shown.decode(), code

    def test_nothing_that_is_typed_is_shown(self):
        shown, code = self.type(CANARY.encode() + b"\r")
        self.assertEqual(code, 0, shown)
        self.assertIn("secret acme.meta: set", shown)
        self.assertEqual(shown.count("not shown"), 1)
        self.assertEqual(len(self.list()), 1)
        self.assert_canary_unseen()

    def test_a_line_can_end_with_the_end_of_input(self):
        shown, code = self.type(CANARY.encode() + b"\x04\x04")
        self.assertEqual(code, 0, shown)

    def test_nothing_typed_is_refused(self):
        for text in (b"\r", b"\x04"):
            shown, code = self.type(text)
            self.assertEqual(code, 78, shown)
            self.assertIn("there is nothing in it", shown)

    def test_signals_leave_the_terminal_as_it_was(self):
        for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)):
            _, code = self.type(CANARY.encode() + key)
            self.assertEqual(code, -number)
        for number in (signal.SIGTERM, signal.SIGHUP):
            process, mine, theirs, before = self.start("secrets", "set", "acme.meta")
            self.read_until(mine, b"not shown): ")
            process.send_signal(number)
            self.assertEqual(process.wait(PATIENCE_S), -number)
            self.assert_as_before(theirs, before)
        self.assertEqual(self.list(), [])
        self.assertFalse(self.key_file.exists())

    def test_it_cannot_be_put_to_sleep_with_a_silent_terminal(self):
        shown, code = self.type(CANARY.encode() + b"\x1a\r")
        self.assertEqual(code, 78, shown)
        self.assertIn("control character", shown)

    def test_more_than_one_line_is_refused_and_does_not_reach_the_shell(self):
        process, mine, theirs, before = self.start("secrets", "set", "acme.meta")
        self.read_until(mine, b"not shown): ")
        os.write(mine, b'{\r"private_key": "' + CANARY.encode() + b'"\r}\r')
        code = process.wait(PATIENCE_S)
        shown = self.rest(mine).decode()
        self.assertEqual(code, 64, shown)
        self.assertIn("more than one line", shown)
        self.assertNotIn(CANARY, shown)
        self.assert_as_before(theirs, before)
        self.assertEqual(select.select([theirs], [], [], 0)[0], [])  # nothing is left for who reads next

    def test_a_line_that_a_terminal_would_cut_is_refused(self):
        for length, expected in ((4000, 0), (4094, 0), (4096, 64), (6000, 64)):
            shown, code = self.type(b"x" * length + b"\r")
            self.assertEqual(code, expected, shown)


if __name__ == "__main__":
    unittest.main()
