"""A row in the store becomes an HTTPS request and an audit record, for every platform and route."""

import csv
import io
import json
import unittest
import uuid

import harness
from harness import DAY, FBCLID, GCLID, HOUR, NOW, TTCLID, event, google, google_ads, meta, tiktok


class FirstLight(harness.ProgramTest):
    def test_every_platform_gets_its_event_once(self):
        self.make_store(meta(), tiktok(), google(), google_ads("beta"))
        sent = [event(**FBCLID), event(**TTCLID), event(**{**GCLID, "gclid": "Cj0KCQiA-a"}),
                event("beta", **{**GCLID, "gclid": "Cj0KCQiA-b"}), event(**FBCLID, **TTCLID, gclid="Cj0KCQiA-c"), event()]
        self.import_events(*sent)
        done = self.send()
        self.assertEqual({p: c["accepted"] for p, c in done.json()["platforms"].items()},
                         {"meta": 2, "google": 3, "tiktok": 2})
        arrived = self.sandbox.events()
        self.assertEqual(len(arrived), 7)
        self.assertTrue(all(e["status"] == "accepted" for e in arrived), arrived)
        self.assertEqual(len({(e["platform"], e["event_id"]) for e in arrived}), 7)
        self.assertEqual({e["platform"] for e in arrived if e["event_id"] == sent[3]["id"]}, {"google_ads"})
        self.assertEqual({e["platform"] for e in arrived if e["event_id"] == sent[2]["id"]}, {"data_manager"})

        self.assertEqual(self.send().json()["due"], 0)
        self.assertEqual(len(self.sandbox.events()), 7)

    def test_audit_log_in_three_forms_and_by_every_filter(self):
        self.make_store(meta(), tiktok())
        lead, buy = event(**FBCLID), event(**TTCLID)
        self.import_events(lead, buy)
        self.send()
        rows = json.loads(self.run_program("audit", "--client", "acme", "--format", "json", code=0).out)
        self.assertEqual({(r["event_id"], r["platform"], r["status"], r["retry_count"]) for r in rows},
                         {(lead["id"], "meta", "accepted", 0), (buy["id"], "tiktok", "accepted", 0)})
        self.assertEqual(rows[0]["sent_at"], "2026-11-23T03:00:00Z")
        table = list(csv.DictReader(io.StringIO(
            self.run_program("audit", "--client", "acme", "--platform", "meta", "--format", "csv", code=0).out)))
        self.assertEqual([r["event_id"] for r in table], [lead["id"]])

        def count(*filters):
            return len(json.loads(self.run_program("audit", *filters, "--format", "json", code=0).out))
        self.assertEqual(count("--event", lead["id"].upper()), 1)
        self.assertEqual(count("--client", "nobody"), 0)
        self.assertEqual(count("--client", "acme", "--status", "rejected"), 0)
        self.assertEqual(count("--client", "acme", "--since", "2026-11-23T03:00:00Z"), 2)
        self.assertEqual(count("--client", "acme", "--until", "2026-11-23T03:00:00Z"), 0)
        self.run_program("audit", "--client", "acme", "--since", "soon", code=64)
        self.run_program("audit", "--client", "acme", "--status", "sent", code=64)

    def test_public_view_is_what_the_page_promises(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        self.send()
        columns = [row[1] for row in self.rows("PRAGMA table_info(conversion_audit_log)")]
        self.assertEqual(columns, ["event_id", "client_id", "platform", "connection", "status", "error",
                                   "error_message", "sent_at", "retry_count", "request_id"])

    def test_no_click_id_is_a_reason_and_everything_is_accounted_for(self):
        self.make_store(meta(), tiktok(), google())
        self.import_events(event(), event(**FBCLID), event(age_s=9 * DAY, **FBCLID),
                           event(age_s=HOUR, **GCLID), event("stranger", **FBCLID))
        counts = self.send(code=3).json()["platforms"]
        self.assertEqual(counts["meta"]["skipped"], {"no_click_id": 2, "unknown_client": 1})
        self.assertEqual(counts["meta"]["expired"], 1)
        self.assertEqual(counts["google"]["waiting"], 1)
        summary = json.loads(self.run_program("audit", "--client", "acme", "--summary", "--format", "json",
                                              code=0).out)
        for platform in ("meta", "tiktok", "google"):
            self.assertEqual(sum(r["events"] for r in summary if r["platform"] == platform), 4, summary)

    def test_young_google_click_waits_and_goes_later(self):
        self.make_store(google())
        self.import_events(event(age_s=HOUR, **GCLID))
        self.send()
        self.assertEqual(self.sandbox.events(), [])
        self.now = NOW + 5 * HOUR
        self.assertEqual(self.send().json()["platforms"]["google"]["accepted"], 1)

    def test_dry_run_sends_and_writes_nothing(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID), event(**FBCLID), event())
        before = self.store.read_bytes()
        done = self.send("--dry-run").json()
        self.assertEqual((done["due"], done["requests"][0]["events"]), (2, 2))
        self.assertIn("nothing was sent", self.run_program("--dry-run", code=0).out)
        self.assertEqual(self.store.read_bytes(), before)
        self.assertEqual(self.sandbox.requests(), [])

    def test_filters_and_limit(self):
        self.make_store(meta(), meta("beta", pixel_id="9876543210987654"), tiktok())
        self.import_events(*[event(**FBCLID, **TTCLID) for _ in range(4)], event("beta", **FBCLID))
        self.assertEqual(self.send("--client", "beta").json()["platforms"]["meta"]["accepted"], 1)
        self.assertEqual(self.send("--platform", "tiktok").json()["platforms"]["tiktok"]["accepted"], 4)
        self.assertEqual(self.send("--limit", "3").json()["platforms"]["meta"]["accepted"], 3)
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)

    def test_the_program_alone_is_send_and_a_good_night_is_silent(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        done = self.run_program(code=0)
        self.assertEqual((done.out, done.err), ("", ""))
        self.assertEqual(len(self.sandbox.events()), 1)

    def test_inspect_says_why_and_shows_no_person(self):
        self.make_store(meta(), tiktok())
        made = event(phone="030 123456", email="grace.hopper@example.com", first_name="Grace", **FBCLID)
        self.import_events(made)
        text = self.run_program("inspect", made["id"].upper(), code=0).out
        self.assertIn("/v26.0/1234567890123456/events", text)
        self.assertIn("no_click_id", text)
        self.assertIn("Authorization: ***", text)
        for private in ("grace", "Grace", "203.0.113.9", "Mozilla/5.0 (X11)", FBCLID["fbclid"], "123456\n"):
            self.assertNotIn(private, text.replace("1234567890123456", ""))
        self.send()
        self.assertEqual(json.loads(self.run_program("inspect", made["id"], "--json", code=0).out)
                         ["attempts"][0]["status"], "accepted")
        self.run_program("inspect", str(uuid.uuid4()), code=64)


if __name__ == "__main__":
    unittest.main()
