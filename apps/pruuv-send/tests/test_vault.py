"""Credentials that are kept in Vault or Supabase: what a night does with them, and with their faults."""

import json
import os
import pathlib
import socket
import unittest

from harness import (FBCLID, GCLID, TTCLID, ProgramTest, event, google, meta, tiktok)

META_REFERENCE = "vault:secret/clients/demo/meta#access_token"
TIKTOK_REFERENCE = "vault:secret/clients/demo/tiktok#access_token"
GOOGLE_REFERENCE = "vault:secret/clients/demo/google#credential"


class VaultTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.vault_by_approle()

    def vault_by_approle(self):
        self.extra_environment = {
            "VAULT_ADDR": self.sandbox.base,
            "VAULT_CACERT": self.sandbox.ca_file,
            "PRUUV_VAULT_ROLE_ID": "sandbox-role",
            "PRUUV_VAULT_SECRET_ID_FILE": self.secret_file("secret-id", "sandbox-secret-id\n"),
        }

    def secret_file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def order(self, **orders):
        return json.loads(self.sandbox.call("vault", orders))

    def put(self, path, **data):
        self.order(put={"mount": "secret", "path": path, "data": data})

    def counts(self):
        return json.loads(self.sandbox.call("vault"))

    def calls(self, platform):
        return [line for line in self.sandbox.requests() if line["platform"] == platform]

    def two_clients(self, reference="vault:secret/clients/other/meta#access_token"):
        """acme's secret is where it should be; what becomes of beta's is the test's."""
        self.make_store(meta(credential=META_REFERENCE), meta("beta", pixel_id="9999999999999999",
                                                              credential=reference))
        self.import_events(event(**FBCLID), event("beta", **FBCLID))

    def states(self):
        return dict(self.rows("SELECT client_id, status FROM conversion_audit_log"))

    def held(self):
        return dict(self.rows(
            "SELECT client_id, reason FROM delivery JOIN connection ON connection.id = connection_id "
            "JOIN client ON client.no = client_no WHERE state = 3"))

    def assert_hidden(self, *results, secrets=("sandbox-vault-meta", "sandbox-secret-id")):
        texts = [result.out + result.err for result in results]
        files = [path.read_bytes().decode("latin-1") for path in self.folder.glob("store.db*")]
        for secret in secrets:
            for text in texts + files:
                self.assertNotIn(secret, text)


class ANight(VaultTest):
    def test_each_secret_is_read_once_with_one_login_that_is_given_back(self):
        self.make_store(meta(credential=META_REFERENCE), meta(name="second", pixel_id="2222222222222222",
                                                              credential=META_REFERENCE),
                        tiktok(credential=TIKTOK_REFERENCE), google(credential=GOOGLE_REFERENCE))
        self.import_events(event(**FBCLID), event(**TTCLID), event(**GCLID))
        done = self.send()
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 2)
        self.assertEqual(self.sandbox.stats()["tiktok"]["accepted"], 1)
        self.assertEqual(self.sandbox.stats()["data_manager"]["accepted"], 1)
        counts = self.counts()
        self.assertEqual((counts["logins"], counts["reads"], counts["revocations"]), (1, 3, 1))
        self.assertTrue(all("X-Vault-Request" in json.dumps(call["headers"]) for call in self.calls("vault")))
        self.assert_hidden(done)

    def test_nothing_is_read_when_nothing_is_due(self):
        self.make_store(meta(credential=META_REFERENCE))
        self.send()
        self.assertEqual(self.calls("vault"), [])

    def test_a_jwt_logs_in_too(self):
        for name in ("PRUUV_VAULT_ROLE_ID", "PRUUV_VAULT_SECRET_ID_FILE"):
            del self.extra_environment[name]
        self.extra_environment["PRUUV_VAULT_JWT_ROLE"] = "sandbox"
        self.extra_environment["PRUUV_VAULT_JWT_FILE"] = self.secret_file("jwt", "sandbox-jwt")
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(event(**FBCLID))
        self.send()
        self.assertEqual(self.counts()["revocations"], 1)
        self.extra_environment["PRUUV_VAULT_JWT_FILE"] = self.secret_file("old-jwt", "expired-jwt")
        self.import_events(event(**FBCLID))
        refused = self.send(code=78)
        self.assertIn("refuses the login", refused.out)
        self.assertIn("exp", refused.out)

    def test_a_token_from_outside_is_used_and_not_revoked(self):
        for name in ("PRUUV_VAULT_ROLE_ID", "PRUUV_VAULT_SECRET_ID_FILE"):
            del self.extra_environment[name]
        self.make_store(meta(credential=META_REFERENCE))
        self.extra_environment["VAULT_TOKEN"] = "sandbox-root"
        self.import_events(event(**FBCLID))
        self.send()
        del self.extra_environment["VAULT_TOKEN"]
        self.extra_environment["PRUUV_VAULT_TOKEN_FILE"] = self.secret_file("token", "sandbox-root\n")
        self.import_events(event(**FBCLID))
        self.send()
        counts = self.counts()
        self.assertEqual((counts["logins"], counts["revocations"]), (0, 0))
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 2)

    def test_a_wrapped_secret_id_is_good_for_one_login(self):
        token = self.order(wrap_secret_id=True)["token"]
        self.extra_environment["PRUUV_VAULT_SECRET_ID_FILE"] = self.secret_file("wrapped", token)
        self.extra_environment["PRUUV_VAULT_SECRET_ID_WRAPPED"] = "true"
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(event(**FBCLID))
        done = self.send()
        self.import_events(event(**FBCLID))
        again = self.send(code=78)
        self.assertIn("stolen", again.out)
        self.assert_hidden(done, again, secrets=(token,))

    def test_a_namespace_is_named_with_every_call(self):
        self.extra_environment["VAULT_NAMESPACE"] = "team-a"
        self.order(login_namespace="team-a")
        self.order(put={"mount": "secret", "path": "clients/demo/meta", "namespace": "team-a",
                        "data": {"access_token": "sandbox-in-namespace"}})
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(event(**FBCLID))
        self.send()
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 1)

    def test_paths_and_fields_of_any_form(self):
        self.order(put={"mount": "kv/team-a", "path": "a b/ü%", "data": {"the token": "sandbox-odd"}})
        self.two_clients("vault:kv%2Fteam-a/a b/ü%25#the token")
        self.send()
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 2)


