"""Settings: where they may stand, which place wins, what is refused; and how the program speaks of its command line."""

import json
import os
import subprocess
import unittest

import harness
from harness import FBCLID, event, meta

CANARY = "EAABcanary0token"


class Config(harness.ProgramTest):
    def write(self, *lines, mode=0o600, name="config.toml"):
        path = self.folder / name
        path.write_text("".join(line + "\n" for line in lines))
        path.chmod(mode)
        return path

    def refused(self, *arguments, code):
        done = self.run_program(*arguments, code=code)
        self.assertNotIn("canary", done.out + done.err)
        return done.err

    def shown(self, *arguments):
        done = self.run_program("config", "show", "--origin", "--format", "json", *arguments, code=0)
        return {line["name"]: (line["value"], line["origin"]) for line in done.json()["settings"]}


class Precedence(Config):
    def test_flag_variable_second_variable_file_default(self):
        path = self.write("# of this machine", 'vault-addr = "https://file.example"', "max-in-flight = 3")
        self.assertEqual(self.shown()["vault-addr"], (None, "default"))
        self.assertEqual(self.shown()["max-in-flight"], ("8", "default"))
        file = ("--config", path)
        self.assertEqual(self.shown(*file)["vault-addr"], ("https://file.example", f"{path}, line 2"))
        self.assertEqual(self.shown(*file)["max-in-flight"], ("3", f"{path}, line 3"))
        self.assertEqual(self.shown(*file)["config"], (str(path), "flag --config"))
        self.extra_environment["VAULT_ADDR"] = "https://second.example"
        self.assertEqual(self.shown(*file)["vault-addr"], ("https://second.example", "variable VAULT_ADDR"))
        self.extra_environment["PRUUV_VAULT_ADDR"] = "https://first.example"
        self.assertEqual(self.shown(*file)["vault-addr"], ("https://first.example", "variable PRUUV_VAULT_ADDR"))
        self.assertEqual(self.shown(*file, "--vault-addr", "https://flag.example")["vault-addr"],
                         ("https://flag.example", "flag --vault-addr"))

    def test_an_empty_variable_counts_as_not_set(self):
        self.extra_environment["PRUUV_MAX_IN_FLIGHT"] = ""
        self.assertEqual(self.shown()["max-in-flight"], ("8", "default"))

    def test_the_file_is_looked_for_in_xdg_then_home_and_never_here(self):
        for folder in ("xdg/pruuv-send", "home/.config/pruuv-send", "here/pruuv-send"):
            (self.folder / folder).mkdir(parents=True)
        for name in ("here/config.toml", "here/pruuv-send/config.toml"):
            self.write("max-in-flight = 1", name=name)
        self.extra_environment = {"HOME": str(self.folder / "home")}

        def value():
            done = subprocess.run(self.command("config", "show", "--format", "json"), env=self.environment(),
                                  cwd=self.folder / "here", capture_output=True, check=True)
            return {line["name"]: line["value"] for line in json.loads(done.stdout)["settings"]}["max-in-flight"]
        self.assertEqual(value(), "8")
        self.write("max-in-flight = 2", name="home/.config/pruuv-send/config.toml")
        self.assertEqual(value(), "2")
        self.extra_environment["XDG_CONFIG_HOME"] = str(self.folder / "xdg")
        self.write("max-in-flight = 3", name="xdg/pruuv-send/config.toml")
        self.assertEqual(value(), "3")

    def test_the_errors_say_which_place_to_look_at(self):
        path = self.write('meta-version = "26"')
        self.assertIn(f"read --meta-version ({path}, line 1): ", self.refused("send", "--config", path, code=78))
        self.assertIn("read --meta-version: ", self.refused("send", "--meta-version", "27", code=78))
        self.extra_environment["VAULT_ADDR"] = "http://canary.example"
        self.assertIn("read --vault-addr (VAULT_ADDR): ", self.refused("send", code=78))


