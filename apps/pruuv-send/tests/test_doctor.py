"""doctor: each thing it looks at, with the fault that breaks it; and that it changes nothing. And what keeps memory
and store private."""

import datetime
import email.utils
import fcntl
import os
import pathlib
import signal
import subprocess
import threading
import unittest

import harness
from faulty_server import FaultyServer, answer, make_certificate
from harness import DAY, FBCLID, HOUR, event, meta, tiktok
from processes import ProcessTest, until


class DoctorTest(ProcessTest):
    def setUp(self):
        super().setUp()
        token = self.key_file("token", "sandbox-meta-7f3a9c1e")
        self.connection = meta(credential=f"file:{token}")

    def key_file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def make_run(self, *connections):
        self.make_store(*(connections or (self.connection,)))
        self.import_events(event(**FBCLID))
        self.send()

    def make_waiting_run(self):
        """Something to send to a server that does not answer before the test is over."""
        waiting = threading.Event()
        server = FaultyServer(None, lambda _connection, _request: waiting.wait(30) and answer(200, ""), tls=False)
        self.addCleanup(server.stop)
        self.addCleanup(waiting.set)
        self.make_store(self.connection)
        self.import_events(event(**FBCLID))
        self.extra_environment = {"PRUUV_META_URL": server.base, "PRUUV_CA_FILE": ""}
        return server

    def doctor(self, *arguments, code=0):
        """The checks by name, each a list of (status, detail, fix)."""
        done = self.run_program("doctor", "--format", "json", *arguments, code=code)
        self.assertEqual(done.json()["exit"], code)
        for token in harness.TOKENS.values():
            self.assertNotIn(token, done.out + done.err)
        checks = {}
        for check in done.json()["checks"]:
            checks.setdefault(check["name"], []).append((check["status"], check["detail"], check["fix"] or ""))
        return checks

    def check(self, checks, name, status, detail, fix=""):
        self.assertIn(name, checks)
        for found in checks[name]:
            if found[0] == status and detail in found[1] and fix in found[2]:
                return
        self.fail(f"{name}: no {status} with {detail!r} and {fix!r} in {checks[name]}")

    def files(self):
        return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in self.folder.iterdir()}


class Whole(DoctorTest):
    def test_nothing_is_wrong_and_nothing_is_changed(self):
        self.make_run()
        self.sandbox.reset()
        before = self.files()
        checks = self.doctor()
        self.assertEqual(self.files(), before)
        self.assertEqual(self.sandbox.events(), [])
        for name, detail in {"configuration": "no file", "store": f"{self.store}, schema ", "lock": "free",
                             "store permissions": "for its owner alone", "disk": "MiB free",
                             "run journal": "in step", "last run": "send at 2026-11-23T03:00:00Z, ended with 0",
                             "platform meta": "answers", "credentials": "1 of 1 active"}.items():
            self.check(checks, name, "ok", detail)
        self.assertEqual([c for found in checks.values() for c in found if c[0] == "fail"], [])

    def test_the_table_has_a_line_a_check_and_the_fix_below(self):
        self.make_run()
        self.store.chmod(0o604)
        text = self.run_program("doctor", code=77).out
        self.assertRegex(text, r"(?m)^ok    lock +free$")
        self.assertRegex(text, rf"(?m)^FAIL  store permissions +open the store .*\n +fix: chmod o-rwx {self.store}$")

    def test_the_worst_fault_gives_the_exit_code(self):
        self.make_run(meta(credential=f"file:{self.key_file('open', 'sandbox-meta-7f3a9c1e')}"))
        self.key_file("open", "x", 0o644)
        self.doctor(code=77)
        self.extra_environment = {"PRUUV_META_URL": "https://127.0.0.1:1"}
        self.doctor(code=77)
        self.key_file("open", "x")
        self.doctor(code=69)
        self.key_file("open", "")
        self.doctor(code=78)

    def test_of_one_client(self):
        self.make_run(self.connection, meta("other", credential="file:/nowhere"))
        self.check(self.doctor(code=78), "credential other meta/main", "fail", "no such file")
        self.assertNotIn("credential other meta/main", self.doctor("--client", "acme"))
        self.run_program("doctor", "--client", "nobody", code=64)


