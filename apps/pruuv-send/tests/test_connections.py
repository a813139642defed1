"""Connections by hand: add, pause, resume, test; what they say, and what they leave alone."""

import json
import unittest

import harness
from harness import DAY, FBCLID, TTCLID, event, google, google_ads, meta, tiktok

TOKEN = "EAABcanary0token"
GOOGLE = json.loads(harness.TOKENS["GOOGLE_TOKEN"])


def as_google(**changes):
    return json.dumps({**GOOGLE, **changes})


class Connections(harness.ProgramTest):
    def run_program(self, *arguments, **more):
        done = super().run_program(*arguments, **more)
        secrets = [TOKEN, GOOGLE["client_secret"], GOOGLE["refresh_token"], harness.TOKENS["META_TOKEN"],
                   harness.TOKENS["TIKTOK_TOKEN"], "revoked-canary"]
        for secret in secrets:
            self.assertNotIn(secret, done.out + done.err, arguments)
        return done

    def connections(self, *arguments, code=0):
        return self.run_program("connections", *arguments, code=code)

    def actions(self):
        return [(action, json.loads(detail)) for action, detail in
                self.rows("SELECT action, detail FROM operator_action ORDER BY rowid")]

    def add(self, *arguments, code=0):
        return self.connections("add", "acme", "meta", "pixel_id=1234567890123456", "currency=EUR",
                                "default_country=DE", *arguments, code=code)

    def try_all(self, *arguments, code=0):
        """`test`, as JSON; the store stays as it is, to the byte."""
        before = self.store.read_bytes()
        done = self.connections("test", *arguments, "--format", "json", code=code).json()
        self.assertEqual(self.store.read_bytes(), before)
        self.assertEqual(done["exit"], code)
        return done["connections"]


class Add(Connections):
    def test_an_added_connection_sends(self):
        self.make_store()
        self.import_events(event(**FBCLID))
        done = self.add("credential=env:META_TOKEN", "meta.denied_consent=skip")
        self.assertRegex(done.out, r"^acme meta/default: added to 1234567890123456; ")
        self.assertEqual(done.err.count("warning: an environment variable can be read"), 1)
        self.import_events(event(**FBCLID))
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        self.assertEqual(self.actions(), [("connections-add", {
            "client_id": "acme", "platform": "meta", "connection": "default",
            "keys": "credential, currency, default_country, meta.denied_consent, pixel_id"})])

    def test_a_secret_kept_elsewhere_is_no_reason_to_warn(self):
        self.make_store()
        self.assertEqual(self.add("credential=sealed:meta").err, "")

    def test_import_and_set_warn_once(self):
        self.run_program("init", code=0)
        done = self.run_program("connections", "import", "-", stdin=json.dumps([meta(), tiktok()]), code=0)
        self.assertEqual(done.err.count("warning: "), 1)
        changed = self.connections("set", "acme", "meta", "--name", "main", "currency=GBP")
        self.assertEqual(changed.err.count("warning: "), 1)

    def test_backfill_takes_what_came_before(self):
        self.make_store()
        self.import_events(event(**FBCLID), event(**TTCLID))
        self.send()
        self.assertIn("backfill 48h: 1 earlier events are due now", self.add("credential=env:META_TOKEN",
                                                                             "--backfill", "48h").out)
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        self.connections("add", "acme", "tiktok", "pixel_code=C9ABCDEFGHIJKLMNOPQR", "credential=env:TIKTOK_TOKEN",
                         "--backfill", "soon", code=64)

    def test_one_of_that_name_is_left_as_it_is(self):
        self.make_store()
        self.add("credential=env:META_TOKEN")
        before = self.store.read_bytes()
        again = self.add("credential=file:/elsewhere", code=64)
        self.assertIn("connections set", again.err)
        self.assertEqual(self.store.read_bytes(), before)
        self.add("credential=env:META_TOKEN", "--name", "second")
        self.assertEqual(self.rows("SELECT count(*) FROM connection"), [(2,)])

    def test_google_has_two_apis(self):
        self.make_store()
        more = ("customer_id=123-456-7890", "conversion_action_id=987654321", "credential=env:GOOGLE_TOKEN")
        self.connections("add", "acme", "google", *more)
        self.connections("add", "acme", "google", "--api", "google_ads", "--name", "second", *more)
        self.assertEqual(self.rows("SELECT name, api FROM connection ORDER BY name"),
                         [("default", "data_manager"), ("second", "google_ads")])
        for word in (f"api={TOKEN}", f"customer_id={TOKEN}", f"login_customer_id={TOKEN}"):
            refused = self.connections("set", "acme", "google", word, code=None)
            self.assertIn(refused.code, (64, 78))
            self.assertIn("hint: ", refused.err)

    def test_what_cannot_be_is_refused_and_never_quoted(self):
        self.make_store()
        before = self.store.read_bytes()
        for word in (TOKEN, f"{TOKEN}=", f"{TOKEN}={TOKEN}", f"={TOKEN}", f"credential={TOKEN}", f"pixel_id={TOKEN}",
                     f"currency={TOKEN}", f"default_country={TOKEN}", f"paused={TOKEN}", f"on_unknown={TOKEN}",
                     f"api={TOKEN}", f"meta.denied_consent={TOKEN}", f"match={TOKEN}", f"client_id={TOKEN}"):
            with self.subTest(word):
                done = self.add("credential=env:META_TOKEN", word, code=None)
                self.assertIn(done.code, (64, 78), done)
                self.assertIn("hint: ", done.err)
        self.assertIn("did you mean google?", self.connections("add", "acme", "gogle", code=64).err)
        self.connections("add", "acme", "meta", code=78)
        self.assertEqual(self.store.read_bytes(), before)

    def test_a_misspelt_key_is_told_without_its_value(self):
        self.make_store(meta())
        for word, meant in ((f"curency={TOKEN}", "currency"), (f"credentials={TOKEN}", "credential"),
                            ("pixelid=1", "pixel_id"), ("meta.denied_consnet=skip", "meta.denied_consent")):
            for command in (self.add, lambda *a, **k: self.connections("set", "acme", "meta", "--name", "main", *a, **k)):
                done = command(word, code=64)
                self.assertIn(f"did you mean {meant}?", done.err)


