"""Hostile events, poor surroundings: the same result, nothing raw on a terminal, nobody's crash."""

import contextlib
import json
import os
import pathlib
import re
import signal
import sqlite3
import stat
import subprocess
import unittest
import uuid

import invariants
from harness import DAY, FBCLID, GCLID, HOUR, NOW, TOKENS, TTCLID, event, google, google_ads, meta, tiktok
from processes import ProcessTest
from sweep import PERSON

MEGABYTE = 1 << 20

# What a visitor may have typed, a bot may have posted, a program may have mangled.
TEXTS = {
    "NUL": "a\0b@example.com", "line breaks": "a\r\nX-Injected: 1\r\n\r\nb@example.com",
    "escape": "\x1b]0;owned\x07\x1b[2J\x1b[31m", "C1": "\u009b31mred\u009d", "delete": "a\x7f\x08\x08b",
    "bidi": "\u202egpj.exe\u2066\u2069\u200f", "separators": "a\u2028b\u2029c",
    "format": "%s%n%x{}{0}{:>99999999}${x}%(a)s", "SQL": "'; DROP TABLE funnel_event; --", "quote": '"\\"\',;\t|`$(id)`',
    "JSON": '{"a":[1,2,{"b":null}]}', "lone surrogate": "\ud800x", "beyond": "\U0010ffff\ufffe\ufeff",
    "spaces": " \t\u00a0\u3000 ",
    "long word": "x" * 100_000, "path": "../../../../etc/passwd\0.png", "number": "1e999", "empty": "",
}
FIELDS = ("email", "phone", "country", "first_name", "city", "zip", "external_id", "ip", "user_agent", "page_url",
          "referrer", "fbclid", "fbc", "fbp", "gclid", "ttclid", "ttp", "value", "currency", "order_id", "action_source",
          "consent_ad_user_data")
RAW = {"not UTF-8": b"\xff\xfe\x80abc", "overlong": b"\xc0\x80\xe0\x80\x80", "cut": b"abc\xe2\x82",
       "surrogate": b"\xed\xa0\x80",
       "NUL": b"a\0b", "latin-1": b"M\xfcller", "10 MB": b"y" * (10 * MEGABYTE)}