class File(Config):
    def test_what_may_not_stand_in_it(self):
        for line, words, hint in (
                ('request-timeuot = "canary"', "line 2: request-timeuot: there is no such setting",
                 "did you mean request-timeout?"),
                ('client = "canary"', "client: there is no such setting", "config show"),
                ("dry-run = true", "dry-run: there is no such setting", "config show"),
                ("now = 1", "now: there is no such setting", "config show"),
                ('config = "canary"', "config: there is no such setting", "config show"),
                ("[send]", "line 2: there are no sections", ""),
                (f'meta-token = "{CANARY}"', "meta-token: a secret does not belong here", "vault:secret/"),
                (f'vault_token = "{CANARY}"', "vault_token: a secret does not belong here", "vault:secret/"),
                ('ca-file = "/canary"', "ca-file: the key stands in line 1 already", "keep one"),
                ('store = ""', "store: an empty text", "default"),
                ("store = 5", "store: a number where a text is expected", "quotes"),
                ("store = true", "store: true or false where a text is expected", "quotes"),
                ('store = ["canary"]', "store: a list where one value is expected", "commas"),
                ("store = canary", "store: neither a text in quotes", "quotes"),
                ('store = "canary', "store: the text has no end", "quotes"),
                (CANARY, "line 2: it is not `key = value`", "quotes")):
            with self.subTest(line):
                path = self.write('ca-file = "/x"', line)
                said = self.refused("send", "--config", path, code=78)
                self.assertIn(f"read the configuration {path}", said)
                self.assertIn(words, said)
                self.assertIn(hint, said)

    def test_a_file_that_is_none(self):
        for path in (self.folder / "none.toml", self.folder, "/dev/null"):
            self.assertIn(f"read the configuration {path}: ", self.refused("send", "--config", path, code=78))

    def test_only_its_owner_may_change_it(self):
        self.make_store()
        for mode in (0o620, 0o602, 0o666):
            path = self.write("max-in-flight = 3", mode=mode)
            self.assertIn(f"hint: chmod go-w {path}\n", self.refused("send", "--config", path, code=77))
        path = self.write("max-in-flight = 3", mode=0o644)
        self.run_program("send", "--config", path, code=0)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
            self.assertIn("it belongs to another user", self.refused("send", "--config", path, code=77))

    def test_values_arrive_whole(self):
        self.store = self.folder / "a, #b c.db"
        path = self.write(f'store = "{self.store}"  # where it is')
        self.extra_environment["PRUUV_STORE"] = ""
        self.run_program("init", "--config", path, code=0)
        self.assertTrue(self.store.exists())

    def test_a_link_to_nowhere_is_no_reason_to_use_the_defaults(self):
        (self.folder / "pruuv-send").mkdir()
        (self.folder / "pruuv-send/config.toml").symlink_to(self.folder / "gone")
        self.extra_environment["XDG_CONFIG_HOME"] = str(self.folder)
        self.refused("send", code=78)


class Show(Config):
    def test_every_flag_of_a_setting_is_there(self):
        text = self.run_program("--help", code=0).out
        flags = [line.split()[0][2:] for line in text.splitlines() if "(Env:PRUUV_" in line]
        self.assertGreater(len(flags), 25)
        self.assertEqual([name for name in self.shown() if name != "config"], flags)

    def test_it_needs_no_store_and_shows_no_secret(self):
        self.extra_environment = {"VAULT_TOKEN": CANARY, "PRUUV_ACME_TOKEN": CANARY, "PRUUV_STORR": "canary"}
        done = self.run_program("config", "show", "--origin", code=0)
        self.assertNotIn("canary", done.out + done.err)
        lines = {line.split()[0]: line for line in done.out.splitlines() if line}
        self.assertRegex(lines["VAULT_TOKEN"], r"^VAULT_TOKEN +\*\*\* +variable VAULT_TOKEN$")
        self.assertRegex(lines["PRUUV_ACME_TOKEN"], r"\*\*\*")
        self.assertRegex(lines["store"], rf"^store +{self.store} +variable PRUUV_STORE$")
        self.assertIn("no setting is called PRUUV_STORR, did you mean PRUUV_STORE?", done.out)
        self.assertFalse(self.store.exists())
        self.assertNotIn("variable", self.run_program("config", "show", code=0).out)

    def test_a_nightly_run_says_nothing_of_unknown_variables(self):
        self.make_store(meta())
        self.import_events(event(**FBCLID))
        self.extra_environment = {"PRUUV_STORR": "x"}
        done = self.run_program("send", code=0)
        self.assertEqual((done.out, done.err), ("", ""))

    def test_there_is_no_variable_for_vaults_token(self):
        self.extra_environment = {"PRUUV_VAULT_TOKEN": CANARY}
        self.assertIn("use VAULT_TOKEN", self.refused("config", "show", code=78))