class WhatIsWrongWithOne(VaultTest):
    """One client's secret is at fault: it is held, the other goes on."""

    def check_held(self, words):
        done = self.send(code=3)
        self.assertEqual(self.states(), {"acme": "accepted"})
        self.assertEqual(self.held(), {"beta": 61})
        self.assertIn(words, done.out)
        self.assertNotIn("\n\t", done.json()["stopped"][0]["detail"])
        self.assertEqual(self.counts()["logins"], 1)
        # A held connection is asked about again, and what was held goes.
        self.put("clients/other/meta", access_token="sandbox-beta")
        self.order(allow="clients/other/meta")
        self.send()
        self.assertEqual(self.states(), {"acme": "accepted", "beta": "accepted"})
        return done

    def test_missing(self):
        self.two_clients()
        self.check_held("Vault has none, at vault:secret/clients/other/meta#access_token; ")

    def test_deleted(self):
        self.put("clients/other/meta", access_token="sandbox-beta")
        self.as_root("DELETE", "secret/data/clients/other/meta")
        self.two_clients()
        self.check_held("its latest version was deleted at 2")

    def test_destroyed(self):
        self.put("clients/other/meta", access_token="sandbox-beta")
        self.as_root("POST", "secret/destroy/clients/other/meta", {"versions": [1]})
        self.two_clients()
        self.check_held("its latest version was destroyed")

    def test_denied_by_a_policy(self):
        self.put("clients/other/meta", access_token="sandbox-beta")
        self.order(deny="clients/other/meta")
        self.two_clients()
        self.check_held("Vault denies it")

    def test_another_field(self):
        self.put("clients/other/meta", token="sandbox-beta")
        self.two_clients()
        self.check_held("the secret is there, the field is not")

    def test_no_such_mount(self):
        self.two_clients("vault:nowhere/clients/other/meta#access_token")
        done = self.send(code=3)
        self.assertIn("the mount of a KV version 2", done.out)
        self.assertEqual(self.states(), {"acme": "accepted"})

    def test_an_empty_text_and_a_number(self):
        self.put("clients/other/meta", access_token="  ")
        self.two_clients()
        self.check_held("the field is empty")

    def as_root(self, method, path, body=None):
        import urllib.request
        request = urllib.request.Request(
            f"{self.sandbox.base}/v1/{path}", method=method, headers={"X-Vault-Token": "sandbox-root"},
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, context=self.sandbox.context):
            pass


