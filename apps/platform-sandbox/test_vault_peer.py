#!/usr/bin/env python3
"""The played Vault as an independent client sees it: Debian's python3-hvac, over TLS."""

import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import warnings

try:
    import hvac
    from hvac import exceptions
except ImportError:
    sys.exit("python3-hvac is not here: scripts/setup installs it")

SANDBOX = os.environ["PRUUV_SANDBOX"]
ROLE_ID = "sandbox-role"
SECRET = "clients/demo/meta"


class VaultPeer(unittest.TestCase):
    """One sandbox a class, as at its start for each test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="pruuv-vault-"))
        cls.process = subprocess.Popen([SANDBOX, "--quiet", "--state-dir", cls.folder],
                                       stdout=subprocess.PIPE, text=True)
        ready = json.loads(cls.process.stdout.readline())
        cls.base = f"https://127.0.0.1:{ready['port']}"
        cls.ca_file = ready["ca_file"]
        cls.context = ssl.create_default_context(cafile=cls.ca_file)

    @classmethod
    def tearDownClass(cls):
        cls.process.send_signal(signal.SIGTERM)
        cls.process.wait(timeout=20)
        cls.process.stdout.close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        # This version of hvac calls its own deprecated methods.
        warnings.simplefilter("ignore", DeprecationWarning)
        self.control("reset", {})
        self.secret_id = (self.folder / "vault-secret-id").read_text().strip()

    def control(self, route, order=None):
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(f"{self.base}/_sandbox/{route}", data=body)
        with urllib.request.urlopen(request, context=self.context) as answer:
            return answer.read().decode()

    def told(self):
        return json.loads(self.control("vault"))

    def client(self, token=None, **options):
        client = hvac.Client(url=self.base, token=token, verify=self.ca_file, **options)
        self.addCleanup(client.adapter.close)
        return client

    def root(self, **options):
        return self.client(token="sandbox-root", **options)

    def logged_in(self, **options):
        client = self.client(**options)
        client.auth.approle.login(role_id=ROLE_ID, secret_id=self.secret_id)
        return client

    def read(self, client, path=SECRET, **options):
        return client.secrets.kv.v2.read_secret_version(path, **options)["data"]

    def test_logs_in_by_approle_and_reads(self):
        client = self.client()
        auth = client.auth.approle.login(role_id=ROLE_ID, secret_id=self.secret_id)["auth"]
        self.assertEqual(auth["lease_duration"], 3600)
        self.assertTrue(auth["renewable"])
        self.assertEqual(client.token, auth["client_token"])
        data = self.read(client)
        self.assertEqual(data["data"], {"access_token": "sandbox-vault-meta"})
        self.assertEqual(data["metadata"]["version"], 1)
        google = self.read(client, "clients/demo/google")["data"]["credential"]
        self.assertEqual(json.loads(google)["refresh_token"], "sandbox-google")
        client.logout(revoke_token=True)
        told = self.told()
        self.assertEqual((told["logins"], told["reads"], told["used_tokens"]), (1, 2, 1))
        self.assertEqual((told["revocations"], told["live_tokens"]), (1, 0))

    def test_logs_in_by_jwt(self):
        client = self.client()
        client.auth.jwt.jwt_login(role="sandbox", jwt="sandbox-jwt", path="jwt")
        self.assertEqual(self.read(client)["data"], {"access_token": "sandbox-vault-meta"})
        for role, jwt, text in (("sandbox", "expired-jwt", "expiration"),
                                ("sandbox", "wrong-aud-jwt", "audience"),
                                ("nobody", "sandbox-jwt", 'role "nobody" could not be found')):
            with self.assertRaisesRegex(exceptions.InvalidRequest, text):
                self.client().auth.jwt.jwt_login(role=role, jwt=jwt, path="jwt")

    def test_wrong_and_used_up_secret_ids_are_invalid(self):
        with self.assertRaisesRegex(exceptions.InvalidRequest, "invalid secret id"):
            self.client().auth.approle.login(role_id=ROLE_ID, secret_id="other")
        self.control("vault", {"secret_id_uses": 1})
        self.logged_in()
        with self.assertRaisesRegex(exceptions.InvalidRequest, "invalid secret id"):
            self.logged_in()

    def test_versions_are_written_read_deleted_and_destroyed(self):
        root = self.root()
        kv = root.secrets.kv.v2
        written = kv.create_or_update_secret(SECRET, {"access_token": "second"}, cas=1)
        self.assertEqual(written["data"]["version"], 2)
        with self.assertRaisesRegex(exceptions.InvalidRequest, "check-and-set"):
            kv.create_or_update_secret(SECRET, {"access_token": "third"}, cas=1)
        client = self.logged_in()
        self.assertEqual(self.read(client)["data"], {"access_token": "second"})
        self.assertEqual(self.read(client, version=1)["data"],
                         {"access_token": "sandbox-vault-meta"})
        kv.delete_latest_version_of_secret(SECRET)
        with self.assertRaises(exceptions.InvalidPath) as deleted:
            self.read(client)
        body = json.loads(deleted.exception.args[0])
        self.assertIsNone(body["data"]["data"])
        self.assertTrue(body["data"]["metadata"]["deletion_time"])
        kv.undelete_secret_versions(SECRET, [2])
        self.assertEqual(self.read(client)["data"], {"access_token": "second"})
        kv.delete_secret_versions(SECRET, [1, 2])
        kv.destroy_secret_versions(SECRET, [2])
        kv.undelete_secret_versions(SECRET, [1, 2])
        with self.assertRaisesRegex(exceptions.InvalidPath, '"destroyed":true'):
            self.read(client)
        self.assertEqual(self.read(client, version=1)["metadata"]["deletion_time"], "")

    def test_paths_and_mounts_are_found_or_not(self):
        client = self.logged_in()
        for path in ("clients/nobody/meta", "clients"):
            with self.assertRaises(exceptions.InvalidPath):
                self.read(client, path)
        with self.assertRaises(exceptions.InvalidPath):
            self.read(client, version=9)
        with self.assertRaisesRegex(exceptions.InvalidPath, "no handler for route"):
            self.read(client, mount_point="nowhere")
        kv = self.root().secrets.kv.v2
        options = {"mount_point": "kv/team-a"}
        kv.create_or_update_secret("a b/ü+%41", {"x": "1"}, **options)
        self.assertEqual(self.read(client, "a b/ü+%41", **options)["data"], {"x": "1"})

    def test_kv_version_1_is_another_engine(self):
        client = self.logged_in()
        one = client.secrets.kv.v1.read_secret(SECRET, mount_point="kv1")
        self.assertEqual(one["data"], {"access_token": "sandbox-kv1-meta"})
        with self.assertRaises(exceptions.InvalidPath):
            self.read(client, mount_point="kv1")
        with self.assertRaisesRegex(exceptions.InvalidPath, "versioned K/V"):
            client.secrets.kv.v1.read_secret(SECRET, mount_point="secret")

    def test_the_policy_and_tokens_that_are_over_are_forbidden(self):
        client = self.logged_in()
        with self.assertRaises(exceptions.Forbidden) as denied:
            self.read(client, "denied/meta")
        self.assertEqual(denied.exception.errors, ["1 error occurred:\n\t* permission denied\n\n"])
        with self.assertRaises(exceptions.Forbidden):
            client.secrets.kv.v2.create_or_update_secret(SECRET, {"x": "1"})
        self.control("vault", {"deny": "clients/demo"})
        with self.assertRaises(exceptions.Forbidden):
            self.read(client)
        self.control("vault", {"allow": "clients/demo", "advance_s": 3600})
        with self.assertRaises(exceptions.Forbidden) as over:
            self.read(client)
        self.assertEqual(over.exception.errors, ["permission denied"])
        self.assertFalse(client.is_authenticated())

    def test_a_token_is_looked_up_renewed_and_revoked(self):
        self.control("vault", {"token_ttl": 60, "token_max_ttl": 100})
        client = self.logged_in()
        self.control("vault", {"advance_s": 50})
        before = client.auth.token.lookup_self()["data"]
        self.assertLessEqual(before["ttl"], 10)
        self.assertEqual((before["id"], before["num_uses"]), (client.token, 0))
        renewed = client.auth.token.renew_self(increment="3600s")["auth"]
        self.assertLessEqual(renewed["lease_duration"], 50)
        self.assertGreater(renewed["lease_duration"], 40)
        self.control("vault", {"renew_refused": True})
        with self.assertRaises(exceptions.Forbidden):
            client.auth.token.renew_self()
        client.auth.token.revoke_self()
        with self.assertRaises(exceptions.Forbidden):
            client.auth.token.lookup_self()
        told = self.told()
        self.assertEqual((told["renewals"], told["lookups"], told["revocations"]), (1, 1, 1))

    def test_a_token_is_used_up(self):
        self.control("vault", {"token_uses": 2})
        client = self.logged_in()
        self.read(client)
        self.read(client)
        with self.assertRaises(exceptions.Forbidden):
            self.read(client)

    def test_sealed_uninitialised_and_busy(self):
        client = self.logged_in()
        root = self.root()
        self.assertTrue(root.sys.is_initialized())
        root.sys.seal()
        self.assertTrue(root.sys.is_sealed())
        for refused in (lambda: self.read(client), self.logged_in):
            with self.assertRaisesRegex(exceptions.VaultDown, "Vault is sealed"):
                refused()
        health = client.sys.read_health_status(method="GET")
        self.assertEqual((health.status_code, health.json()["sealed"]), (503, True))
        root.sys.submit_unseal_key("sandbox-unseal-key")
        self.assertEqual(self.read(client)["data"], {"access_token": "sandbox-vault-meta"})
        self.assertEqual(client.sys.read_health_status(method="GET")["standby"], False)
        self.assertEqual(client.sys.read_health_status(method="HEAD").status_code, 200)
        for order, status in (({"mode": "standby"}, 429), ({"mode": "performance_standby"}, 473),
                              ({"initialised": False}, 501)):
            self.control("vault", order)
            self.assertEqual(client.sys.read_health_status(method="GET").status_code, status)
        self.control("reset", {})
        self.control("faults", [{"platform": "vault", "platform_error": "rate_limit"},
                                {"platform": "vault", "platform_error": "internal"}])
        with self.assertRaises(exceptions.RateLimitExceeded):
            self.logged_in()
        with self.assertRaises(exceptions.InternalServerError):
            self.logged_in()
        self.assertEqual(self.told()["logins"], 0)

    def test_a_wrapped_secret_id_is_unwrapped_once(self):
        wrapping_token = json.loads(self.control("vault", {"wrap_secret_id": True}))["token"]
        inner = self.client(token=wrapping_token).sys.unwrap()
        self.secret_id = inner["data"]["secret_id"]
        self.assertEqual(self.read(self.logged_in())["data"],
                         {"access_token": "sandbox-vault-meta"})
        with self.assertRaisesRegex(exceptions.InvalidRequest, "wrapping token is not valid"):
            self.client(token=wrapping_token).sys.unwrap()

    def test_namespaces_hold_their_own_secrets(self):
        self.control("vault", {"put": {"namespace": "team/a/", "mount": "secret", "path": SECRET,
                                       "data": {"access_token": "of-team-a"}}})
        client = self.logged_in()
        inside = self.client(token=client.token, namespace="team/a")
        self.assertEqual(self.read(inside)["data"], {"access_token": "of-team-a"})
        with self.assertRaises(exceptions.InvalidPath):
            self.read(inside, "clients/demo/tiktok")
        with self.assertRaisesRegex(exceptions.InvalidRequest, "missing client token"):
            self.logged_in(namespace="team/a")
        self.control("vault", {"login_namespace": "team/a"})
        there = self.logged_in(namespace="team/a")
        self.assertEqual(self.read(there)["data"], {"access_token": "of-team-a"})
        with self.assertRaises(exceptions.Forbidden):
            self.read(self.client(token=there.token))

    def test_a_standby_sends_to_the_active_node(self):
        token = self.logged_in().token
        self.control("vault", {"redirect": "https://127.0.0.1:9"})
        client = self.client(token=token, allow_redirects=False)
        answer = client.secrets.kv.v2.read_secret_version(SECRET)
        self.assertEqual(answer.status_code, 307)
        self.assertEqual(answer.headers["Location"],
                         f"https://127.0.0.1:9/v1/secret/data/{SECRET}")

    def test_the_journal_shows_hvacs_header_and_no_token(self):
        client = self.logged_in()
        self.read(client)
        lines = self.control("requests")
        self.assertNotIn(client.token, lines)
        self.assertNotIn(self.secret_id, lines)
        last = json.loads(lines.strip().split("\n")[-1])
        self.assertEqual((last["platform"], last["path"]), ("vault", f"/v1/secret/data/{SECRET}"))
        self.assertEqual(last["headers"]["X-Vault-Request"], "true")
        self.assertEqual(last["headers"]["X-Vault-Token"], "hvs.sand...")

    def test_the_state_directory_holds_the_credentials_for_its_owner_alone(self):
        environment = (self.folder / "sandbox.env").read_text()
        for name, variable in (("vault-secret-id", "PRUUV_VAULT_SECRET_ID_FILE"),
                               ("supabase-key", "PRUUV_SUPABASE_KEY_FILE")):
            self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
            self.assertIn(f"export {variable}='{self.folder / name}'\n", environment)
        self.assertIn(f"export PRUUV_VAULT_ADDR={self.base}\n", environment)
        self.assertIn("export PRUUV_VAULT_ROLE_ID=sandbox-role\n", environment)

    def test_supabase_answers_beside_it(self):
        key = (self.folder / "supabase-key").read_text().strip()
        request = urllib.request.Request(
            f"{self.base}/rest/v1/rpc/read_secret", data=b'{"secret_name":"demo-meta"}',
            headers={"apikey": key, "Authorization": f"Bearer {key}",
                     "Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=self.context) as answer:
            self.assertEqual(json.load(answer), "sandbox-supabase-meta")
        self.assertEqual(json.loads(self.control("supabase"))["reads"], 1)
        self.assertNotIn(key, self.control("requests"))
        self.control("supabase", {"put": {"name": "demo-meta", "value": {"a": 1}}})
        with urllib.request.urlopen(request, context=self.context) as answer:
            self.assertEqual(json.load(answer), {"a": 1})


if __name__ == "__main__":
    unittest.main()