class PauseAndResume(Connections):
    def test_paused_is_held_and_resumed_goes(self):
        self.make_store(meta(credential="sealed:x"), meta(name="other", pixel_id="2222222222222222"))
        self.connections("set", "acme", "meta", "--name", "main", "credential=env:META_TOKEN")
        self.assertRegex(self.connections("pause", "acme", "meta", "--name", "main").out,
                         r"^acme meta/main: paused; .* held until `connections resume`\n$")
        self.import_events(event(**FBCLID), event(age_s=DAY, **FBCLID), event(age_s=6 * DAY, **FBCLID))
        counts = self.send().json()["platforms"]["meta"]
        self.assertEqual((counts["accepted"], counts["paused"]), (3, 3))
        self.now += 2 * DAY
        self.assertEqual(self.connections("resume", "acme", "meta", "--name", "main").out,
                         "acme meta/main: resumed; 2 held deliveries go in the next run, 1 is too old\n")
        done = self.send(code=3).json()["platforms"]["meta"]
        self.assertEqual((done["accepted"], done["expired"]), (2, 1))
        self.assertEqual([action for action, _ in self.actions()],
                         ["connections-set", "connections-pause", "connections-resume"])

    def test_what_is_so_already_is_said_and_not_recorded(self):
        self.make_store(meta())
        which = ("acme", "meta", "--name", "main")
        self.assertIn("was not paused; nothing was held", self.connections("resume", *which).out)
        self.connections("pause", *which)
        before = self.store.read_bytes()
        self.assertIn("was paused already", self.connections("pause", *which).out)
        self.assertEqual(self.store.read_bytes(), before)
        self.assertEqual([action for action, _ in self.actions()], ["connections-pause"])

    def test_the_advice_for_a_paused_connection_is_the_command(self):
        self.make_store(meta())
        lead = event(**FBCLID)
        self.import_events(lead)
        self.connections("pause", "acme", "meta", "--name", "main")
        self.send()
        self.assertIn("pruuv-send connections resume CLIENT PLATFORM",
                      self.run_program("inspect", lead["id"], code=0).out)

    def test_there_must_be_such_a_connection(self):
        self.make_store(meta())
        for command in ("pause", "resume"):
            for which in (("acme", "meta"), ("acme", "tiktok"), ("nobody", "meta"), ("acme", "facebook")):
                self.assertIn("hint: ", self.connections(command, *which, code=64).err)


