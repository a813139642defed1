"""What a person does by hand: retry, replay, comparing, verifying the records, bringing an older store along."""

import fcntl
import json
import pathlib
import sqlite3
import unittest

import harness
from harness import DAY, FBCLID, HOUR, TTCLID, event, meta, tiktok

SCHEMA = pathlib.Path(__file__).resolve().parents[3] / "schema"


class ByHand(harness.ProgramTest):
    def write(self, *statements):
        """With an SQLite shell, as somebody who owns the file can."""
        with sqlite3.connect(self.store) as database:
            for statement in statements:
                database.execute(statement)

    def drop_triggers(self):
        self.write(*[f"DROP TRIGGER {name}"
                     for name, in self.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")])

    def states(self):
        return dict(self.rows("SELECT e.id, d.state FROM delivery d JOIN funnel_event e ON e.seq = d.event_seq"))

    def causes(self):
        rows = json.loads(self.run_program("audit", "--client", "acme", "--json", code=0).out)
        return [(r["event_id"], r["status"], r["cause"]) for r in reversed(rows)]


class Retry(ByHand):
    ACCEPTED, REJECTED = 4, 6

    def lose_answers(self, made, **filters):
        """Every answer for that event is lost: nobody knows what became of it."""
        self.import_events(made)
        self.sandbox.misbehave({"platform": "tiktok", "times": 50, "process": True, "close": True, **filters})
        self.send(code=69)
        self.sandbox.misbehave_no_more()
        self.assertEqual(self.states()[made["id"]], 2)

    def refuse(self, *events):
        self.import_events(*events)
        self.sandbox.misbehave(*[{"platform": "*", "refuse_event_id": e["id"], "reason": "bad"} for e in events])
        self.send(code=3)
        self.sandbox.misbehave_no_more()

    def test_what_may_have_arrived_is_left_out_until_it_is_asked_for(self):
        self.make_store(tiktok())
        unknown, refused = event(**TTCLID), event(**TTCLID)
        self.lose_answers(unknown)
        self.refuse(refused)
        self.now += 60

        said = self.run_program("retry", "--failed", "--dry-run", code=0).out
        self.assertIn("deliveries to send again: 1\n", said)
        self.assertIn("left out, because they may have arrived: 1\n", said)
        self.assertIn("--include-ambiguous", said)
        self.assertIn("tiktok: ", said)
        copies = len(self.sandbox.events())

        self.run_program("retry", "--failed", "--yes", code=0)
        self.assertEqual(self.states(), {unknown["id"]: 2, refused["id"]: self.ACCEPTED})
        self.assertEqual(self.sandbox.events()[copies:][0]["event_id"], refused["id"])
        self.assertEqual(self.causes()[-1], (refused["id"], "accepted", "retry"))
        self.run_program("retry", "--failed", "--yes", code=3)  # nothing but what is left out
        self.assertEqual(len(self.sandbox.events()), copies + 1)

        done = self.run_program("retry", "--failed", "--include-ambiguous", "--yes", code=0)
        self.assertIn("of them may have arrived: 1\n", done.err)
        self.assertIn("tiktok: ", done.err)
        self.assertEqual(self.states()[unknown["id"]], self.ACCEPTED)
        self.assertEqual(self.causes()[-1], (unknown["id"], "accepted", "retry"))
        self.run_program("retry", "--failed", "--yes", code=0)
        self.assertEqual([json.loads(d)["may_have_arrived"] for d, in self.rows("SELECT detail FROM operator_action")],
                         [0, 1])

    def test_one_event_by_its_id_is_asked_for(self):
        self.make_store(tiktok())
        unknown = event(**TTCLID)
        self.lose_answers(unknown)
        done = self.run_program("retry", "--event", unknown["id"].upper(), "--yes", code=0)
        self.assertIn("may have arrived: 1", done.err)
        self.assertEqual(self.states()[unknown["id"]], self.ACCEPTED)

    def test_by_reason_and_by_error(self):
        self.extra_environment = {"BETA_TOKEN": "expired-meta-token-123"}
        self.make_store(meta(), meta("beta", pixel_id="9876543210987654", credential="env:BETA_TOKEN"))
        bad, held = event(**FBCLID), event("beta", **FBCLID)
        self.import_events(held)
        self.refuse(bad)
        error = self.rows("SELECT error FROM conversion_audit_log WHERE event_id = ?", bad["id"])[-1][0]
        self.assertIn("/", error)

        def picked(*filters):
            said = self.run_program("retry", "--failed", "--dry-run", *filters, code=0).out
            return [e for e in (bad["id"], held["id"]) if e in said]
        self.assertEqual(picked(), [bad["id"], held["id"]])
        self.assertEqual(picked("--error", "credential_refused"), [held["id"]])
        self.assertEqual(picked("--error", "190"), [held["id"]])
        self.assertEqual(picked("--error", error), [bad["id"]])
        self.assertEqual(picked("--error", error.split("/")[0]), [bad["id"]])
        self.assertEqual(picked("--error", error[:1]), [])
        self.assertEqual(picked("--client", "beta", "--platform", "meta"), [held["id"]])
        self.assertEqual(picked("--error", "190", "--until", "24h"), [])
        self.run_program("retry", "--failed", "--error", error, "--yes", code=3)  # beta's is still held
        self.assertEqual(self.states()[bad["id"]], self.ACCEPTED)
        self.assertEqual(self.states()[held["id"]], 3)
        self.run_program("retry", "--error", "190", "--yes", code=64)

    def test_later_only_marks(self):
        self.make_store(tiktok())
        bad = event(**TTCLID)
        self.refuse(bad)
        copies = len(self.sandbox.requests())
        self.run_program("retry", "--failed", "--yes", "--later", code=0)
        self.assertEqual(len(self.sandbox.requests()), copies)
        self.send()
        self.assertEqual(self.causes()[-1], (bad["id"], "accepted", "retry"))
        self.assertRegex(self.run_program("audit", "--client", "acme", code=0).out, r"accepted \(retry\)")

    def test_what_is_too_old_stays_as_it_is(self):
        self.make_store(tiktok())
        bad = event(**TTCLID)
        self.refuse(bad)
        self.now += 60 * DAY
        done = self.run_program("retry", "--failed", "--yes", code=3)
        self.assertIn("takes them no more: 1\n", done.err)
        self.assertEqual(self.states()[bad["id"]], self.REJECTED)


class Diff(ByHand):
    def differences(self, *filters):
        rows = json.loads(self.run_program("replay", "--diff", "--json", *filters, code=0).out)
        return {(r["event_id"], r["platform"]): r["difference"] for r in rows}

    def test_a_replay_is_compared_with_what_went_last(self):
        self.make_store(meta(), tiktok())
        same, mended = event(**FBCLID), event(**FBCLID, **TTCLID)
        self.import_events(same, mended)
        self.send()
        before = self.store.read_bytes()
        sent = len(self.sandbox.requests())
        self.run_program("replay", "--diff", code=64)
        self.assertEqual(set(self.differences("--client", "acme").values()), {"same"})
        self.assertEqual(len(self.differences("--event", mended["id"])), 2)
        self.assertEqual(self.store.read_bytes(), before)

        self.write(f"UPDATE funnel_event SET email = 'grace@example.com' WHERE id = '{mended['id']}'")
        self.assertEqual(self.differences("--client", "acme"),
                         {(same["id"], "meta"): "same", (mended["id"], "meta"): "other_bytes",
                          (mended["id"], "tiktok"): "other_bytes"})
        self.run_program("connections", "import", "-", stdin=json.dumps([meta(event_names={"lead": "Contact"})]), code=0)
        self.assertEqual(self.differences("--platform", "meta"),
                         {(same["id"], "meta"): "other_key", (mended["id"], "meta"): "other_key"})
        said = self.run_program("replay", "--diff", "--client", "acme", code=0).out
        self.assertIn("another dedup key: a second conversion: 2\n", said)
        self.assertIn("nothing was sent", said)
        self.assertNotIn("grace", said)

        self.now += 60 * DAY
        self.assertEqual(set(self.differences("--client", "acme").values()), {"would_not_go"})
        self.assertEqual(len(self.sandbox.requests()), sent)

    def test_replay_says_replay_and_leaves_what_is_too_old(self):
        self.make_store(tiktok())
        made = event(**TTCLID)
        self.import_events(made)
        self.send()
        self.now += HOUR
        self.run_program("replay", "--event", made["id"], "--yes", code=0)
        self.assertEqual([c for _, _, c in self.causes()], ["schedule", "replay"])
        self.assertEqual(self.differences("--event", made["id"]), {(made["id"], "tiktok"): "same"})
        self.now += 60 * DAY
        done = self.run_program("replay", "--event", made["id"], "--yes", "--force", code=3)
        self.assertIn("takes them no more: 1\n", done.err)
        self.assertEqual(self.states(), {made["id"]: 4})
        self.assertEqual(self.rows("SELECT action FROM operator_action"), [("replay",)])


class Verify(ByHand):
    def verify(self, *arguments, code=0):
        return self.run_program("audit", "--verify", "--json", *arguments, code=code).json()

    def nights(self, count):
        self.make_store(meta())
        heads = []
        for _ in range(count):
            self.import_events(event(**FBCLID))
            heads.append(self.send().json()["chain_head"])
            self.now += DAY
        return heads

    def test_sound_records_hold(self):
        heads = self.nights(3)
        with open(f"{self.store}.lock", "a+", encoding="utf-8") as lock:  # no lock is needed
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.assertEqual(self.verify(), {"links": 6, "head": heads[-1], "journal_heads": 3, "fault": None})
        for head in heads:
            self.assertIsNone(self.verify("--head", head.upper())["fault"])
        said = self.run_program("audit", "--verify", code=0).out
        self.assertIn(f"links: 6\nhead: {heads[-1]}\nthe records hold", said)
        self.assertIn("not among the links", self.verify("--head", "ab" * 32, code=65)["fault"])
        self.run_program("audit", "--verify", "--head", "abc", code=64)
        self.run_program("audit", "--head", heads[0], code=64)
        self.run_program("audit", "--verify", "--summary", code=64)

    def test_what_somebody_did_to_the_records_is_named(self):
        self.nights(3)
        sound = self.store.read_bytes()
        for statements, fault in (
                (["UPDATE attempt SET error = 'x' WHERE id = 2"], "request_closed 2: changed"),
                (["DELETE FROM attempt WHERE id = 2"], "request_closed 2: 0 of its 1 attempts are there"),
                (["DELETE FROM request_opened WHERE id = 3"], "request_opened 3: missing"),
                # The end cut off so that what is left is whole in itself: only the journal knows.
                (["DELETE FROM chain_link WHERE id > 4", "DELETE FROM attempt WHERE id > 2",
                  "DELETE FROM request_closed WHERE request_id > 2", "DELETE FROM request_opened WHERE id > 2"],
                 "run journal, line 6: its chain head is not among the links")):
            with self.subTest(fault):
                self.store.write_bytes(sound)
                self.drop_triggers()
                self.write(*statements)
                self.assertIn(fault, self.verify(code=65)["fault"])
                self.assertIn(fault, self.run_program("audit", "--verify", code=65).out)

    def test_a_restored_copy_holds_once_it_is_accepted(self):
        self.nights(2)
        copy = self.store.read_bytes()
        self.import_events(event(**FBCLID))
        self.send()
        self.store.write_bytes(copy)
        self.assertIn("run journal, line 6", self.verify(code=65)["fault"])
        self.run_program("accept-restore", "--yes", code=0)
        self.assertIsNone(self.verify()["fault"])
        self.now += DAY
        self.import_events(event(**FBCLID))
        self.send()
        self.assertIsNone(self.verify()["fault"])


class OlderStore(ByHand):
    def test_a_store_of_the_first_schema_is_backed_up_and_sent_from(self):
        self.store.touch(0o600)
        with sqlite3.connect(self.store) as database:
            database.executescript((SCHEMA / "0001_store.sql").read_text(encoding="utf-8"))
            database.executescript("PRAGMA application_id = 0x50525556; PRAGMA user_version = 1;"
                                   "INSERT INTO store VALUES (1, 'of-the-first-schema', 0, 0);"
                                   "INSERT INTO client VALUES (1, 'acme')")
            database.execute("INSERT INTO connection VALUES (1, 1, 'meta', 'main', '1234567890123456', '',"
                             " '{\"credential\":\"env:META_TOKEN\"}', 0, 0, 0, 0)")
            made = [event(**FBCLID) for _ in range(3)]
            for one in made:
                keys = ", ".join(one)
                database.execute(f"INSERT INTO funnel_event ({keys}) VALUES ({', '.join('?' * len(one))})",
                                 list(one.values()))
            before = list(database.iterdump())
        backup = pathlib.Path(f"{self.store}.before-0002")
        self.run_program("send", "--dry-run", code=78)  # reading changes nothing
        self.assertFalse(backup.exists())

        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 3)
        self.assertEqual(self.rows("PRAGMA user_version"), [(5,)])
        with sqlite3.connect(backup) as database:
            self.assertEqual(list(database.iterdump()), before)
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        self.assertEqual(len(self.sandbox.events()), 3)
        self.run_program("audit", "--verify", code=0)


    def test_what_data_manager_accepted_lately_is_asked_about(self):
        self.store.touch(0o600)
        with sqlite3.connect(self.store) as database:
            for file in ("0001_store.sql", "0002_turns.sql"):
                database.executescript((SCHEMA / file).read_text(encoding="utf-8"))
            database.executescript("""
                PRAGMA application_id = 0x50525556; PRAGMA user_version = 2;
                INSERT INTO store VALUES (1, 'of-the-second-schema', 0, 0);
                INSERT INTO client VALUES (1, 'acme');
                INSERT INTO connection VALUES (1, 1, 'google', 'main', '1234567890', 'data_manager',
                                               '{"credential":"env:GOOGLE_TOKEN"}', 0, 0, 0, 0);
                INSERT INTO run VALUES (1, 'r', 'send', '0', 0, 0, 0);""")
            # The migration looks at the machine's clock: one request lies beyond every test's day, one long before.
            for request, opened_ms, status in ((1, 4_000_000_000_000, 0), (2, 1_000_000_000_000, 0),
                                               (3, 4_000_000_000_000, 1)):
                database.execute("INSERT INTO request_opened VALUES (?, 1, 1, 'data_manager', 'u', '', zeroblob(32), 1,"
                                 " ?, 1, x'00')", (request, opened_ms))
                database.execute("INSERT INTO request_closed VALUES (?, 1, ?, 200, 1, 0, 'trace', NULL, NULL, NULL,"
                                 " ?, 1)", (request, opened_ms, request))
                database.execute("INSERT INTO attempt VALUES (?, ?, 1, 1, ?, 0, 0, NULL, NULL)",
                                 (request, request, status))
        self.send()
        self.assertEqual(self.rows("SELECT request_id, due_at, until FROM status_check"),
                         [(1, 4_000_001_800, 4_000_604_800)])


if __name__ == "__main__":
    unittest.main()
