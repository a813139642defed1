"""The stores the cases run on: made once, kept below build/bench while their inputs are the same, copied for a run."""
import hashlib
import json
import os
import shutil
import subprocess
import time

from benchmark import events, history

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Platforms take events of the last seven days; those made here are up to a day old when they are made.
KEPT_S = 5 * 86400


def text_key():
    """Of everything that decides how a store is made, but its size."""
    digest = hashlib.sha256()
    paths = [os.path.join(ROOT, "scripts/benchmark", name) for name in ("events.py", "history.py", "stores.py")]
    schema = os.path.join(ROOT, "schema")
    paths += sorted(os.path.join(schema, name) for name in os.listdir(schema) if name.endswith(".sql"))
    for path in paths:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def sync(path):
    """So that no run's own syncs pay for what was written before it."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


class Stores:
    def __init__(self, program, environment, folder):
        self.program = program
        self.environment = environment
        self.folder = folder
        self.work = os.path.join(folder, "work")
        self.key = text_key()
        self.credentials = {}
        for made in (folder, self.work):
            os.makedirs(made, exist_ok=True)
        for platform, secret in events.CREDENTIALS.items():
            path = os.path.join(folder, f"{platform}.credential")
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(secret)
            self.credentials[platform] = "file:" + path

    def command(self, store, *arguments):
        return [self.program, "--store", store, *arguments]

    def call(self, store, *arguments):
        subprocess.run(self.command(store, *arguments), env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def kept(self, name, make, kept_s=KEPT_S):
        """The path of `name`, made by make(path) unless one is there that was made of the same inputs."""
        path = os.path.join(self.folder, name)
        stamp = path + ".made"
        if os.path.exists(stamp):
            with open(stamp, encoding="utf-8") as file:
                said = json.load(file)
            if said["key"] == self.key and time.time() - said["at"] < kept_s:
                return path
        for old in (stamp, path, path + ".runs", path + ".lock"):
            if os.path.exists(old):
                os.remove(old)
        print(f"making {name}", flush=True)
        make(path)
        sync(path)
        with open(stamp, "w", encoding="utf-8") as file:
            json.dump({"key": self.key, "at": int(time.time())}, file)
        return path

    def lines(self, count, clients=1):
        return self.kept(f"events-{count}-{clients}.ndjson", lambda path: events.write_events(path, count, clients))

    def empty(self, path, clients=1):
        """A store with connections and no event."""
        connections = path + ".connections"
        with open(connections, "w", encoding="utf-8") as file:
            json.dump(events.connections(clients, self.credentials), file)
        self.call(path, "init")
        self.call(path, "connections", "import", connections)
        os.remove(connections)

    def due(self, count, clients=1, past=None):
        """A store with `count` events that no run has looked at, after those of `past` (a history.Shape)."""
        def make(path):
            self.empty(path, clients)
            if past:
                history.write(path, past)
            lines = self.lines(count, clients)
            self.call(path, "import", lines)

        return self.kept(f"due-{count}-{clients}" + (f"-after-{past.events}" if past else "") + ".db", make)

    def delivered(self, shape):
        """A store with nothing due and a long past."""
        def make(path):
            self.empty(path, shape.clients)
            history.write(path, shape)

        return self.kept(f"delivered-{shape.events}.db", make, kept_s=float("inf"))

    def copy(self, path, name="run.db"):
        """For one run."""
        copy = os.path.join(self.work, name)
        for old in (copy, copy + ".runs", copy + ".lock", copy + "-journal"):
            if os.path.exists(old):
                os.remove(old)
        shutil.copyfile(path, copy)
        os.chmod(copy, 0o600)
        sync(copy)
        return copy