class Usage(Config):
    def check(self, arguments, message, hint):
        with self.subTest(arguments):
            done = self.run_program(*arguments, code=64)
            self.assertEqual(done.out, "")
            self.assertNotIn("canary", done.err)
            self.assertEqual(done.err, f"pruuv-send: {message}\n" + (f"hint: {hint}\n" if hint else ""))

    def test_unknown_flags_and_commands(self):
        self.check(("--storr", "/canary"), "there is no flag --storr", "did you mean --store?")
        self.check(("--storr=/canary",), "there is no flag --storr", "did you mean --store?")
        self.check(("audit", "--sumary"), "there is no flag --sumary", "did you mean --summary?")
        self.check(("audit", "--request-timeuot", "30s"), "there is no flag --request-timeuot",
                   "did you mean --request-timeout?")
        self.check(("send", "--frobnicate"), "there is no flag --frobnicate",
                   "`pruuv-send send --help` lists the flags")
        self.check((f"--{CANARY}",), "there is no such flag", "`pruuv-send --help` lists the flags")
        self.check(("--token", CANARY), "there is no flag --token", "`pruuv-send --help` lists the flags")
        self.check(("adit",), "there is no such command", "did you mean pruuv-send audit?")
        self.check((CANARY,), "there is no such command", "`pruuv-send --help` lists the commands")
        self.check(("connections", "lst"), "there is no such command", "did you mean pruuv-send connections list?")
        self.check(("inspect", "a", CANARY), "pruuv-send inspect: an argument too many",
                   "`pruuv-send inspect --help` says which there are")

    def test_values_that_do_not_fit(self):
        send, audit = "`pruuv-send send --help` says more", "`pruuv-send audit --help` says more"
        for value in ("0", "-1", "canary", "1.5"):
            self.check(("send", "--limit", value), "read --limit: it is not a whole number from 1 on", send)
        self.check(("audit", "--limit", "canary"), "read --limit: it is not a whole number", audit)
        self.check(("audit", "--format", CANARY), "read --format: it is not table, json or csv", audit)
        self.check(("config", "show", "--format", "csv"), "read --format: it is not table or json",
                   "`pruuv-send config show --help` says more")
        self.check(("send", "--platform", CANARY), "read --platform: it is none of meta, google, tiktok", send)
        self.check(("send", "--limit"), "read --limit: its value is missing", send)
        self.check(("send", "--limit", "1", "--limit", "2"), "read --limit: it stands there more than once", send)
        self.check(("--store", "canary", "--store", "canary"), "read --store: it stands there more than once",
                   "`pruuv-send --help` says more")
        self.check(("send", "--store", ""), "read --store: its value is empty", "leave it out to use the default")

    def test_what_is_missing_or_does_not_go_together(self):
        self.check(("inspect",), "pruuv-send inspect: EVENT_ID is missing", "`pruuv-send inspect --help` says more")
        self.check(("config",), "pruuv-send config: a command is missing", "one of show")
        self.check(("send", "--dry-run", "--validate-only"), "--dry-run and --validate-only do not go together", "")
        self.check(("audit", "--head", CANARY), "--head needs --verify", "")


if __name__ == "__main__":
    unittest.main()