class WhatIsWrongWithVault(VaultTest):
    def setUp(self):
        super().setUp()
        self.make_store(meta(credential=META_REFERENCE), tiktok(credential=TIKTOK_REFERENCE))
        self.import_events(event(**FBCLID), event(**TTCLID))

    def check_nothing_sent(self, code, words):
        done = self.send(code=code)
        self.assertIn(words, done.out)
        self.assertEqual(self.calls("meta") + self.calls("tiktok"), [])
        self.assertEqual(self.rows("SELECT * FROM conversion_audit_log"), [])
        self.assert_hidden(done)
        return done

    def check_next_run(self):
        self.sandbox.misbehave_no_more()
        self.send()
        self.assertEqual(self.rows("SELECT DISTINCT status FROM conversion_audit_log"), [("accepted",)])

    def check_outage(self, words):
        self.check_nothing_sent(69, words)
        self.assertEqual(self.held(), {}, "an outage passes: nobody has to act")
        self.check_next_run()

    def test_sealed(self):
        self.order(sealed=True)
        self.check_nothing_sent(69, "it is sealed")
        self.assertEqual(len(self.calls("vault")), 1, "a sealed server does not open by asking")
        self.order(sealed=False)
        self.check_next_run()

    def test_not_initialised(self):
        self.order(initialised=False)
        self.check_nothing_sent(69, "sealed or not ready")

    def test_nobody_listens(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.extra_environment["VAULT_ADDR"] = f"https://127.0.0.1:{taken.getsockname()[1]}"
            self.check_nothing_sent(69, "connect")
        self.extra_environment["VAULT_ADDR"] = self.sandbox.base
        self.check_next_run()

    def test_the_second_address_is_asked_where_the_first_is_dead(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            dead = f"https://127.0.0.1:{taken.getsockname()[1]}"
            self.extra_environment["VAULT_ADDR"] = f"{dead},{self.sandbox.base}"
            self.send()
        self.assertEqual(self.counts()["logins"], 1)

    def test_a_standby_sends_us_on(self):
        other = self.sandbox.base.replace("127.0.0.1", "localhost")
        self.order(redirect=other)
        self.check_nothing_sent(78, f"it sends us on to {other}")
        # Its answer to the second address, which is the same server here, goes nowhere either.
        self.extra_environment["VAULT_ADDR"] = f"{self.sandbox.base},{other}"
        self.send(code=78)
        self.order(redirect="")
        self.check_next_run()

    def test_failures_that_pass(self):
        for fault in ({"status": 500, "body": "{}"}, {"platform_error": "rate_limit"}, {"close": True},
                      {"truncate": 20}, {"garbage": True}, {"status": 502, "body": "<html>"}):
            with self.subTest(fault=fault):
                self.import_events(event(**FBCLID))
                self.sandbox.misbehave({"platform": "vault", "times": 2, **fault})
                self.send()
                self.sandbox.misbehave_no_more()

    def test_failures_that_do_not_pass(self):
        for fault, words in (({"status": 500, "body": "{}"}, "status 500"),
                             ({"platform_error": "rate_limit"}, "rate limit quota exceeded"),
                             ({"close": True}, "nothing")):
            with self.subTest(fault=fault):
                self.sandbox.misbehave({"platform": "vault", "times": -1, **fault})
                self.check_nothing_sent(69, words)
                self.sandbox.misbehave_no_more()
        self.check_next_run()

    def test_a_limit_in_the_middle_of_the_reads(self):
        self.sandbox.misbehave({"platform": "vault", "platform_error": "rate_limit", "skip": 2, "times": 2})
        self.send()

    def test_a_refused_login_holds_and_says_what_to_do(self):
        self.extra_environment["PRUUV_VAULT_SECRET_ID_FILE"] = self.secret_file("wrong", "wrong-secret-id")
        done = self.check_nothing_sent(78, "it refuses the login")
        self.assertNotIn("wrong-secret-id", done.out)
        self.assertEqual(self.held(), {"acme": 61})
        self.vault_by_approle()
        self.check_next_run()

    def test_no_login_at_all(self):
        for name in ("PRUUV_VAULT_ROLE_ID", "PRUUV_VAULT_SECRET_ID_FILE"):
            del self.extra_environment[name]
        self.check_nothing_sent(78, "give it a login")

    def test_no_address(self):
        self.extra_environment = {}
        self.check_nothing_sent(78, "no address is set")

    def test_a_certificate_nobody_trusts(self):
        del self.extra_environment["VAULT_CACERT"]
        self.extra_environment["PRUUV_CA_FILE"] = "/etc/ssl/certs/ca-certificates.crt"
        self.check_nothing_sent(78, "VAULT_CACERT")

    def test_a_login_that_others_can_read(self):
        os.chmod(self.extra_environment["PRUUV_VAULT_SECRET_ID_FILE"], 0o644)
        done = self.check_nothing_sent(77, "people other than its owner may read or change it")
        self.assertIn("chmod 600", done.out)

    def test_clients_with_other_places_go_on(self):
        self.run_program("connections", "set", "acme", "tiktok", "--name", "main", "credential=env:TIKTOK_TOKEN",
                         code=0)
        self.order(sealed=True)
        self.send(code=3)
        self.assertEqual(self.sandbox.stats()["tiktok"]["accepted"], 1)
        self.assertEqual(self.held(), {})
        self.order(sealed=False)
        self.check_next_run()

    def test_the_answer_when_all_was_well_is_silent(self):
        quiet = self.run_program("send", code=0)
        self.assertEqual((quiet.out, quiet.err), ("", ""))


class TokensEnd(VaultTest):
    def clients(self, number):
        self.make_store(*[meta(f"c{i}", pixel_id=f"10000000000000{i:02}",
                               credential=f"vault:secret/clients/c{i}#access_token") for i in range(number)])
        for i in range(number):
            self.put(f"clients/c{i}", access_token=f"sandbox-c{i}")
        self.import_events(*[event(f"c{i}", **FBCLID) for i in range(number)])

    def test_one_more_login_where_the_token_is_used_up(self):
        self.clients(6)
        self.order(token_uses=4)
        self.send()
        counts = self.counts()
        self.assertEqual(counts["logins"], 2)
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 6)

    def test_not_a_third_login(self):
        self.clients(12)
        self.order(token_uses=3)
        done = self.send(code=3)
        self.assertEqual(self.counts()["logins"], 2)
        self.assertIn("Vault denies it", done.out)
        sent = self.sandbox.stats()["meta"]["accepted"]
        self.assertGreater(sent, 0)
        self.assertEqual(len(self.held()), 12 - sent)

    def test_a_short_lease_is_renewed_or_got_anew(self):
        # The clock of the program stands still but where it waits for a lane's pause.
        self.clients(3)
        self.order(token_ttl=1, renewable=False)
        self.send()
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 3)


