"""What goes wrong on the way: nothing is lost, nothing is silent, one client never stops another."""

import fcntl
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import threading
import unittest

import harness
from harness import DAY, FBCLID, GCLID, HOUR, NOW, TTCLID, event, google, google_ads, meta, tiktok


class Faults(harness.ProgramTest):
    def states(self):
        return [row[0] for row in self.rows(
            "SELECT CASE state WHEN 0 THEN 'waiting' WHEN 1 THEN 'retryable' WHEN 2 THEN 'ambiguous'"
            " WHEN 3 THEN 'held' WHEN 4 THEN 'accepted' WHEN 6 THEN 'rejected' ELSE state END"
            " FROM delivery ORDER BY event_seq")]

    def test_a_dead_token_holds_one_client_and_the_others_go_on(self):
        self.extra_environment = {"BETA_TOKEN": "expired-meta-token-123"}
        self.make_store(meta(), meta("beta", pixel_id="9876543210987654", credential="env:BETA_TOKEN"))
        self.import_events(*[event("beta", **FBCLID) for _ in range(5)], event(**FBCLID))
        done = self.send(code=3).json()
        self.assertEqual(done["platforms"]["meta"]["accepted"], 1)
        self.assertEqual(done["platforms"]["meta"]["held"], 5)
        self.assertEqual([(s["client_id"], s["reason"]) for s in done["stopped"]], [("beta", "credential_refused")])
        self.assertNotIn("expired-meta-token-123", json.dumps(done))
        self.extra_environment = {"BETA_TOKEN": "sandbox-new-token-123"}
        self.now = NOW + HOUR
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 5)

    def test_every_platforms_dead_credential_is_a_held_connection(self):
        dead = json.dumps({"client_id": "c", "client_secret": "s-e-c-r-e-t", "refresh_token": "revoked-1234567"})
        narrow = json.dumps({"client_id": "c", "client_secret": "s-e-c-r-e-t", "refresh_token": "sandbox-adwords-only"})
        self.extra_environment = {"DEAD": dead, "NARROW": narrow, "TT": "expired-tiktok-token"}
        self.make_store(google("a", credential="env:DEAD"), google("b", credential="env:NARROW"),
                        tiktok("c", credential="env:TT"), google_ads("d", credential="env:NARROW"))
        self.import_events(event("a", **GCLID), event("b", **GCLID), event("c", **TTCLID), event("d", **GCLID))
        done = self.send(code=3).json()
        self.assertEqual({s["client_id"]: s["reason"] for s in done["stopped"]},
                         {"a": "credential_refused", "b": "permission_missing", "c": "credential_refused"})
        self.assertEqual(done["platforms"]["google"]["accepted"], 1)

    def test_a_missing_secret_holds_without_a_request(self):
        self.make_store(meta(credential="env:NOT_SET"), tiktok(credential="file:/nowhere/token"))
        self.import_events(event(**FBCLID, **TTCLID))
        done = self.send(code=3).json()
        self.assertEqual({s["reason"] for s in done["stopped"]}, {"credential_missing"})
        self.assertEqual(self.sandbox.requests(), [])

    def test_a_secret_file_that_others_can_read_is_refused(self):
        secret = self.folder / "token"
        secret.write_text("sandbox-file-token-1\n")
        secret.chmod(0o644)
        self.make_store(meta(credential=f"file:{secret}"))
        self.import_events(event(**FBCLID))
        self.assertIn("chmod 600", json.dumps(self.send(code=3).json()) + self.run_program("send", code=3).err)
        secret.chmod(0o600)
        self.now += HOUR
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)

    def test_unavailable_platform_is_tried_again_the_next_night(self):
        self.make_store(meta(), tiktok())
        self.import_events(event(**FBCLID), event(**TTCLID))
        self.sandbox.misbehave({"platform": "meta", "times": 5, "status": 503, "body": "<html>"})
        done = self.send(code=3).json()
        self.assertEqual((done["platforms"]["meta"]["retryable"], done["platforms"]["tiktok"]["accepted"]), (1, 1))
        # One failure is left: it passes within the next run.
        self.now += DAY
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        rows = json.loads(self.run_program("audit", "--client", "acme", "--platform", "meta", "--format", "json").out)
        self.assertEqual([(r["status"], r["retry_count"]) for r in rows],
                         [("accepted", 5), *[("retryable", n) for n in (4, 3, 2, 1, 0)]])

    def test_a_lost_answer_is_unknown_and_sent_again_with_the_same_bytes(self):
        self.make_store(tiktok())
        self.import_events(event(**TTCLID))
        self.sandbox.misbehave({"platform": "tiktok", "times": 2, "process": True, "close": True})
        self.assertEqual(self.send(code=69).json()["platforms"]["tiktok"]["ambiguous"], 1)
        self.now += DAY
        self.assertEqual(self.send().json()["platforms"]["tiktok"]["accepted"], 1)
        arrived = self.sandbox.events()
        self.assertEqual([e["status"] for e in arrived], ["accepted", "duplicate", "duplicate"])
        self.assertEqual([e["body"] for e in arrived], [arrived[0]["body"]] * 3)
        self.assertRegex(self.run_program("audit", "--client", "acme", "--summary", code=0).out,
                         r"acme +tiktok +resent_after_unknown +2\n")

    def test_one_bad_event_does_not_sink_its_batch(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        bad = event(**FBCLID, **TTCLID, gclid="Cj0KCQiA-bad")
        bad_ads = event("ads", gclid="Cj0KCQiA-bad-ads")
        rest = [event(**FBCLID, **TTCLID, gclid=f"Cj0KCQiA-{n}") for n in range(30)]
        self.import_events(*rest[:17], bad, *rest[17:], bad_ads,
                           *[event("ads", gclid=f"Cj0KCQiA-ads-{n}") for n in range(5)])
        for culprit in (bad, bad_ads):
            self.sandbox.misbehave(*[
                {"platform": p, "refuse_event_id": culprit["id"], "reason": "bad"}
                for p in ("meta", "tiktok", "data_manager", "google_ads")])
        counts = self.send(code=3).json()["platforms"]
        self.assertEqual({p: (c["accepted"], c["rejected"]) for p, c in counts.items()},
                         {"meta": (30, 1), "tiktok": (30, 1), "google": (35, 2)})
        self.run_program("retry", "--failed", "--yes", "--dry-run", code=0)
        self.assertEqual(set(self.states()), {"accepted", "rejected"})

    def test_retry_failed_sends_what_was_mended(self):
        self.make_store(meta())
        bad = event(**FBCLID)
        self.import_events(bad, event(**FBCLID))
        self.sandbox.misbehave({"platform": "meta", "refuse_event_id": bad["id"], "reason": "bad"})
        self.send(code=3)
        self.sandbox.reset()
        self.run_program("retry", code=64)
        self.run_program("retry", "--failed", code=64)  # nobody to ask, and no --yes
        self.assertIn("deliveries to send again: 1", self.run_program("retry", "--failed", "--dry-run", code=0).out)
        done = self.run_program("retry", "--failed", "--yes", "--json", code=0).json()
        self.assertEqual(done["platforms"]["meta"]["accepted"], 1)
        self.assertEqual([e["event_id"] for e in self.sandbox.events()], [bad["id"]])
        self.assertEqual(self.rows("SELECT action FROM operator_action"), [("retry",)])

    def test_replay_is_guarded(self):
        self.make_store(meta(), tiktok())
        made = event(**FBCLID, **TTCLID)
        self.import_events(made)
        self.send()
        self.run_program("replay", "--yes", code=64)
        self.assertIn("--force", self.run_program("replay", "--event", made["id"], "--dry-run", code=0).out)
        done = self.run_program("replay", "--event", made["id"], "--yes", "--json", code=0)
        self.assertEqual({p: c["accepted"] for p, c in done.json()["platforms"].items()}, {"tiktok": 1})
        self.now += 2 * DAY
        self.run_program("replay", "--event", made["id"], "--yes", code=3)
        done = self.run_program("replay", "--event", made["id"], "--yes", "--force", "--json", code=0)
        self.assertEqual({p: c["accepted"] for p, c in done.json()["platforms"].items()}, {"meta": 1, "tiktok": 1})

    def test_an_intent_is_in_the_store_before_a_byte_leaves(self):
        """A listener takes the connection and then looks into the store."""
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        listener = socket.create_server(("127.0.0.1", 0))
        seen = []

        def look():
            for _ in range(2):  # what is lost is sent once more
                connection, _ = listener.accept()
                connection.recv(65536)
                seen.extend(self.rows("SELECT count(*) FROM request_opened"))
                connection.close()
        thread = threading.Thread(target=look)
        thread.start()
        self.extra_environment = {"PRUUV_META_URL": f"http://127.0.0.1:{listener.getsockname()[1]}"}
        self.send(code=69)
        thread.join()
        listener.close()
        self.assertEqual(seen, [(1,), (2,)])
        self.assertEqual(self.states(), ["ambiguous"])

    def test_nobody_answers(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        self.extra_environment = {"PRUUV_META_URL": "https://127.0.0.1:1"}
        self.send(code=69)
        self.assertEqual(self.rows("SELECT status FROM conversion_audit_log"), [("not_sent",)] * 4)

    def test_an_unknown_certificate_gets_nothing(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        self.extra_environment = {"PRUUV_CA_FILE": "/etc/ssl/certs/ca-certificates.crt"}
        self.send(code=69)
        self.assertEqual(self.sandbox.requests(), [])


class Locking(harness.ProgramTest):
    def test_a_second_run_goes_away_at_once(self):
        self.make_store(meta())
        with open(f"{self.store}.lock", "a+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            done = self.run_program("send", code=75)
            self.assertIn("lock", done.err)
            self.run_program("audit", "--client", "acme", code=0)
            self.run_program("send", "--dry-run", code=0)
        self.run_program("send", code=0)

    def test_a_restored_copy_is_noticed_and_held(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        backup = self.store.read_bytes()
        self.send()
        self.store.write_bytes(backup)
        self.assertIn("accept-restore", self.run_program("send", code=65).err)
        self.run_program("accept-restore", "--yes", code=0)
        self.send(code=3)
        self.assertEqual(len(self.sandbox.events()), 1)
        self.assertIn("--include-ambiguous", self.run_program("retry", "--failed", "--yes", code=3).err)
        self.run_program("retry", "--failed", "--include-ambiguous", "--yes", code=0)
        self.assertEqual([e["status"] for e in self.sandbox.events()], ["accepted", "duplicate"])


class Migration(harness.ProgramTest):
    def test_the_first_run_brings_an_older_store_up_to_date(self):
        first = pathlib.Path(__file__).parents[3] / "schema/0001_store.sql"
        self.store.touch(mode=0o600)
        with sqlite3.connect(self.store) as database:
            database.executescript("PRAGMA application_id = 1347573078; PRAGMA user_version = 1;" + first.read_text())
            database.execute("INSERT INTO store (one, store_id, created_at) VALUES (1, 'old', ?)", [NOW - DAY])
        made = event(**FBCLID)
        with sqlite3.connect(self.store) as database:
            database.execute("INSERT INTO funnel_event (id, client_id, event_name, event_time, email, ip, user_agent,"
                             " fbclid, received_at) VALUES (?, 'acme', 'lead', ?, 'a@b.example', '203.0.113.9', 'M', ?, ?)",
                             [made["id"], made["event_time"], made["fbclid"], NOW])
        # Reading does not change it, and says so.
        self.assertIn("hint", self.run_program("audit", "--client", "acme", code=78).err)
        self.run_program("connections", "import", "-", "--backfill", "48h", "--yes", stdin=json.dumps([meta()]), code=0)
        self.assertEqual(self.send().json()["platforms"]["meta"]["accepted"], 1)
        self.assertTrue(self.store.with_name("store.db.before-0002").exists())
        self.run_program("audit", "--verify", code=0)


class ExitCodes(harness.ProgramTest):
    def test_faults_of_use_and_settings(self):
        self.run_program("send", code=66)
        self.run_program("--no-such-flag", code=64)
        self.run_program("--help", code=0)
        self.run_program("--version", code=0)
        self.make_store()
        self.run_program("init", code=73)
        for name, wrong in (("PRUUV_META_URL", "http://graph.example"), ("PRUUV_META_URL", "ftp://x"),
                            ("PRUUV_META_VERSION", "26"), ("PRUUV_GOOGLE_MIN_CLICK_AGE", "long"),
                            ("PRUUV_MAX_IN_FLIGHT", "0")):
            self.extra_environment = {name: wrong}
            self.assertIn(name, self.run_program("send", code=78).err)
        self.extra_environment = {"PRUUV_CA_FILE": "/nowhere.pem"}
        self.run_program("send", code=78)

    def test_a_configuration_file_is_read_and_checked(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        config = self.folder / "config.toml"
        config.write_text('meta-version = "v25.0"\n')
        self.run_program("--config", config, "send", code=0)
        self.assertIn("/v25.0/", self.sandbox.requests()[0]["path"])
        self.import_events(event(**FBCLID))
        self.extra_environment = {"PRUUV_META_VERSION": "v24.0"}
        self.run_program("--config", config, "send", code=0)
        self.assertIn("/v24.0/", self.sandbox.requests()[1]["path"])
        self.import_events(event(**FBCLID))
        self.run_program("--config", config, "--meta-version", "v26.0", "send", code=0)
        self.assertIn("/v26.0/", self.sandbox.requests()[2]["path"])
        config.write_text('meta-versoin = "v25.0"\n')
        self.run_program("--config", config, "send", code=78)
        self.run_program("--config", self.folder / "none.toml", "send", code=78)

    def test_foreign_and_damaged_files_are_refused(self):
        self.store.write_text("this is no database, it is a text file that is long enough to look at\n" * 50)
        self.run_program("send", code=65)
        self.store.unlink()
        subprocess.run(["sqlite3", str(self.store), "CREATE TABLE t (x)"], check=True)
        self.run_program("send", code=65)

    def test_a_closed_standard_output_does_not_stop_a_run(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(self.command("send", "--verbose"), env=self.environment(), stdout=full,
                                  stderr=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(self.sandbox.events()), 1)


class Canary(harness.ProgramTest):
    def test_secrets_and_people_stay_out_of_everything_but_the_collectors_columns(self):
        self.make_store(meta(), tiktok(), google(), google_ads("ads"))
        person = {"email": "canary.person@example.com", "phone": "+49 30 901820", "first_name": "Canaria",
                  "last_name": "Vogelsang", "ip": "198.51.100.77", "external_id": "canary-customer-42"}
        self.import_events(*[event(c, **person, **FBCLID, **TTCLID, gclid=f"Cj0KCQiA-canary-{c}{n}")
                             for n in range(3) for c in ("acme", "ads")])
        outputs = []
        for rule in ({"platform": "*", "times": 4, "status": 400,
                      "body": '{"error":{"message":"token sandbox-meta-7f3a9c1e of canary.person@example.com '
                              '+4930901820 is bad","code":1}}'},
                     {"platform": "*", "times": 2, "truncate": 20}, {"platform": "*", "times": 2, "garbage": True}):
            self.sandbox.misbehave(rule)
            outputs.append(self.run_program("send", "--verbose"))
            self.now += DAY // 2
        outputs.append(self.run_program("audit", "--client", "acme"))
        outputs.append(self.run_program("audit", "--client", "acme", "--format", "csv"))
        outputs.append(self.run_program("inspect", self.rows("SELECT id FROM funnel_event LIMIT 1")[0][0]))
        outputs.append(self.run_program("connections", "list"))
        text = "".join(o.out + o.err for o in outputs)
        text += self.store.with_name("store.db.runs").read_text()
        tables = [row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table != "funnel_event":
                text += repr(self.rows(f"SELECT * FROM {table}"))
        secrets = ["sandbox-meta-7f3a9c1e", "sandbox-tiktok-51bd02aa", "sandbox-google-secret-c0ffee",
                   "sandbox-refresh-9d8e7f6a", "ya29."]
        for canary in [*secrets, "canary.person", "30 901820", "4930901820", "Canaria", "Vogelsang", "198.51.100.77",
                       "canary-customer-42"]:
            self.assertNotIn(canary, text)


if __name__ == "__main__":
    unittest.main()
