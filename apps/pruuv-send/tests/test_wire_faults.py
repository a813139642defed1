"""Every way a connection, an answer or a certificate can be wrong: what is recorded, and that nothing is lost."""

import json
import pathlib
import random
import resource
import shutil
import socket
import ssl
import tempfile
import warnings
import unittest

import harness
from faulty_server import FaultyServer, accepted, answer, make_certificate, reset
from harness import DAY, FBCLID, NOW, ProgramTest, event, meta

CLOSE = None  # a behaviour that sends nothing more: the connection ends


def text(data):
    return lambda connection, request: data


def then_close(data):
    def behave(connection, request):
        connection.sendall(data)
    return behave


def silence(connection, request):
    connection.recv(1)  # until the other side gives up


def slow_drip(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    silence(connection, request)


def huge(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def reset_after_request(connection, request):
    reset(connection)


NOT_SENT, UNKNOWN, KNOWN = "not_sent", "ambiguous", "retryable"

# What the server does, what the attempt is recorded as.
ANSWERS = {
    "closed after the request": (text(CLOSE), UNKNOWN),
    "reset after the request": (reset_after_request, UNKNOWN),
    "no answer": (silence, UNKNOWN),
    "half a status line": (then_close(b"HTTP/1."), UNKNOWN),
    "garbage": (then_close(b"\x00\xff\x17 nothing of HTTP\r\n\r\n"), UNKNOWN),
    "HTTP/0.9": (then_close(b"{\"events_received\": 1}"), UNKNOWN),
    "truncated body": (then_close(answer(200, '{"events_received":1}', length=500)), UNKNOWN),
    "truncated in the headers": (then_close(b"HTTP/1.1 200 OK\r\nContent-Le"), UNKNOWN),
    "a body without end": (huge, UNKNOWN),
    "a body that stops": (slow_drip, UNKNOWN),
    "what is no gzip": (text(answer(200, b"\x1f\x8bnot", "Content-Encoding: gzip")), UNKNOWN),
    "invalid UTF-8": (text(answer(200, b'{"events_received": "\xff\xfe"}')), UNKNOWN),
    "JSON a thousand deep": (text(answer(200, "[" * 100000)), UNKNOWN),
    "an empty 200": (text(answer(200, "")), UNKNOWN),
    "HTML and 200": (text(answer(200, "<html>welcome</html>")), UNKNOWN),
    "fewer events than were sent": (text(answer(200, '{"events_received":0,"fbtrace_id":"T"}')), UNKNOWN),
    "more events than were sent": (text(answer(200, '{"events_received":7,"fbtrace_id":"T"}')), UNKNOWN),
    "an error inside a 200": (text(answer(200, '{"error":{"code":2,"message":"m"}}')), KNOWN),
    "500 of a proxy": (text(answer(500, "<html>")), UNKNOWN),
    "502 of a proxy": (text(answer(502, "<html>")), UNKNOWN),
    "504 of a proxy": (text(answer(504, "<html>")), UNKNOWN),
    "500 with the platform's error": (text(answer(500, '{"error":{"code":1,"message":"m"}}')), KNOWN),
    "503 of a proxy": (text(answer(503, "<html>")), KNOWN),
    "429": (text(answer(429, "")), KNOWN),
    "429 cut off": (then_close(answer(429, "slow down", length=500)), KNOWN),
    "408": (text(answer(408, "")), KNOWN),
    "headers without end": (then_close(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100000), UNKNOWN),
    "a status of its own": (text(answer(299, "")), UNKNOWN),
    "103, then the answer": (lambda connection, request: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + accepted(request),
                             "accepted"),
}


class WireTest(ProgramTest):
    sandbox_options = ()

    @classmethod
    def setUpClass(cls):
        cls.certificates = pathlib.Path(tempfile.mkdtemp(prefix="pruuv-certificates-", dir=harness.TEMPORARY))
        cls.certificate = make_certificate(cls.certificates)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.certificates, ignore_errors=True)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pruuv-test-", dir=harness.TEMPORARY))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.store = self.folder / "store.db"
        self.now = NOW
        self.url, self.ca_file, self.extra_environment = "https://127.0.0.1:1", self.certificate, {}
        self.timeout = "20s"

    def environment(self):
        return {"PATH": "/usr/bin:/bin", "PRUUV_STORE": str(self.store), "PRUUV_META_URL": self.url,
                "PRUUV_CA_FILE": str(self.ca_file), "PRUUV_REQUEST_TIMEOUT": self.timeout, **harness.TOKENS,
                **self.extra_environment}

    def serve(self, *behaviours, **options):
        server = FaultyServer(options.pop("certificate", self.certificate), *behaviours, **options)
        self.addCleanup(server.stop)
        self.url = server.base
        return server

    def make_events(self, count=1):
        if not self.store.exists():
            self.make_store(meta())
        made = [event(**FBCLID) for _ in range(count)]
        self.import_events(*made)
        return made

    def attempts(self):
        return [row[0] for row in self.rows("SELECT status FROM attempt_detail ORDER BY attempt_id")]

    def check_nothing_is_lost(self, server, known_copies=0):
        """Copies never exceed attempts; a good server afterwards gets what is left, and all is at its end."""
        attempts = dict(self.rows("SELECT event_id, count(*) FROM attempt_detail GROUP BY 1"))
        for event_id, copies in server.copies().items():
            self.assertLessEqual(copies, attempts[event_id])
        self.now += DAY
        self.timeout = "20s"
        good = self.serve()
        self.send()
        self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE state <> 4"), [(0,)])
        bodies = {}
        for request in server.requests + good.requests:
            for one in request.events:
                bodies.setdefault(one["event_id"], set()).add(json.dumps(one, sort_keys=True))
        self.assertTrue(all(len(same) == 1 for same in bodies.values()))
        return good


class Answers(WireTest):
    def test_what_an_answer_comes_to(self):
        for name, (behaviour, status) in ANSWERS.items():
            with self.subTest(name):
                self.setUp()
                server = self.serve(behaviour)
                if behaviour in (silence, slow_drip):
                    self.timeout = "1s"
                self.make_events(3)
                done = self.run_program("send", "--json")
                self.assertEqual(set(self.attempts()), {status}, repr(done))
                if status == "accepted":
                    self.assertEqual(done.code, 0)
                    continue
                # What is known to have failed is tried four times, what may have arrived twice.
                self.assertEqual(len(server.requests), 4 if status == KNOWN else 2)
                self.check_nothing_is_lost(server)

    def test_a_connection_that_dies_between_two_requests_sends_each_once(self):
        def close_second(connection, request):
            return CLOSE if len(server.requests) == 2 else accepted(request)
        server = self.serve(close_second)
        self.make_events(5)
        self.run_program("--batch-events", "1", "--max-in-flight", "1", "send", code=0)
        self.assertEqual(self.attempts().count(UNKNOWN), 1)
        self.assertEqual(sorted(server.copies().values()), [1, 1, 1, 1, 2])
        self.check_nothing_is_lost(server)

    def test_the_protocol_is_http_1_1_whatever_the_server_offers(self):
        server = self.serve()
        self.make_events()
        self.send()
        self.assertIn(" HTTP/1.1", server.requests[0].head.splitlines()[0])

    def test_redirects_are_not_followed(self):
        elsewhere = FaultyServer(None, tls=False)
        self.addCleanup(elsewhere.stop)
        for status in (301, 302, 307, 308):
            for target in (elsewhere.base + "/latest", "https://169.254.169.254/"):
                with self.subTest(status=status, target=target):
                    self.setUp()
                    server = self.serve(text(answer(status, "", f"Location: {target}")))
                    self.make_events()
                    self.send(code=3)
                    self.assertEqual((len(server.requests), elsewhere.connections), (1, 0))
                    self.assertEqual(self.attempts(), ["held"])

    def test_no_proxy_is_taken_from_the_environment(self):
        proxy = FaultyServer(None, tls=False)
        self.addCleanup(proxy.stop)
        self.extra_environment = {name: proxy.base for name in
                                  ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")}
        server = self.serve()
        self.make_events()
        self.send()
        self.assertEqual((len(server.requests), proxy.connections), (1, 0))

    def test_an_answer_without_end_takes_no_memory(self):
        self.serve(huge)
        self.make_events()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.run_program("send")
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, max(before, 600_000))


class Refusals(WireTest):
    """Nothing of the request leaves."""

    def check_not_sent(self, code=69):
        self.make_events(2)
        done = self.send(code=code)
        self.assertEqual(set(self.attempts()), {NOT_SENT}, repr(done))
        self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE first_unknown_at IS NOT NULL"), [(0,)])
        return done

    def test_nobody_listens(self):
        self.check_not_sent()

    def test_the_name_is_unknown(self):
        self.url = "https://no-such-host.invalid"
        self.check_not_sent()

    def test_nobody_accepts(self):
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            self.url = f"https://127.0.0.1:{full.getsockname()[1]}"
            waiting = []
            for _ in range(2):
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(full.getsockname())
                waiting.append(one)
            self.timeout = "1s"
            self.check_not_sent()
            for one in waiting:
                one.close()

    def test_nobody_speaks_tls(self):
        server = self.serve(on_connect=lambda connection: connection.recv(1 << 20) and connection.recv(1))
        self.timeout = "1s"
        self.check_not_sent()
        self.assertEqual(server.requests, [])

    def test_reset_in_the_handshake(self):
        server = self.serve(on_connect=reset)
        self.check_not_sent()
        self.assertEqual(server.requests, [])

    def test_certificates_that_do_not_fit(self):
        cases = {"expired": dict(days=-1), "wrong host": dict(hosts="DNS:other.example"), "of somebody else": {}}
        for number, (name, options) in enumerate(cases.items()):
            with self.subTest(name):
                self.setUp()
                certificate = make_certificate(self.folder, f"c{number}", **options)
                server = self.serve(certificate=certificate)
                if name != "of somebody else":
                    self.ca_file = certificate
                done = self.check_not_sent()
                # It does not mend itself within a run: tried once, and said.
                self.assertEqual(self.attempts(), [NOT_SENT, NOT_SENT])
                self.assertEqual(server.requests, [])
                self.assertIn("connection_misconfigured", done.out)

    def test_an_old_tls_is_refused(self):
        server = self.serve()
        with warnings.catch_warnings(action="ignore"):  # that it is old is the point
            server.context.minimum_version = ssl.TLSVersion.TLSv1
            server.context.maximum_version = ssl.TLSVersion.TLSv1_1
        server.context.set_ciphers("ALL:@SECLEVEL=0")
        self.check_not_sent()
        self.assertEqual(server.requests, [])


class Throttles(WireTest):
    def test_retry_after_in_every_form(self):
        date = "Sun, 22 Nov 2026 03:00:00 GMT"
        for value, tries in {"1": 2, "0": 2, "600": 2, "-5": 2, "soon": 2, "1e3": 2, "": 2, "901": 1, "1000000000": 1,
                             "Sun, 22 Nov 2026 03:05:00 GMT": 2, "Sun, 22 Nov 2026 02:00:00 GMT": 2,
                             "Mon, 22 Nov 2066 03:00:00 GMT": 1, "9" * 400: 2}.items():
            with self.subTest(value):
                self.setUp()
                server = self.serve(text(answer(429, "", f"Retry-After: {value}", f"Date: {date}")),
                                    lambda connection, request: accepted(request))
                self.make_events()
                self.send(code=0 if tries == 2 else 3)
                self.assertEqual(len(server.requests), tries)
                # Whatever was asked for, the next night finds it due.
                self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE next_at > ?", self.now + DAY), [(0,)])

    def test_other_clients_go_on_while_one_is_throttled(self):
        def one_is_throttled(connection, request):
            throttled = "/1111111111111111/" in request.path
            return answer(429, "", "Retry-After: 3600") if throttled else accepted(request)
        server = self.serve(one_is_throttled)
        self.make_store(meta("a", pixel_id="1111111111111111"), meta("b", pixel_id="2222222222222222"))
        self.import_events(*[event(client, **FBCLID) for client in ("a", "b", "a", "b")])
        done = self.send(code=3).json()
        self.assertEqual((done["platforms"]["meta"]["accepted"], done["platforms"]["meta"]["retryable"]), (2, 2))
        self.assertEqual(len(server.requests), 2)


class Storms(WireTest):
    def test_an_outage_costs_a_handful_of_requests(self):
        # Eight at once, then one at a time.
        for status, most in ((503, 8 + 4), (500, 8 * 5), (429, 8 * 5)):
            with self.subTest(status):
                self.setUp()
                server = self.serve(text(answer(status, "<html>")))
                self.make_store(*[meta(f"client{n}", pixel_id=str(10 ** 15 + n)) for n in range(8)])
                self.import_events(*[event(f"client{n}", **FBCLID) for n in range(8) for _ in range(50)])
                self.run_program("--batch-events", "10", "send", code=3)
                self.assertLessEqual(len(server.requests), most)
                if status != 500:
                    self.assertEqual(set(self.attempts()), {KNOWN})
                self.check_nothing_is_lost(server)

    def test_a_server_that_fails_at_random_loses_and_repeats_nothing(self):
        for seed in range(6):
            with self.subTest(seed):
                self.setUp()
                chance = random.Random(seed)
                kinds = [behaviour for name, (behaviour, _) in ANSWERS.items()
                         if name not in ("no answer", "a body that stops", "a body without end", "headers without end")]

                def at_random(connection, request):
                    if chance.random() < 0.6:
                        return accepted(request)
                    return chance.choice(kinds)(connection, request)
                server = self.serve(at_random)
                self.make_store(*[meta(f"client{n}", pixel_id=str(10 ** 15 + n)) for n in range(5)])
                self.import_events(*[event(f"client{n}", **FBCLID) for n in range(5) for _ in range(20)])
                self.run_program("--batch-events", "7", "send")
                self.check_nothing_is_lost(server)


class BadEvents(WireTest):
    def refuse(self, bad, named):
        """A platform that refuses a whole request for the bad events in it."""
        def behave(connection, request):
            for index, one in enumerate(request.events):
                if one["event_id"] in bad:
                    where = f"$['data'][{index}]['user_data']" if named else "one of them"
                    return answer(400, json.dumps({"error": {"code": 100, "error_subcode": 2804019, "fbtrace_id": "T",
                                                             "message": "Invalid parameter", "error_user_msg": where}}))
            return accepted(request)
        return behave

    def test_one_bad_event_in_a_thousand(self):
        for named, most in ((False, 20), (True, 2)):
            for place in (0, 613, 999):
                with self.subTest(named=named, place=place):
                    self.setUp()
                    made = self.make_events(1000)
                    server = self.serve(self.refuse({made[place]["id"]}, named))
                    counts = self.send(code=3).json()["platforms"]["meta"]
                    self.assertEqual((counts["accepted"], counts["rejected"], counts["retryable"]), (999, 1, 0))
                    self.assertLessEqual(len(server.requests), most)
                    self.assertEqual(self.rows("SELECT event_id FROM attempt_detail WHERE status = 'rejected'"),
                                     [(made[place]["id"],)])

    def test_a_body_too_large_is_halved_until_it_fits(self):
        def small_only(connection, request):
            return answer(413, "<html>") if len(request.body) > 100_000 else accepted(request)
        server = self.serve(small_only)
        self.make_events(1000)
        counts = self.send().json()["platforms"]["meta"]
        self.assertEqual(counts["accepted"], 1000)
        refused = [request for request in server.requests if len(request.body) > 100_000]
        self.assertLessEqual(len(refused), 4)

    def test_an_answer_while_the_body_is_still_on_its_way(self):
        def refuse_large(connection, read):
            head = connection.recv(65536)
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return None
                head += more
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            if length <= 100_000:
                return read(connection, head)
            connection.sendall(answer(413, "", "Connection: close"))
            while connection.recv(65536):  # else the answer may be lost in a reset
                pass
            return None
        server = self.serve()
        original = server.read
        server.read = lambda connection: refuse_large(connection, original)
        self.make_events(500)
        self.send()
        self.assertEqual(self.rows("SELECT count(*) FROM delivery WHERE state = 4"), [(500,)])
        self.assertNotIn(UNKNOWN, self.attempts())

    def test_a_slow_link_delivers_or_is_unknown(self):
        def slow_reader(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server = self.serve(on_connect=slow_reader)
        self.make_events(300)
        self.run_program("send")
        self.check_nothing_is_lost(server)


if __name__ == "__main__":
    unittest.main()