class Test(Connections):
    def test_what_works_is_said_and_what_cannot_be_checked(self):
        self.make_store(meta(), tiktok(), google(), google_ads(name="ads", paused=True))
        lines = {(line["platform"], line["connection"]): line for line in self.try_all()}
        self.assertEqual([line["ok"] for line in lines.values()], [True] * 4)
        for name in ("main", "ads"):
            self.assertEqual(lines["google", name]["fine"], ["credential read and well-formed", "access token given",
                                                             "the platform takes a made-up event"])
        for platform in ("meta", "tiktok"):
            self.assertEqual(lines[platform, "main"]["fine"], ["credential read and well-formed"])
            self.assertIn("--limit 1", lines[platform, "main"]["next"])
            self.assertIn("without counting", lines[platform, "main"]["not_checked"])
        self.assertEqual([e["reason"] for e in self.sandbox.events()], ["checked only"] * 2)
        self.assertFalse([r for r in self.sandbox.requests() if r["platform"] in ("meta", "tiktok")])
        text = self.connections("test").out
        self.assertRegex(text, r"(?m)^acme google/main: ok: credential read and well-formed, access token given, "
                               r"the platform takes a made-up event; not checked: whether clicks are known$")
        self.assertRegex(text, r"(?m)^acme google/ads \(paused\): ok: ")
        self.assertRegex(text, r"(?m)^acme meta/main: ok: .*\n  hint: send one event with `pruuv-send send "
                               r"--client acme --platform meta --limit 1`")

    def test_the_made_up_event_is_one_the_connection_takes(self):
        self.make_store(google(conversion_action_id="", conversion_actions={"booking": "55", "purchase": "66"},
                               match={"event_names": ["visit", "purchase"], "hosts": ["shop.example"]}))
        self.assertTrue(self.try_all()[0]["ok"])
        sent = self.sandbox.events()[0]["body"]
        self.assertEqual(sent["adIdentifiers"]["gclid"], "Cj0KCQ-connection-test")

    def test_a_connection_that_can_send_nothing_fails(self):
        self.make_store(google(conversion_action_id="", conversion_actions={"booking": "55"},
                               match={"event_names": ["visit"]}))
        line = self.try_all(code=3)[0]
        self.assertEqual((line["ok"], line["reason"]), (False, "no_conversion_action"))
        self.assertIn("conversion_action", line["advice"])
        self.assertEqual(self.sandbox.events(), [])

    def test_only_those_that_are_asked_for(self):
        self.make_store(meta(), tiktok(), meta("beta", pixel_id="2222222222222222"), meta(name="second"))
        names = lambda *arguments: [(line["client_id"], line["platform"], line["connection"])
                                    for line in self.try_all(*arguments)]
        self.assertEqual(len(names()), 4)
        self.assertEqual(names("beta"), [("beta", "meta", "main")])
        self.assertEqual(names("acme", "tiktok"), [("acme", "tiktok", "main")])
        self.assertEqual(names("acme", "meta", "--name", "second"), [("acme", "meta", "second")])
        for arguments in (("nobody",), ("beta", "tiktok"), ("acme", "facebook"), ("acme", "meta", "--name", "third")):
            self.assertIn("hint: ", self.connections("test", *arguments, code=64).err)

    def test_a_store_without_connections(self):
        self.make_store()
        self.assertIn("connections add", self.connections("test", code=64).err)

    def test_a_credential_that_is_not_there_or_none(self):
        self.extra_environment = {"BROKEN": f"two words {TOKEN}", "HALF": json.dumps({"client_secret": TOKEN})}
        self.make_store(meta(credential="env:NOT_SET"), tiktok(credential="env:BROKEN"), google(credential="env:HALF"),
                        meta(name="good", pixel_id="2222222222222222"))
        lines = {(line["platform"], line["connection"]): line for line in self.try_all(code=3)}
        for key in (("meta", "main"), ("tiktok", "main"), ("google", "main")):
            self.assertEqual((lines[key]["ok"], lines[key]["reason"]), (False, "credential_missing"), key)
            self.assertIn("credential reference", lines[key]["advice"])
        self.assertTrue(lines["meta", "good"]["ok"])
        self.assertEqual(self.sandbox.requests(), [])
        self.assertRegex(self.connections("test", code=3).out,
                         r"(?m)^acme meta/main: FAILED: the connection's credential could not be read: .*NOT_SET.*\n"
                         r"  hint: check the credential reference")

    def test_a_revoked_refresh_token(self):
        self.extra_environment = {"REVOKED": as_google(refresh_token="revoked-canary")}
        self.make_store(google(credential="env:REVOKED"), google(name="good"))
        lines = {line["connection"]: line for line in self.try_all(code=3)}
        self.assertEqual((lines["main"]["ok"], lines["main"]["reason"]), (False, "credential_refused"))
        self.assertIn("invalid_grant", lines["main"]["fault"])
        self.assertIn("make a new token", lines["main"]["advice"])
        self.assertTrue(lines["good"]["ok"])

    def test_what_the_platform_says_of_the_connection_is_a_failure(self):
        self.make_store(google())
        self.sandbox.misbehave({"platform": "data_manager", "times": 1, "platform_error": "permission"})
        line = self.try_all(code=3)[0]
        self.assertEqual((line["ok"], line["reason"], line["may_pass"]), (False, "permission_missing", False))
        self.assertIn("PERMISSION_DENIED", line["fault"])
        self.assertTrue(line["advice"])

    def test_what_the_platform_says_of_the_event_alone_is_none(self):
        self.make_store(google_ads())
        self.sandbox.misbehave({"platform": "google_ads", "times": 1, "platform_error": "too_recent"})
        self.assertIn("TOO_RECENT", self.try_all()[0]["remark"])
        self.connections("set", "acme", "google", "--name", "main", "--api", "data_manager")
        self.sandbox.misbehave({"platform": "data_manager", "times": 1, "platform_error": "invalid_argument"})
        line = self.try_all()[0]
        self.assertTrue(line["ok"])
        self.assertIn("INVALID_ARGUMENT", line["remark"])
        self.assertIn("the platform objects to nothing but the made-up event", line["fine"])

    def test_a_busy_platform_fails_for_the_moment(self):
        self.make_store(google())
        self.sandbox.misbehave({"platform": "data_manager", "times": 1, "status": 503})
        line = self.try_all(code=3)[0]
        self.assertEqual((line["ok"], line["may_pass"]), (False, True))
        self.assertIn("again later", line["advice"])

    def test_nothing_reached_is_69(self):
        self.make_store(google(), meta())
        self.extra_environment = {"PRUUV_GOOGLE_TOKEN_URL": "https://127.0.0.1:1/token"}
        self.assertEqual([line["ok"] for line in self.try_all(code=69)], [False, True])
        self.extra_environment = {"PRUUV_DATA_MANAGER_URL": "https://127.0.0.1:1"}
        self.assertEqual([line["may_pass"] for line in self.try_all(code=3)], [True, False])

    def test_a_place_of_secrets_that_is_down_is_69(self):
        self.extra_environment = {"VAULT_ADDR": "https://127.0.0.1:1", "VAULT_TOKEN": "hvs.canary"}
        self.make_store(google(credential="vault:secret/ads#google"))
        line = self.try_all(code=69)[0]
        self.assertEqual((line["reason"], line["may_pass"]), ("secrets_unavailable", True))
        self.assertNotIn("hvs.canary", json.dumps(line))


if __name__ == "__main__":
    unittest.main()
