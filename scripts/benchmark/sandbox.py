"""The platform sandbox as a process of its own, and what it counted."""
import json
import os
import re
import ssl
import subprocess
import urllib.request

SYSTEM_CAS = "/etc/ssl/certs/ca-certificates.crt"


class Sandbox:
    """Runs as long as its `with` block. `cpu`: the core it is kept to, or None."""

    def __init__(self, program, folder, cpu=None, arguments=()):
        self.command = [program, "--state-dir", os.path.join(folder, "sandbox"), "--no-keep", "--quiet", *arguments]
        self.folder = folder
        self.cpu = cpu
        self.process = None

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        pin = (lambda: os.sched_setaffinity(0, {self.cpu})) if self.cpu is not None else None
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, preexec_fn=pin)
        ready = self.process.stdout.readline()
        if not ready:
            raise RuntimeError("the sandbox did not start")
        self.ca_file = json.loads(ready)["ca_file"]
        self.url = f"https://127.0.0.1:{json.loads(ready)['port']}"
        self.tls = ssl.create_default_context(cafile=self.ca_file)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def environment(self):
        """What a program needs to see the sandbox, and nothing of the caller's own settings."""
        made = {name: value for name, value in os.environ.items() if not re.match("PRUUV_|VAULT_", name)}
        with open(os.path.join(self.folder, "sandbox/sandbox.env"), encoding="utf-8") as file:
            for name, value in re.findall(r"^export (\w+)='?([^'\n]*)'?$", file.read(), re.M):
                made[name] = value
        config = os.path.join(self.folder, "config")
        os.makedirs(os.path.join(config, "pruuv-send"), exist_ok=True)
        with open(os.path.join(config, "pruuv-send/config.toml"), "w", encoding="utf-8"):
            pass
        made["XDG_CONFIG_HOME"] = config
        return made

    def with_system_cas(self):
        """A file of the system's certificates and the sandbox's own: what a run against the real platforms loads."""
        path = os.path.join(self.folder, "cas.pem")
        with open(path, "wb") as out:
            for source in (SYSTEM_CAS, self.ca_file):
                with open(source, "rb") as file:
                    out.write(file.read())
        return path

    def call(self, method, route):
        request = urllib.request.Request(self.url + route, method=method, data=b"" if method == "POST" else None)
        with urllib.request.urlopen(request, context=self.tls) as answer:
            return answer.read()

    def reset(self):
        self.call("POST", "/_sandbox/reset")

    def counted(self):
        """Events accepted, and requests of every kind, since the last reset."""
        stats = json.loads(self.call("GET", "/_sandbox/stats"))
        return sum(one["accepted"] for one in stats.values()), sum(one["requests"] for one in stats.values())