class Rotation(VaultTest):
    """The platform refuses a token that was changed in Vault since it was read."""

    def old_token_first(self, token="expired-old"):
        body = json.dumps({"data": {"data": {"access_token": token}, "metadata": {"version": 1}}})
        self.sandbox.misbehave({"platform": "vault", "skip": 1, "status": 200, "body": body})

    def test_it_is_read_once_more_and_everything_goes(self):
        self.make_store(meta(credential=META_REFERENCE),
                        meta(name="second", pixel_id="2222222222222222", credential=META_REFERENCE))
        self.import_events(*[event(**FBCLID) for _ in range(5)])
        self.old_token_first()
        done = self.send()
        counts = done.json()["platforms"]["meta"]
        self.assertEqual((counts["accepted"], counts["held"]), (10, 0))
        self.assertEqual(done.json()["due"], 10)
        self.assertEqual(self.counts()["logins"], 1)
        refused = [line for line in self.calls("meta") if line["status"] != 200]
        self.assertEqual(len(refused), 1)
        self.assertEqual(self.held(), {})
        self.assert_hidden(done, secrets=("expired-old", "sandbox-vault-meta"))

    def test_unchanged_it_is_held_after_one_request(self):
        self.put("clients/demo/meta", access_token="expired-for-good")
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(*[event(**FBCLID) for _ in range(5)])
        done = self.send(code=3)
        self.assertEqual(len(self.calls("meta")), 1)
        self.assertEqual(done.json()["platforms"]["meta"]["held"], 5)
        self.assertEqual(self.counts()["reads"], 2)
        self.assertEqual(self.held(), {"acme": 62})

    def test_the_new_one_is_refused_as_well(self):
        self.put("clients/demo/meta", access_token="expired-new")
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(*[event(**FBCLID) for _ in range(5)])
        self.old_token_first()
        done = self.send(code=3)
        self.assertEqual(len(self.calls("meta")), 2)
        self.assertEqual(done.json()["platforms"]["meta"]["held"], 5)
        self.assertEqual(self.counts()["reads"], 1, "the first answer was not Vault's own")

    def test_vault_goes_away_before_it_can_be_read_again(self):
        self.make_store(meta(credential=META_REFERENCE))
        self.import_events(*[event(**FBCLID) for _ in range(5)])
        self.old_token_first()
        self.sandbox.misbehave({"platform": "vault", "platform_error": "sealed", "times": -1})
        done = self.send(code=3)
        self.assertEqual(done.json()["platforms"]["meta"]["held"], 5)
        self.assertEqual(self.held(), {"acme": 62})

    def test_a_file_is_read_again_too(self):
        path = pathlib.Path(self.secret_file("token", "expired-in-file"))
        self.make_store(meta(credential=f"file:{path}"))
        self.import_events(event(**FBCLID))
        self.send(code=3)
        self.assertEqual(len(self.calls("meta")), 1)
        path.write_text("sandbox-in-file")
        self.send()


