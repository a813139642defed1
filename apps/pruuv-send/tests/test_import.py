"""What comes in: every line is imported, known already, or refused with its number and reason."""

import json
import os
import sqlite3
import stat
import unittest
import uuid

import harness
from harness import FBCLID, HOUR, NOW, event, google, meta, tiktok


class Import(harness.ProgramTest):
    def test_bad_lines_are_named_and_kept_and_good_ones_go_in(self):
        self.make_store()
        good, other = event(), event()
        changed = {**other, "email": "other@example.com"}
        lines = ["\ufeff" + json.dumps(good), "", json.dumps(good), "not json", "[1]", '{"id":"x"}',
                 json.dumps({**event(), "event_time": NOW * 1000}), json.dumps({**event(), "client_id": " "}),
                 json.dumps(other), json.dumps(changed), '{"id":"' + "x" * (1 << 21) + '"}', json.dumps(event())]
        rejects = self.folder / "rejects.ndjson"
        done = self.run_program("import", "-", "--rejects", rejects, "--json", code=3, stdin="\r\n".join(lines))
        result = done.json()
        self.assertEqual((result["imported"], result["already_there"], result["refused"]), (3, 1, 7))
        self.assertEqual([r["line"] for r in result["refusals"]], [4, 5, 6, 7, 8, 10, 11])
        self.assertIn("divide by 1000", result["refusals"][3]["reason"])
        self.assertIn("id_conflict", result["refusals"][5]["reason"])
        kept = [json.loads(line) for line in rejects.read_text().splitlines()]
        self.assertEqual([k["line"] for k in kept], [4, 5, 6, 7, 8, 10, 11])
        self.assertEqual(json.loads(kept[5]["input"]), changed)
        self.assertEqual(stat.S_IMODE(os.stat(rejects).st_mode), 0o600)
        self.assertEqual(self.rows("SELECT count(*) FROM funnel_event"), [(3,)])
        self.assertEqual(self.rows("SELECT email FROM funnel_event WHERE id = ?", other["id"]),
                         [("ada@example.com",)])

    def test_values_stay_as_written_and_blank_means_absent(self):
        self.make_store()
        made = event(value=10.50, email=" ", phone=None, limited_data_use=True, click_timestamp=NOW - HOUR,
                     zip=12345, city="", utm={"source": "x"})
        line = json.dumps(made).replace("10.5", "10.500")
        self.run_program("import", "-", stdin=line, code=0)
        self.assertEqual(
            self.rows("SELECT value, email, phone, limited_data_use, click_timestamp, zip, city, extra"
                      " FROM funnel_event"),
            [("10.500", None, None, "true", NOW - HOUR, "12345", None, '{"utm":{"source":"x"}}')])

    def test_a_missing_file_and_a_missing_store(self):
        self.assertIn("init", self.run_program("import", "-", code=66).err)
        self.make_store()
        self.run_program("import", self.folder / "none.ndjson", code=64)

    def test_collectors_insert_is_dropped_when_known(self):
        self.make_store()
        made = event()
        self.import_events(made)
        with sqlite3.connect(self.store) as database:
            for verb in ("INSERT", "INSERT OR REPLACE"):
                database.execute(f"{verb} INTO funnel_event (id, client_id, event_name, event_time) VALUES (?,?,?,?)"
                                 + (" ON CONFLICT(id) DO NOTHING" if verb == "INSERT" else ""),
                                 (made["id"].upper(), "evil", "lead", NOW))
        database.close()
        self.assertEqual(self.rows("SELECT client_id, count(*) FROM funnel_event"), [("acme", 1)])


class Connections(harness.ProgramTest):
    def import_connections(self, *connections, code=0, more=()):
        return self.run_program("connections", "import", "-", *more, stdin=json.dumps(list(connections)), code=code)

    def test_importing_again_updates_and_keeps_what_is_absent(self):
        self.make_store(meta(), tiktok())
        self.assertIn("updated 1, unchanged 0", self.import_connections(meta(paused=True)).out)
        self.assertIn("unchanged 1", self.import_connections(meta(paused=True)).out)
        listed = json.loads(self.run_program("connections", "list", "--format", "json", code=0).out)
        self.assertEqual([(c["platform"], c["paused"]) for c in listed], [("meta", True), ("tiktok", False)])
        self.assertNotIn(harness.TOKENS["META_TOKEN"], json.dumps(listed))

    def test_a_destination_never_changes_under_a_name(self):
        self.make_store(meta())
        done = self.import_connections(meta(pixel_id="42"), code=78)
        self.assertIn("acme", done.err)

    def test_faults_are_named(self):
        self.make_store()
        for wrong, word in (
                ({"platform": "myspace"}, "myspace"), ({"pixel_id": "abc"}, "pixel_id"),
                ({"pixel_id": None}, "pixel_id"), ({"credential": ""}, "credential"),
                ({"credential": "EAAB-a-token-by-mistake"}, "credential"), ({"colour": "red"}, "colour"),
                ({"default_country": "Germany"}, "default_country"), ({"currency": "Euro"}, "currency"),
                ({"paused": "perhaps"}, "paused"), ({"client_id": ""}, "client_id")):
            done = self.import_connections(meta(**wrong), code=78)
            self.assertIn(word, done.err)
            self.assertNotIn("EAAB", done.err)
        self.assertEqual(self.rows("SELECT count(*) FROM connection"), [(0,)])
        self.import_connections(google(customer_id="123"), code=78)

    def test_one_a_line_and_a_single_object_are_read_too(self):
        self.make_store()
        self.run_program("connections", "import", "-", stdin=json.dumps(meta()), code=0)
        self.run_program("connections", "import", "-", code=0,
                         stdin=json.dumps(tiktok()) + "\n" + json.dumps(google()) + "\n")
        self.assertEqual(self.rows("SELECT count(*) FROM connection"), [(3,)])

    def test_a_connection_takes_what_comes_after_it_unless_asked(self):
        self.make_store()
        self.import_events(event(**FBCLID), event(**FBCLID))
        self.send()
        self.import_connections(meta())
        self.import_events(event(**FBCLID))
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        self.assertIn("backfill 48h: 2 earlier events", self.import_connections(meta(), more=("--backfill", "48h")).out)
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 2)
        self.assertIn("0 earlier events", self.import_connections(meta(), more=("--backfill", "48h")).out)
        self.import_connections(meta(), code=64, more=("--backfill", "72h"))
        self.import_connections(meta(), more=("--backfill", "72h", "--yes"))

    def test_a_backfill_before_any_run_takes_waiting_events_too(self):
        self.make_store()
        self.import_events(event(**FBCLID))
        self.import_connections(meta(), more=("--backfill", "48h"))
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)


if __name__ == "__main__":
    unittest.main()
