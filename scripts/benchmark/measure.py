"""One program run and what it took, as a whole process."""
import dataclasses
import os
import subprocess
import sys

LAUNCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")


@dataclasses.dataclass
class Sample:
    exit_code: int
    user_s: float
    system_s: float
    wall_s: float
    peak_mb: float
    output: str = ""

    @property
    def cpu_s(self):
        return self.user_s + self.system_s

    def as_json(self):
        return {"user_s": self.user_s, "system_s": self.system_s, "wall_s": round(self.wall_s, 4),
                "peak_mb": round(self.peak_mb, 2)}


class Void(Exception):
    """What was measured is not the work that was to be measured."""


def run(command, environment, folder, cpu=None, good=(0,)):
    """Runs it kept to one core. Raises Void where it ends otherwise than with one of the `good` codes."""
    out, err = os.path.join(folder, "stdout"), os.path.join(folder, "stderr")
    done = subprocess.run([sys.executable, "-I", "-S", LAUNCHER, str(-1 if cpu is None else cpu), out, err, *command],
                          env=environment, capture_output=True, text=True, check=True)
    words = done.stdout.split()
    sample = Sample(int(words[0]), *map(float, words[1:4]), float(words[4]) / 1024)
    with open(out, encoding="utf-8") as file:
        sample.output = file.read(1 << 20)
    if sample.exit_code not in good:
        with open(err, encoding="utf-8") as file:
            raise Void(f"{' '.join(command[:3])}: exit {sample.exit_code}: {file.read(500)}")
    return sample