class Canaries(VaultTest):
    """What was read from Vault, or to log in there, stands in no output, no record and no address."""

    SECRETS = ("sandbox-vault-canary-7c1f", "sandbox-secret-id", "s.sandbox", "hvs.", "sandbox-refresh-canary",
               "sandbox-client-canary", "ya29.")

    def setUp(self):
        super().setUp()
        self.put("clients/demo/meta", access_token="sandbox-vault-canary-7c1f")
        self.put("clients/demo/google", credential={
            "client_id": "c", "client_secret": "sandbox-client-canary", "refresh_token": "sandbox-refresh-canary"})
        self.make_store(meta(credential=META_REFERENCE), google(credential=GOOGLE_REFERENCE))
        self.first = event(**FBCLID)
        self.import_events(self.first, event(**GCLID))

    def test_under_every_fault(self):
        quoting = json.dumps({"error": {"code": 190, "type": "OAuthException", "fbtrace_id": "A",
                                        "message": "Malformed access token sandbox-vault-canary-7c1f"}})
        spoken = json.dumps({"errors": ["1 error occurred:\n\t* sandbox-secret-id \u202e\u001b[31m is wrong\n\n"]})
        faults = [
            [], [{"platform": "meta", "status": 400, "body": quoting}],
            [{"platform": "vault", "status": 400, "body": spoken}],
            [{"platform": "vault", "status": 403, "body": spoken, "skip": 1, "times": 9}],
            [{"platform": "token", "status": 400, "body": '{"error":"invalid_grant","error_description":'
                                                          '"sandbox-refresh-canary sandbox-client-canary"}'}],
            [{"platform": "vault", "close": True, "times": -1}],
        ]
        texts = []
        for fault in faults:
            self.sandbox.misbehave_no_more()
            if fault:
                self.sandbox.misbehave(*fault)
            self.import_events(event(**FBCLID), event(**GCLID))
            for command in (["send", "--json"], ["send", "--verbose"], ["send", "--validate-only"], ["doctor"],
                            ["config", "show", "--origin"], ["inspect", self.first["id"]],
                            ["audit", "--client", "acme", "--format", "json"], ["connections", "list"]):
                done = self.run_program(*command)
                self.assertNotIn(done.code, (70, 134, 139), done)
                texts.append(" ".join(command) + done.out + done.err)
        for path in self.folder.iterdir():
            if path.name != "secret-id":
                texts.append(path.read_bytes().decode("latin-1"))
        texts += [call["path"] for call in self.sandbox.requests()]
        for secret in self.SECRETS:
            for text in texts:
                self.assertNotIn(secret, text)
        for text in texts[:-1]:
            self.assertNotIn("\u202e", text)
            self.assertNotIn("\x1b[31m", text)


class Supabase(ProgramTest):
    def setUp(self):
        super().setUp()
        self.key = self.folder / "service-role"
        self.key.write_text("sandbox-service-role")
        self.key.chmod(0o600)
        self.extra_environment = {"PRUUV_SUPABASE_URL": self.sandbox.base, "PRUUV_SUPABASE_KEY_FILE": str(self.key)}
        self.make_store(meta(credential="supabase:demo-meta"), meta("beta", pixel_id="9999999999999999",
                                                                    credential="supabase:nobody"))
        self.import_events(event(**FBCLID), event("beta", **FBCLID))

    def test_one_function_gives_the_secrets(self):
        done = self.send(code=3)
        self.assertIn("there is none of that name", done.out)
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 1)
        self.assertNotIn("sandbox-service-role", done.out + done.err)

    def test_a_wrong_key_and_a_wrong_function(self):
        self.key.write_text("wrong-key")
        self.assertIn("check the key", self.send(code=78).out)
        self.key.write_text("sandbox-service-role")
        self.extra_environment["PRUUV_SUPABASE_RPC"] = "unheard_of"
        self.assertIn("no such function", self.send(code=78).out)

    def test_an_outage(self):
        self.sandbox.misbehave({"platform": "supabase", "status": 503, "body": "{}", "times": -1})
        self.assertIn("status 503", self.send(code=69).out)
        self.sandbox.misbehave_no_more()
        self.sandbox.misbehave({"platform": "supabase", "status": 503, "body": "{}", "times": 2})
        self.send(code=3)
        self.assertEqual(self.sandbox.stats()["meta"]["accepted"], 1)


if __name__ == "__main__":
    unittest.main()