# Line breaks are the output's own (CR LF in CSV); all other control characters, and those that turn text round, came
# from outside.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class HostileEvents(ProcessTest):
    def make(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        self.good = event(**FBCLID, **TTCLID, **GCLID)
        self.import_events(self.good)

    def run_bytes(self, *arguments, stdin=b""):
        done = subprocess.run(self.command(*arguments), input=stdin, env=self.environment(), cwd="/", capture_output=True,
                              check=False)
        self.assertIn(done.returncode, (0, 3), (arguments, done.stderr[:2000]))
        for name, output in (("stdout", done.stdout), ("stderr", done.stderr)):
            text = output.decode("utf-8").replace("\r\n", "\n")  # strict: not UTF-8 is raw too
            found = FORBIDDEN.search(text)
            self.assertIsNone(found, found and (arguments, name, text[max(0, found.start() - 80):found.end() + 20]))
        return done

    def look_at_everything(self):
        self.run_bytes("send", "--dry-run")
        self.run_bytes("--verbose", "send")
        self.run_bytes("send", "--json")
        ids = [row[0] for row in self.rows("SELECT id FROM funnel_event ORDER BY seq")]
        for one in ids[:: max(1, len(ids) // 25)]:
            self.run_bytes("inspect", one)
        for form in ("table", "json", "csv"):
            self.run_bytes("audit", "--format", form)
        self.run_bytes("audit", "--client", "acme", "--summary")
        self.run_bytes("retry", "--failed", "--dry-run")
        self.run_bytes("connections", "list")
        arrived = self.sandbox.events()
        self.assertEqual({e["platform"] for e in arrived if e["event_id"] == self.good["id"] and e["status"] == "accepted"},
                         {"meta", "tiktok", "data_manager"})
        self.assertEqual([e for e in arrived if e["status"] == "duplicate"], [])
        # What a platform refuses is the event's own fault and found at once.
        self.assertEqual(self.rows("SELECT state, reason FROM delivery WHERE state NOT IN (4, 6) AND reason <> 51"), [])
        self.assertEqual(invariants.violations(self.store, self.sandbox, [], TOKENS.values()), [])

    def test_through_import(self):
        self.make()
        lines = []
        for text in TEXTS.values():
            for field in FIELDS:
                lines.append(event(**{**FBCLID, **TTCLID, **GCLID, field: text}))
            lines.append(event(name=text or "x", **FBCLID))
            lines.append(event(client=text or "x", **FBCLID))
            lines.append(event(**FBCLID, **{text or "x": text}))
        raw = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        for value in RAW.values():
            for field in ("email", "user_agent", "fbclid"):
                one = json.dumps(event(**{**FBCLID, **TTCLID, field: "@@"})).encode()
                raw += one.replace(b"@@", value) + b"\n"
        raw += b"\0\n\xff\n{\n[]\n" + b"[" * 100_000 + b"\n" + b'{"id":1}\n' + b"\r\n\r\n" + b"x" * MEGABYTE
        rejects = self.folder / "rejects"
        done = self.run_bytes("import", "-", "--rejects", str(rejects), stdin=raw)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(stat.S_IMODE(rejects.stat().st_mode), 0o600)
        self.assertGreater(self.rows("SELECT count(*) FROM funnel_event")[0][0], len(lines) // 2)
        self.look_at_everything()

    def test_by_sql(self):
        self.make()
        database = sqlite3.connect(self.store)
        made = 0
        for name, value in {**{k: v.encode("utf-8", "surrogatepass") for k, v in TEXTS.items()}, **RAW}.items():
            for field in FIELDS if len(value) < MEGABYTE else ("user_agent", "email", "page_url"):
                columns = {"fbclid": FBCLID["fbclid"].encode(), "ttclid": TTCLID["ttclid"].encode(), "gclid": b"Cj0KCQiA-x",
                           "user_agent": b"Mozilla/5.0", "page_url": b"https://shop.example/", field: value}
                database.execute(
                    f"INSERT INTO funnel_event (id, client_id, event_name, event_time, {', '.join(columns)}) VALUES"
                    f" (?, 'acme', 'lead', ?, {', '.join('CAST(? AS TEXT)' for _ in columns)})",
                    (str(uuid.uuid4()), NOW - 12 * HOUR, *columns.values()))
                made += 1
            if value:
                for column in ("client_id", "event_name"):
                    other = {"client_id": b"acme", "event_name": b"lead", column: value[:MEGABYTE]}
                    database.execute(
                        "INSERT INTO funnel_event (id, client_id, event_name, event_time, fbclid, extra) VALUES"
                        " (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, CAST(? AS TEXT))",
                        (str(uuid.uuid4()), *other.values(), NOW - 12 * HOUR, FBCLID["fbclid"], value[:MEGABYTE]))
        for anything in (None, 1.5, float("inf"), b"\x00\xff", "text\x1b[2J", -1, 2**63 - 1, -2**63, b"z" * MEGABYTE):
            database.execute(
                "INSERT INTO funnel_event (id, client_id, event_name, event_time, fbclid, click_timestamp,"
                " limited_data_use) VALUES (?, 'acme', 'lead', ?, ?, ?, ?)",
                (str(uuid.uuid4()), NOW - 12 * HOUR, FBCLID["fbclid"], anything, anything))
        for when in (0, -1, 2**63 - 1, -2**63, NOW * 1000, NOW + DAY):
            database.execute(
                "INSERT INTO funnel_event (id, client_id, event_name, event_time, fbclid) VALUES (?, 'acme', 'lead', ?, ?)",
                (str(uuid.uuid4()), when, FBCLID["fbclid"]))
        database.commit()
        database.close()
        self.assertGreater(made, 300)
        self.look_at_everything()
        self.assertEqual(self.rows("SELECT max(seq) - planned_seq FROM funnel_event, store"), [(0,)])


class Surroundings(ProcessTest):
    """A run as cron and others start it; each has the same result."""

    def make_work(self):
        self.make_store(meta(), tiktok())
        self.import_events(event(**PERSON, **FBCLID, **TTCLID))

    def check_sent(self, code, what):
        self.assertEqual(code, 0, what)
        self.assertEqual(sorted(e["platform"] for e in self.sandbox.events()), ["meta", "tiktok"], what)
        self.check(finished=True)
        journal = pathlib.Path(f"{self.store}.runs").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line)["event"] for line in journal], ["start", "end"], what)
        self.assertRegex(pathlib.Path(f"{self.store}.lock").read_text(encoding="utf-8"), r"^pid \d+ since \S+\n$", what)

    def test_standard_streams_that_are_closed_or_full(self):
        for redirection in (">&-", "2>&-", "<&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-", "< /dev/null >&- 2>&-",
                            "> /dev/full", "2> /dev/full", "> /dev/full 2> /dev/full"):
            for flags in (("--json",), ("--verbose",)):
                with self.subTest(redirection=redirection, flags=flags):
                    self.setUp()
                    self.make_work()
                    done = subprocess.run(["sh", "-c", f'exec "$@" {redirection}', "sh", *self.command("send", *flags)],
                                          env=self.environment(), cwd="/", capture_output=True, check=False)
                    self.check_sent(done.returncode, redirection)

    def test_trouble_that_cannot_be_told(self):
        """The same with something to say on standard error, in the middle of the run."""
        self.make_work()
        self.sandbox.misbehave({"platform": "meta", "status": 401, "times": -1,
                                "body": '{"error":{"message":"expired","type":"OAuthException","code":190}}'})
        done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *self.command("send")],
                              env=self.environment(), cwd="/", check=False)
        self.assertEqual(done.returncode, 3)
        self.check()
        self.assertEqual(self.requests_seen(), 2)

    def test_readers_that_go_away(self):
        for stream in ("stdout", "stderr"):
            with self.subTest(stream):
                self.setUp()
                self.make_work()
                reading, writing = os.pipe()
                os.close(reading)
                done = subprocess.run(self.command("--verbose", "send"), env=self.environment(), cwd="/", check=False,
                                      **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: writing})
                os.close(writing)
                self.check_sent(done.returncode, stream)
        # One that reads a little and leaves, of an output that is longer than a pipe holds.
        with contextlib.closing(sqlite3.connect(self.store)) as database:
            database.executemany("INSERT INTO funnel_event (id, client_id, event_name, event_time, fbclid, user_agent,"
                                 " page_url) VALUES (?, 'acme', 'lead', ?, ?, 'x', 'https://shop.example/')",
                                 [(str(uuid.uuid4()), NOW - HOUR, FBCLID["fbclid"]) for _ in range(2000)])
            database.commit()
        self.run_program("send", code=0)
        for form in ("table", "json", "csv"):
            with subprocess.Popen(self.command("audit", "--limit", "0", "--format", form), env=self.environment(), cwd="/",
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.read(100)
                process.stdout.close()
                err = process.stderr.read()
            self.assertGreaterEqual(process.returncode, 0)
            self.assertNotIn(process.returncode, (70,))
            self.assertEqual(err, b"")

    def test_environments(self):
        for name, more in {"LANG=C": {"LANG": "C", "LC_ALL": "C"}, "no such locale": {"LC_ALL": "xx_YY.UTF-8"},
                           "Turkish": {"LC_ALL": "tr_TR.UTF-8"}, "comma locale": {"LC_ALL": "de_DE.UTF-8"},
                           "another zone": {"TZ": "Pacific/Auckland"}, "no such zone": {"TZ": ":/nowhere"},
                           "a home that is not there": {"HOME": "/nowhere", "XDG_CONFIG_HOME": "/nowhere"},
                           "no PATH": {"PATH": ""},
                           "a proxy": {"https_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"},
                           "other certificates": {"SSL_CERT_FILE": "/nowhere", "CURL_CA_BUNDLE": "/nowhere"},
                           "a curl home": {"CURL_HOME": "/nowhere", "NETRC": "/nowhere"},
                           "no terminal": {"TERM": "dumb", "COLUMNS": "0"},
                           "TMPDIR": {"TMPDIR": "/nowhere", "SQLITE_TMPDIR": "/nowhere"}}.items():
            with self.subTest(name):
                self.setUp()
                self.make_work()
                self.extra_environment = more
                done = self.run_program("send")
                self.assertEqual((done.out, done.err), ("", ""))
                self.check_sent(done.code, name)

    def test_no_environment_at_all(self):
        self.make_work()
        secret = self.folder / "token"
        secret.write_text(TOKENS["META_TOKEN"] + "\n")
        secret.chmod(0o600)
        self.run_program("connections", "import", "-", code=0, stdin=json.dumps(
            [meta(credential=f"file:{secret}"), tiktok(credential=f"file:{secret}")]))
        config = self.folder / "config.toml"
        config.write_text("".join(f'{name} = "{value}"\n' for name, value in {
            "store": self.store, "ca-file": self.sandbox.ca_file, "meta-url": self.sandbox.base,
            "tiktok-url": self.sandbox.base}.items()))
        done = subprocess.run(["/usr/bin/env", "-i", *self.command("--config", config, "send")], env={}, cwd="/",
                              stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False)
        self.assertEqual((done.stdout, done.stderr), (b"", b""))
        self.check_sent(done.returncode, "env -i")

    def test_a_working_folder_that_is_gone(self):
        self.make_work()
        gone = self.folder / "gone"
        gone.mkdir()
        done = subprocess.run(["sh", "-c", f'cd {gone} && rmdir {gone} && exec "$@"', "sh", *self.command("send")],
                              env=self.environment(), capture_output=True, text=True, check=False)
        self.check_sent(done.returncode, done)

    def test_masks(self):
        for mask in (0, 0o777):
            with self.subTest(mask=oct(mask)):
                self.setUp()
                rejects = self.folder / "rejects"

                def run(*arguments, stdin="", code=0):
                    done = subprocess.run(self.command(*arguments), env=self.environment(), cwd="/", input=stdin, text=True,
                                          capture_output=True, umask=mask, check=False)
                    self.assertEqual(done.returncode, code, done)
                run("init")
                run("connections", "import", "-", stdin=json.dumps([meta(), tiktok()]))
                run("import", "-", "--rejects", str(rejects), code=3,
                    stdin=json.dumps(event(**PERSON, **FBCLID, **TTCLID)) + "\nrubbish\n")
                run("send")
                self.check_sent(0, mask)
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.folder.iterdir()}
                self.assertEqual(modes, dict.fromkeys(("store.db", "store.db.lock", "store.db.runs", "rejects"), 0o600))

    def test_signals_that_were_ignored_or_blocked_by_the_parent(self):
        self.make_work()

        def shut_ears():
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGALRM})
        done = subprocess.run(self.command("send"), env=self.environment(), cwd="/", capture_output=True,
                              preexec_fn=shut_ears, restore_signals=False, check=False)
        self.check_sent(done.returncode, done)


if __name__ == "__main__":
    unittest.main()
