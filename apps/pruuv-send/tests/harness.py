"""The built program against the platform sandbox: real sockets, real TLS, a real store, no sleeps."""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import unittest
import urllib.request
import uuid

PRUUV_SEND = os.environ["PRUUV_SEND"]
SANDBOX = os.environ["PRUUV_SANDBOX"]
NOW = 1795402800  # 2026-11-23T03:00:00Z: what both programs take for the present
# In memory where the system offers it: a disk's fsync is not what these tests are about.
TEMPORARY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
HOUR = 3600
DAY = 86400

TOKENS = {
    "META_TOKEN": "sandbox-meta-7f3a9c1e",
    "TIKTOK_TOKEN": "sandbox-tiktok-51bd02aa",
    "GOOGLE_TOKEN": json.dumps({
        "client_id": "sandbox-client.apps.example",
        "client_secret": "sandbox-google-secret-c0ffee",
        "refresh_token": "sandbox-refresh-9d8e7f6a",
        "type": "authorized_user",
    }),
}


class Sandbox:
    """The sandbox as its own process; its bookkeeping by its own interface."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="pruuv-sandbox-", dir=TEMPORARY)
        clock = [] if "--now" in options else ["--now", str(NOW)]
        self.process = subprocess.Popen(
            [SANDBOX, "--quiet", "--state-dir", self.folder, *clock, *options],
            stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.base = f"https://127.0.0.1:{ready['port']}"
        self.ca_file = ready["ca_file"]
        self.context = ssl.create_default_context(cafile=self.ca_file)

    def environment(self):
        return {
            "PRUUV_META_URL": self.base, "PRUUV_GOOGLE_ADS_URL": self.base,
            "PRUUV_DATA_MANAGER_URL": self.base, "PRUUV_GOOGLE_TOKEN_URL": self.base + "/token",
            "PRUUV_TIKTOK_URL": self.base, "PRUUV_CA_FILE": self.ca_file,
        }

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + "/_sandbox/" + path, data=data,
                                         method="GET" if data is None else "POST")
        with urllib.request.urlopen(request, context=self.context) as answer:
            return answer.read().decode()

    def stats(self):
        return json.loads(self.call("stats"))

    # Not splitlines(), which also breaks at U+2028 and the like within a line.
    def events(self):
        return [json.loads(line) for line in self.call("events").split("\n") if line]

    def requests(self):
        return [json.loads(line) for line in self.call("requests").split("\n") if line]

    def misbehave(self, *rules):
        self.call("faults", list(rules))

    def misbehave_no_more(self):
        """Takes the rules away; what was seen stays."""
        request = urllib.request.Request(self.base + "/_sandbox/faults", method="DELETE")
        with urllib.request.urlopen(request, context=self.context):
            pass

    def reset(self):
        self.call("reset", {})

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\nstdout: {self.out}\nstderr: {self.err}"


class ProgramTest(unittest.TestCase):
    """One sandbox a class, one store a test."""

    sandbox_options = ()

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox(*cls.sandbox_options)

    @classmethod
    def tearDownClass(cls):
        cls.sandbox.stop()

    def setUp(self):
        self.sandbox.reset()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pruuv-test-", dir=TEMPORARY))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.store = self.folder / "store.db"
        self.now = NOW
        self.extra_environment = {}

    def environment(self):
        # As cron starts it: nothing but what is set here.
        return {"PATH": "/usr/bin:/bin", "PRUUV_STORE": str(self.store), **self.sandbox.environment(),
                **TOKENS, **self.extra_environment,
                **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}

    def command(self, *arguments):
        return [PRUUV_SEND, "--now", str(self.now), *map(str, arguments)]

    def run_program(self, *arguments, stdin="", code=None):
        done = Result(subprocess.run(self.command(*arguments), input=stdin, text=True, env=self.environment(),
                                     capture_output=True, cwd="/", check=False))
        if code is not None:
            self.assertEqual(done.code, code, f"{arguments}: {done!r}")
        return done

    def make_store(self, *connections):
        self.run_program("init", code=0)
        if connections:
            self.run_program("connections", "import", "-", stdin=json.dumps(list(connections)), code=0)

    def import_events(self, *events, code=0):
        lines = "".join(json.dumps(event) + "\n" for event in events)
        return self.run_program("import", "-", stdin=lines, code=code)

    def send(self, *arguments, code=0):
        return self.run_program("send", "--json", *arguments, code=code)

    def rows(self, sql, *parameters):
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
            return database.execute(sql, parameters).fetchall()


def meta(client="acme", **more):
    return {"client_id": client, "platform": "meta", "name": "main", "pixel_id": "1234567890123456",
            "currency": "EUR", "default_country": "DE", "credential": "env:META_TOKEN", **more}


def tiktok(client="acme", **more):
    return {"client_id": client, "platform": "tiktok", "name": "main", "pixel_code": "C9ABCDEFGHIJKLMNOPQR",
            "currency": "EUR", "default_country": "DE", "credential": "env:TIKTOK_TOKEN",
            "tiktok": {"page_url": "https://shop.example/"}, **more}


def google(client="acme", **more):
    return {"client_id": client, "platform": "google", "name": "main", "customer_id": "123-456-7890",
            "conversion_action_id": "987654321", "currency": "EUR", "default_country": "DE",
            "credential": "env:GOOGLE_TOKEN", **more}


def google_ads(client="acme", **more):
    return google(client, api="google_ads", login_customer_id="111-222-3333", **more)


def event(client="acme", name="lead", age_s=12 * HOUR, **fields):
    made = {"id": str(uuid.uuid4()), "client_id": client, "event_name": name, "event_time": NOW - age_s,
            "email": "ada@example.com", "ip": "203.0.113.9", "user_agent": "Mozilla/5.0 (X11)",
            "page_url": "https://shop.example/thanks"}
    made.update(fields)
    return made


FBCLID = {"fbclid": "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk"}
GCLID = {"gclid": "Cj0KCQiA-fake-gclid"}
TTCLID = {"ttclid": "E.C.P.CvoBfake-ttclid"}


if __name__ == "__main__":
    unittest.main()
