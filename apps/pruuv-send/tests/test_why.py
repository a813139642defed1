"""Why did this lead not count? What inspect, audit and later verdicts say, as account staff read it."""

import json
import re
import subprocess
import unittest

import harness
from harness import DAY, FBCLID, GCLID, HOUR, NOW, TTCLID, event, google, google_ads, meta, tiktok


class Why(harness.ProgramTest):
    def inspect(self, one, *arguments):
        return self.run_program("inspect", one["id"], *arguments, code=0).out

    def summary(self, *arguments):
        return json.loads(self.run_program("audit", "--summary", "--format", "json", *arguments, code=0).out)

    def test_inspect_answers_first_and_gives_every_reason(self):
        self.make_store(meta(), tiktok(match={"event_names": ["purchase"]}))
        lead = event(age_s=9 * DAY, consent_ad_user_data="denied", **FBCLID)
        self.import_events(lead)
        text = self.inspect(lead)
        head, rest = text.split("\nthe event", 1)
        self.assertRegex(head, r"(?m)^meta +does not go: older than the platform accepts \[too_old\]$")
        self.assertRegex(head, r"(?m)^google +does not go: the event carries no click id of this platform \[no_click_id\]$")
        self.assertRegex(head, r"(?m)^tiktok +does not go: the event carries no click id of this platform \[no_click_id\]$")
        self.assertNotIn("hint: that is right if the visitor came another way", head)
        for reason in ("too_old", "consent_denied", "no_click_id", "not_matched"):
            self.assertIn(f"    {reason}: ", rest)
        told = json.loads(self.inspect(lead, "--json"))
        self.assertEqual([c["reasons"] for c in told["connections"]],
                         [["too_old", "consent_denied"], ["no_click_id", "not_matched", "consent_denied"]])

    def test_inspect_tells_what_became_of_an_event(self):
        self.make_store(meta(), tiktok(credential="env:NOT_SET"), google(credential="env:GOOGLE_TOKEN"))
        lead = event(age_s=HOUR, **FBCLID, **TTCLID, **GCLID)
        self.import_events(lead)
        self.send(code=3)
        head = self.inspect(lead).split("\nthe event", 1)[0]
        self.assertRegex(head, r"(?m)^meta +accepted on 2026-11-23T03:00:00Z$")
        self.assertRegex(head, r"(?m)^tiktok +held: the connection's credential could not be read \[credential_missing\]$")
        self.assertRegex(head, r"(?m)^google +waits: the click is younger than Google accepts \[young_click\]; it goes in the first run"
                               r" from 2026-11-23T08:00:00Z on$")
        self.assertIn("hint: check the credential reference", head)

    def test_inspect_knows_damaged_click_ids(self):
        self.make_store(meta(), google())
        lead = event(fbclid="iwar2f4-dbp0l7mn1iawqqgcinez7pyxqvwjnwb_qa2ofryilj", gclid="{gclid}",
                     wbraid=FBCLID["fbclid"])
        self.import_events(lead)
        text = self.inspect(lead)
        self.assertIn("remarks on the click ids", text)
        self.assertIn("fbclid: the click id has no capital letter", text)
        self.assertIn("gclid: this is a placeholder", text)
        self.assertIn("wbraid: this is a click id of another platform", text)
        reasons = {r["field"]: r["reason"] for r in json.loads(self.inspect(lead, "--json"))["click_ids"]}
        self.assertEqual(reasons, {"fbclid": "click_id_lower_cased", "gclid": "click_id_placeholder",
                                   "wbraid": "click_id_of_another_platform"})

    def test_the_summary_adds_up_for_every_client_and_platform(self):
        self.make_store(meta(), meta(name="second", pixel_id="2222222222222222"), google(), tiktok("beta"))
        self.import_events(event(**FBCLID), event(), event(age_s=9 * DAY, **FBCLID), event(age_s=HOUR, **GCLID),
                           event("beta", **TTCLID), event("beta"), event("nobody", **TTCLID))
        self.send(code=3)
        self.import_events(event(**FBCLID))
        counts = self.summary()
        events = {"acme": 5, "beta": 2, "nobody": 1}
        self.assertEqual({r["client_id"]: r["events"] for r in counts if r["outcome"] == "events"}, events)
        self.assertEqual({r["client_id"]: r["events"] for r in counts if r["outcome"] == "without_click_id"},
                         {"acme": 1, "beta": 1, "nobody": 0})
        words = {"accepted", "rejected", "held", "waiting", "skipped", "expired"}
        for client, number in events.items():
            for platform in ("meta", "google", "tiktok"):
                rows = [r for r in counts if (r["client_id"], r["platform"]) == (client, platform)]
                self.assertEqual(sum(r["events"] for r in rows), number, (client, platform, rows))
                self.assertLessEqual({r["outcome"] for r in rows}, words)
        self.assertIn({"client_id": "acme", "platform": "meta", "outcome": "waiting", "reason": "not_planned",
                       "events": 1}, counts)
        text = self.run_program("audit", "--summary", "--client", "acme", code=0).out
        self.assertRegex(text, r"(?m)^acme: 5 events, 1 of them with no click id of any platform\n")
        self.assertRegex(text, r"(?m)^meta +all +5$")

    def test_quality_shows_what_is_missing(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID), event(phone="+4930123456", **FBCLID), event(email="", **FBCLID),
                           event(email="not one", **FBCLID))
        self.send()
        text = self.run_program("audit", "--quality", "--client", "acme", code=0).out
        self.assertRegex(text, r"(?m)^  e-mail +2 +50\.0 %  #{15}\.{15}$")
        self.assertRegex(text, r"(?m)^  click id \(fbc\) +4 +100\.0 %  #{30}$")
        self.assertRegex(text, r"(?m)^  left out of 1 event: email: the e-mail address is malformed$")
        rows = json.loads(self.run_program("audit", "--quality", "--client", "acme", "--format", "json", code=0).out)
        self.assertIn({"client_id": "acme", "platform": "meta", "connection": "main", "kind": "signal",
                       "name": "phone", "fields": "phone", "events": 1, "of": 4}, rows)
        self.run_program("audit", "--quality", code=64)
        self.run_program("audit", "--quality", "--summary", "--client", "acme", code=64)

    def test_data_manager_refuses_afterwards_and_the_audit_log_says_so(self):
        self.make_store(google())
        good = event(gclid="Cj0KCQiA-good")
        bad = event(gclid="later-INVALID_GCLID-x")
        early = event(gclid="once-TOO_RECENT_CLICK-x")
        self.import_events(good, bad, early)
        self.assertEqual(self.send().json()["platforms"]["google"]["accepted"], 3)
        self.now += DAY
        done = self.send(code=3).json()["platforms"]["google"]
        self.assertEqual((done["confirmed"], done["refused_afterwards"], done["asked_again"], done["accepted"]),
                         (1, 1, 1, 1))
        rows = json.loads(self.run_program("audit", "--client", "acme", "--status", "rejected", "--format", "json",
                                           code=0).out)
        self.assertEqual([(r["event_id"], r["error"]) for r in rows], [(bad["id"], "INVALID_GCLID")])
        self.assertRegex(self.inspect(bad), r"(?m)^google +refused on 2026-11-24T03:00:00Z: .*INVALID_GCLID")
        self.assertRegex(self.inspect(good), r"(?m)^google +accepted, and the platform says since that it counted it$")
        self.assertRegex(self.inspect(early), r"(?m)^google +accepted on .*; the platform has not said yet")
        self.run_program("audit", "--verify", code=0)
        self.now += DAY
        self.assertEqual(self.send().json()["platforms"]["google"]["confirmed"], 1)

    def test_a_service_account_sends(self):
        self.make_store(google(credential=f"file:{self.sandbox.folder}/service-account.json"))
        self.import_events(event(**GCLID))
        self.assertEqual(self.send().json()["platforms"]["google"]["accepted"], 1)

    def test_the_way_to_data_manager_is_one_command(self):
        self.make_store(google_ads())
        self.import_events(event(**GCLID))
        self.sandbox.misbehave({"platform": "google_ads", "times": 1, "platform_error": "not_allowlisted"})
        stopped = self.send(code=3).json()["stopped"]
        self.assertIn("connections set", stopped[0]["detail"])
        self.run_program("connections", "set", "acme", "google", "--name", "main", "--api", "data_manager", code=0)
        self.assertEqual(self.send().json()["platforms"]["google"]["accepted"], 1)

    def test_a_change_that_cannot_be_is_refused_and_nothing_is_changed(self):
        self.make_store(meta())
        before = self.rows("SELECT settings, api FROM connection")
        for arguments in (("nobody=1",), ("EAABsecret",), ("credential=EAABsecret",), ("meta.denied_consent=perhaps",), ("pixel_id=99",), ("client_id=x",),
                          ("currency=EURO",), ()):
            with self.subTest(arguments):
                done = self.run_program("connections", "set", "acme", "meta", "--name", "main", *arguments)
                self.assertIn(done.code, (64, 78), done)
                self.assertIn("hint: ", done.err)
                self.assertNotIn("EAAB", done.err)
        self.assertEqual(self.run_program("connections", "set", "acme", "tiktok", "currency=EUR").code, 64)
        self.assertEqual(self.rows("SELECT settings, api FROM connection"), before)

    def test_a_run_for_one_client_speaks_of_that_client(self):
        self.make_store(meta(), meta("beta", credential="env:NOT_SET", pixel_id="2222222222222222"))
        self.import_events(event(**FBCLID), event(), event("beta", **FBCLID), event("beta"), event("nobody"))
        preview = self.send("--client", "acme", "--dry-run").json()
        self.assertEqual((preview["planned_events"], preview["platforms"]["meta"]["skipped"]), (2, {"no_click_id": 1}))
        self.send("--client", "beta", code=3)
        done = self.send("--client", "acme").json()
        self.assertEqual((done["platforms"]["meta"]["accepted"], done["open_held"]), (1, 0))
        refused = self.run_program("send", "--client", "Acme", code=64)
        self.assertIn("did you mean acme?", refused.err)
        self.run_program("send", "--platform", "facebook", code=64)

    def test_pausing_by_hand(self):
        self.make_store(meta())
        lead = event(**FBCLID)
        self.import_events(lead)
        pause = ("connections", "set", "acme", "meta", "--name", "main")
        self.run_program(*pause, "paused=true", code=0)
        self.assertRegex(self.inspect(lead), r"(?m)^meta +will be held: the connection is paused \[paused\]$")
        self.assertEqual(self.send().json()["platforms"]["meta"]["paused"], 1)
        self.run_program(*pause, "paused=maybe", code=78)
        self.run_program(*pause, "match=x", code=64)
        self.run_program(*pause, "paused=false", code=0)
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)

    def test_another_platforms_click_id_brings_no_one_there(self):
        self.make_store(meta(), tiktok(), google())
        self.import_events(event(ttclid="Cj0KCQiA6Ou5BhCrARIsAPoTxrAq"), event(fbclid="Cj0KCQiA6Ou5BhCrARIsAPoTxrAq"),
                           event(fbc="fb.1.1795316400000.undefined"), event(gclid=FBCLID["fbclid"]))
        counts = self.send().json()["platforms"]
        for platform in ("meta", "tiktok", "google"):
            self.assertEqual(counts[platform]["skipped"], {"no_click_id": 4})
        self.assertEqual(self.sandbox.requests(), [])

    def test_denied_consent_is_a_skip_unless_the_connection_says_send(self):
        self.make_store(meta(), google(), tiktok())
        denied = {"consent_ad_user_data": "denied", **FBCLID, **GCLID, **TTCLID}
        self.import_events(event(**denied))
        skipped = self.send().json()["platforms"]
        for platform in ("meta", "google", "tiktok"):
            self.assertEqual(skipped[platform]["skipped"], {"consent_denied": 1})
        for platform in ("meta", "google", "tiktok"):
            self.run_program("connections", "set", "acme", platform, "--name", "main",
                             f"{platform}.denied_consent=send", code=0)
        self.import_events(event(**denied))
        sent = self.send().json()["platforms"]
        self.assertEqual([sent[p]["accepted"] for p in ("meta", "google", "tiktok")], [1, 1, 1])
        google_event = [e["body"] for e in self.sandbox.events() if e["platform"] == "data_manager"][0]
        self.assertEqual(google_event["consent"]["adUserData"], "CONSENT_DENIED")
        self.assertNotIn("userData", google_event)

    def test_a_dead_version_holds_and_costs_no_attempt_of_the_event(self):
        self.make_store(google_ads())
        lead = event(**GCLID)
        self.import_events(lead)
        self.sandbox.misbehave({"platform": "google_ads", "times": 1, "platform_error": "unsupported_version"})
        self.assertEqual(self.send(code=3).json()["stopped"][0]["reason"], "api_version_dead")
        self.assertEqual(self.rows("SELECT faults, state FROM delivery"), [(0, 3)])
        self.assertEqual(self.send().json()["platforms"]["google"]["accepted"], 1)

    def test_sixty_days_before_a_version_ends_every_run_says_so(self):
        self.make_store(meta())
        self.extra_environment = {"PRUUV_META_VERSION": "v21.0"}  # until 2027-01-21
        self.now = NOW - 2 * DAY
        self.assertEqual(self.send().json()["warnings"], [])
        self.now = NOW
        self.assertRegex(self.send().json()["warnings"][0], r"meta: API version v21\.0 ends on 2027-01-21, in 59 days")
        self.assertIn("ends on 2027-01-21", self.run_program("send", code=0).err)

    def test_validate_only_counts_and_writes_nothing(self):
        self.make_store(meta(), google())
        self.import_events(event(**GCLID), event(**FBCLID))
        before = self.store.read_bytes()
        lines = self.run_program("send", "--validate-only", "--json", code=0).json()
        self.assertEqual([(line["platform"], line["fine"]) for line in lines], [("meta", 0), ("google", 1)])
        self.assertEqual([e["reason"] for e in self.sandbox.events()], ["checked only"])
        self.assertEqual(self.store.read_bytes(), before)
        requests = [r for r in self.sandbox.requests() if r["platform"] == "data_manager"]
        self.assertEqual(len(requests), 1)
        self.sandbox.misbehave({"platform": "data_manager", "times": 1, "platform_error": "permission"})
        refused = self.run_program("send", "--validate-only", code=3).out
        self.assertRegex(refused, r"1 refused: PERMISSION_DENIED")

    def test_details_reach_the_platforms(self):
        self.make_store(meta(), tiktok())
        self.import_events(event(name="purchase", value="49.90", gender="f", date_of_birth="1990-02-16",
                                 contents=[{"id": "SKU-1", "quantity": 2, "price": "24.95"}], content_type="product",
                                 **FBCLID, **TTCLID))
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        bodies = {e["platform"]: e["body"] for e in self.sandbox.events()}
        self.assertEqual(bodies["meta"]["custom_data"]["contents"],
                         [{"id": "SKU-1", "quantity": 2, "item_price": 24.95}])
        self.assertEqual(len(bodies["meta"]["user_data"]["db"][0]), 64)
        self.assertEqual(bodies["tiktok"]["properties"]["contents"][0]["content_id"], "SKU-1")


if __name__ == "__main__":
    unittest.main()