class Settings(DoctorTest):
    def test_a_wrong_configuration(self):
        self.make_run()
        file = self.folder / "config.toml"
        file.write_text("stor = 'x'\n")
        self.check(self.doctor("--config", file, code=78), "configuration", "fail", "line 1: stor: there is no such setting",
                   "did you mean store?")
        file.write_text("max-in-flight = 4\n")
        self.check(self.doctor("--config", file), "configuration", "ok", f"{file}, settings in it: 1")
        file.chmod(0o666)
        self.check(self.doctor("--config", file, code=77), "configuration", "fail", "may change it", "chmod go-w")

    def test_a_variable_nobody_reads(self):
        self.make_run()
        self.extra_environment = {"PRUUV_STORR": "x"}
        self.check(self.doctor(), "configuration", "warn", "PRUUV_STORR, did you mean PRUUV_STORE?")

    @unittest.skipUnless(os.geteuid() == 0, "only root is root")
    def test_root_is_told(self):
        self.make_run()
        self.check(self.doctor(), "user", "warn", "this is root")


class Store(DoctorTest):
    def test_no_store_and_no_store_of_ours(self):
        self.check(self.doctor(code=66), "store", "fail", "no such file", "pruuv-send init")
        self.store.write_text("this is no store " * 40)
        self.check(self.doctor(code=65), "store", "fail", "it is no store of pruuv-send")

    def test_its_permissions(self):
        self.make_run()
        self.store.chmod(0o640)
        self.check(self.doctor(), "store permissions", "ok", "its group may use it")
        self.store.chmod(0o602)
        self.check(self.doctor(code=77), "store permissions", "fail", "everybody", "chmod o-rwx")

    def test_a_newer_schema(self):
        self.make_run()
        subprocess.run(["sqlite3", str(self.store), "PRAGMA user_version = 99"], check=True)
        self.check(self.doctor(code=78), "store", "fail", "its schema is version 99")

    def test_the_last_run(self):
        self.make_store(self.connection)
        self.check(self.doctor(), "last run", "warn", "there has been none")
        self.send()
        self.now += 25 * HOUR
        self.check(self.doctor(), "last run", "ok", "ended with 0")
        self.now += 2 * HOUR
        self.check(self.doctor(), "last run", "warn", "27 hours ago", "cron")
        self.now = harness.NOW
        subprocess.run(["sqlite3", str(self.store), "UPDATE run SET exit_code = 69"], check=True)
        self.check(self.doctor(), "last run", "warn", "ended with 69", "send --verbose")
        subprocess.run(["sqlite3", str(self.store), "UPDATE run SET ended_at = NULL, exit_code = NULL"], check=True)
        self.check(self.doctor(), "last run", "warn", "did not come to its end")

    def test_a_held_lock_is_seen_and_stays_held(self):
        self.make_run()
        lock = pathlib.Path(f"{self.store}.lock")
        with open(lock, "r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(0)
            now = datetime.datetime.now(datetime.timezone.utc)
            for age, status, fix in ((datetime.timedelta(minutes=5), "ok", ""), (datetime.timedelta(hours=7), "warn", "hangs")):
                file.seek(0)
                file.write(f"pid {os.getpid()} since {now - age:%Y-%m-%dT%H:%M:%SZ}\n")
                file.flush()
                self.check(self.doctor(), "lock", status, f"pid {os.getpid()} since 2", fix)
            self.run_program("send", code=75)
        self.check(self.doctor(), "lock", "ok", "free")

    def test_beside_a_run(self):
        server = self.make_waiting_run()
        run = self.start("send")
        until(lambda: server.requests, "the request of the run")
        self.extra_environment = {}
        checks = self.doctor()
        self.check(checks, "lock", "ok", f"pid {run.pid} since 2")
        self.check(checks, "last run", "ok", "under way")

    def test_a_restored_copy(self):
        self.make_store(self.connection)
        copy = self.store.read_bytes()
        self.send()
        self.store.write_bytes(copy)
        self.check(self.doctor(code=65), "run journal", "fail", "1 later runs", "accept-restore")

    def test_wal_mode(self):
        self.make_run()
        subprocess.run(["sqlite3", str(self.store), "PRAGMA journal_mode = WAL"], check=True, capture_output=True)
        checks = self.doctor()
        self.check(checks, "store", "ok", "journal mode wal")
        version = tuple(int(part) for part in checks["store"][0][1].split("SQLite ")[1].split(",")[0].split("."))
        if version < (3, 51, 3):
            self.check(checks, "SQLite", "warn", "WAL mode", "3.51.3")

    @unittest.skipUnless(os.geteuid() == 0, "mounts")
    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True, check=False)
        if done.returncode != 0:
            self.skipTest("no mounts here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.store = disk / "store.db"
        self.make_store(self.connection)
        self.check(self.doctor(code=74), "disk", "fail", "KiB are free", "free some disk space")


class Platforms(DoctorTest):
    def serve(self, *headers, certificate=None):
        server = FaultyServer(certificate, lambda _connection, _request: answer(404, "{}", *headers),
                              tls=certificate is not None)
        self.addCleanup(server.stop)
        return server

    def test_one_that_is_down(self):
        self.make_run()
        self.extra_environment = {"PRUUV_META_URL": "https://127.0.0.1:1", "PRUUV_TIKTOK_URL": "https://127.0.0.1:1"}
        checks = self.doctor(code=69)
        self.check(checks, "platform meta", "fail", "https://127.0.0.1:1 does not answer", "DNS")
        self.check(checks, "platform tiktok", "warn", "no active connection needs it")
        self.check(checks, "platform data_manager", "ok", "answers")

    def test_a_name_that_is_none(self):
        self.make_run()
        self.extra_environment = {"PRUUV_META_URL": "https://nowhere.invalid"}
        self.check(self.doctor(code=69), "platform meta", "fail", "https://nowhere.invalid does not answer")

    def test_a_certificate_of_somebody_else(self):
        self.make_run()
        server = self.serve(certificate=make_certificate(self.folder))
        self.extra_environment = {"PRUUV_META_URL": server.base}
        self.check(self.doctor(code=78), "platform meta", "fail", "does not answer", "--ca-file")
        self.extra_environment = {"PRUUV_CA_FILE": "/nowhere.pem"}
        self.check(self.doctor(code=78), "certificates", "fail", "/nowhere.pem")

    def test_the_clock(self):
        self.make_run()
        date = email.utils.formatdate(harness.NOW, usegmt=True)
        self.extra_environment = {"PRUUV_META_URL": self.serve(f"Date: {date}").base}
        self.check(self.doctor(), "clock", "ok", "0 s ahead")
        for shift, status, words, code in ((299, "ok", "299 s ahead of", 0), (301, "fail", "301 s ahead of", 78),
                                           (-301, "fail", "301 s behind", 78)):
            self.now = harness.NOW + shift
            self.check(self.doctor(code=code), "clock", status, words)
        # One server with a wrong clock says nothing of ours.
        self.now = harness.NOW
        wrong = email.utils.formatdate(harness.NOW - DAY, usegmt=True)
        self.extra_environment["PRUUV_TIKTOK_URL"] = self.serve(f"Date: {wrong}").base
        self.check(self.doctor(), "clock", "ok", "0 s ahead")
        self.extra_environment = {}
        self.check(self.doctor(), "clock", "warn", "no platform has told the time")

    def test_a_version_that_ends(self):
        self.make_run()
        self.now += 3000 * DAY
        self.assertIn("API version", self.doctor())


class Credentials(DoctorTest):
    def test_each_that_cannot_be_used_has_its_line(self):
        broken = {
            "open": (f"file:{self.key_file('a', 'x', 0o644)}", "people other than its owner", "chmod 600", 77),
            "absent": ("file:/nowhere", "there is no such file", "", 78),
            "unset": ("env:NOBODY_SET_IT", "the variable is not set", "", 78),
            "empty": (f"file:{self.key_file('b', '')}", "nothing in it", "", 78)}
        self.make_store(self.connection, *[meta(client, credential=case[0]) for client, case in broken.items()])
        checks = self.doctor(code=78)
        self.check(checks, "credentials", "warn", "1 of 5 active connections")
        for client, (_, detail, fix, code) in broken.items():
            self.check(checks, f"credential {client} meta/main", "fail", detail, fix)
            self.doctor("--client", client, code=code)

    def test_one_that_is_not_well_formed(self):
        key = self.key_file("google.json", '{"client_id": "only-this-canary"}')
        self.make_store(harness.google(credential=f"file:{key}"))
        checks = self.doctor(code=78)
        self.check(checks, "credential acme google/main", "fail", "")
        self.assertNotIn("canary", repr(checks))

    def test_paused_connections_are_left_alone(self):
        self.make_store(self.connection, tiktok(credential="file:/nowhere"))
        self.doctor(code=78)
        subprocess.run(["sqlite3", str(self.store), "UPDATE connection SET paused = 1 WHERE platform = 'tiktok'"], check=True)
        self.check(self.doctor(), "credentials", "ok", "1 of 1 active")

    def test_variables_work_and_are_warned_of(self):
        self.make_store(meta())
        checks = self.doctor()
        self.check(checks, "credentials", "ok", "1 of 1 active")
        self.check(checks, "credential acme meta/main", "warn", "")

    def test_files_with_keys(self):
        self.make_run()
        key = self.key_file("key", "secret")
        self.extra_environment = {"PRUUV_SUPABASE_KEY_FILE": str(key)}
        self.check(self.doctor(), "supabase-key-file", "ok", str(key))
        key.chmod(0o640)
        self.check(self.doctor(code=77), "supabase-key-file", "fail", "other than its owner", "chmod 600")


class Vault(DoctorTest):
    def setUp(self):
        super().setUp()
        secret_id = self.key_file("secret-id", "sandbox-secret-id")
        self.extra_environment = {"VAULT_ADDR": self.sandbox.base, "VAULT_CACERT": self.sandbox.ca_file,
                                  "PRUUV_VAULT_ROLE_ID": "sandbox-role", "PRUUV_VAULT_SECRET_ID_FILE": str(secret_id)}
        self.connection = meta(credential="vault:secret/clients/demo/meta#access_token")
        self.make_store(self.connection)

    def order(self, **orders):
        self.sandbox.call("vault", orders)

    def test_health_login_and_token(self):
        checks = self.doctor()
        self.check(checks, "vault", "ok", f"{self.sandbox.base}: active")
        self.check(checks, "vault token", "ok", "logged in: a token that ends in 60 min")
        self.check(checks, "credentials", "ok", "1 of 1 active")
        self.assertIn("vault-secret-id-file", checks)
        self.assertNotIn("sandbox-vault-meta", repr(checks))
        self.assertIn('"live_tokens":0', self.sandbox.call("vault").replace(" ", ""))

    def test_each_state_of_its_health(self):
        for orders, status, detail, code in (({"sealed": True}, "fail", "sealed", 69),
                                             ({"initialised": False}, "fail", "not initialised", 69),
                                             ({"mode": "dr_secondary"}, "fail", "disasters", 69),
                                             ({"mode": "cut_off"}, "fail", "without its active node", 69),
                                             ({"mode": "standby"}, "ok", "a standby that answers", 0)):
            with self.subTest(orders):
                self.sandbox.reset()
                self.order(**orders)
                checks = self.doctor(code=code)
                self.check(checks, "vault", status, detail)
                if code:
                    self.check(checks, "credentials", "warn", "1 in Vault not tried: it cannot be asked")

    def test_one_address_of_two_is_enough(self):
        self.extra_environment["VAULT_ADDR"] = f"https://127.0.0.1:1,{self.sandbox.base}"
        checks = self.doctor()
        self.check(checks, "vault", "warn", "https://127.0.0.1:1: does not answer")
        self.check(checks, "vault", "ok", "active")

    def test_one_that_does_not_answer(self):
        self.extra_environment["VAULT_ADDR"] = "https://127.0.0.1:1"
        self.check(self.doctor(code=69), "vault", "fail", "https://127.0.0.1:1: does not answer", "vault status")

    def test_a_login_that_is_refused_is_said_once(self):
        self.run_program("connections", "import", "-", code=0,
                         stdin=f'[{{"client_id":"b","platform":"meta","name":"main","pixel_id":"1","credential":'
                               f'"{self.connection["credential"]}"}}]')
        self.key_file("secret-id", "sandbox-wrong-id")
        checks = self.doctor(code=78)
        self.assertEqual(len([c for found in checks.values() for c in found if c[0] == "fail"]), 1, checks)
        self.check(checks, "credentials", "fail", "2 connections need it")

    def test_a_token_from_outside(self):
        for name in ("PRUUV_VAULT_ROLE_ID", "PRUUV_VAULT_SECRET_ID_FILE"):
            del self.extra_environment[name]
        self.extra_environment["VAULT_TOKEN"] = "sandbox-root"
        self.check(self.doctor(), "credentials", "ok", "1 of 1 active")

    def test_a_wrapped_secret_id_is_left_for_the_run(self):
        self.extra_environment["PRUUV_VAULT_SECRET_ID_WRAPPED"] = "true"
        self.check(self.doctor(), "credentials", "warn", "1 in Vault not tried: the wrapped secret id can be used once")
        self.assertIn('"unwraps":0', self.sandbox.call("vault").replace(" ", ""))


class Privacy(DoctorTest):
    def test_what_everybody_may_read_is_not_written_to(self):
        self.make_run()
        for mode in (0o604, 0o602, 0o646):
            self.store.chmod(mode)
            for command in (("send",), ("import", "-"), ("retry", "--failed", "--yes"), ("connections", "import", "-")):
                with self.subTest(mode=oct(mode), command=command):
                    done = self.run_program(*command, stdin="[]", code=77)
                    self.assertIn(f"hint: chmod o-rwx {self.store}\n", done.err)
            self.run_program("audit", code=0)
        self.store.chmod(0o660)
        self.send()

    def test_a_run_leaves_no_core_file(self):
        server = self.make_waiting_run()
        for number, end in enumerate((signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT), 1):
            with self.subTest(end):
                run = subprocess.Popen(["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", *self.command("send")],
                                       env=self.environment(), cwd=self.folder, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
                self.addCleanup(run.wait)
                self.addCleanup(run.kill)
                until(lambda count=number: len(server.requests) >= count or run.poll() is not None, "its request")
                limits = pathlib.Path(f"/proc/{run.pid}/limits").read_text(encoding="ascii")
                self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ")
                run.send_signal(end)
                run.wait(timeout=30)
                self.assertNotEqual(run.returncode, 0)  # a sanitizer's own end of a SIGSEGV is 1
                self.assertEqual([p.name for p in self.folder.iterdir() if "core" in p.name], [])
                self.now += HOUR

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    @unittest.skipIf(b"__asan_init" in pathlib.Path(harness.PRUUV_SEND).read_bytes(), "the leak check has to attach")
    def test_no_other_process_of_the_user_looks_into_its_memory(self):
        nobody = 65534
        server = self.make_waiting_run()
        for path in (self.folder, *self.folder.iterdir()):
            os.chown(path, nobody, nobody)
        try:
            run = subprocess.Popen(self.command("send"), env=self.environment(), cwd="/", user=nobody, group=nobody,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except PermissionError:
            self.skipTest("the program is where nobody else may start it")
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        until(lambda: server.requests or run.poll() is not None, "its request")
        # proc(5): what a process that is not dumpable has there belongs to root.
        self.assertEqual(pathlib.Path(f"/proc/{run.pid}/mem").stat().st_uid, 0)


if __name__ == "__main__":
    unittest.main()
