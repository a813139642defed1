"""For tests that start the program and do something to it while it runs."""

import pathlib
import subprocess
import time

import harness
import invariants
from harness import HOUR, Result
from sweep import CANARIES

PATIENCE_S = 30  # for anything that has to happen at all; no test takes so long


def until(condition, what):
    """Polls; there is nothing else to wait on in another process."""
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > give_up:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.002)


def has_taken_signals(process):
    """Whether no signal waits for the process: two of a kind that wait together become one."""
    if process.poll() is not None:
        return True
    try:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return True
    return all(int(line.split()[1], 16) == 0 for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd")))


class ProcessTest(harness.ProgramTest):
    def start(self, *arguments):
        process = subprocess.Popen(self.command(*arguments), env=self.environment(), cwd="/", text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()

    def finish(self, process):
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.end(process)
            self.fail(f"{process.args} did not end within {PATIENCE_S} s")
        done = Result(subprocess.CompletedProcess([], process.returncode, out, err))
        self.outputs.append(out + err)
        return done

    def setUp(self):
        super().setUp()
        self.outputs = []

    def requests_seen(self):
        return sum(platform["requests"] for platform in self.sandbox.stats().values())

    def wait_for_requests(self, count, process):
        until(lambda: self.requests_seen() >= count or process.poll() is not None, f"{count} requests")

    def check(self, **more):
        self.assertEqual(invariants.violations(self.store, self.sandbox, self.outputs, CANARIES, **more), [])

    def check_next_runs_finish(self):
        for _ in range(3):
            self.now += HOUR
            done = self.run_program("send", "--json")
            self.assertIn(done.code, (0, 3), done)
            self.outputs.append(done.out + done.err)
            self.check()
        self.check(finished=True)
