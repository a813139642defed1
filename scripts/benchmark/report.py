"""The machine, the chart of the growth, and scripts/BENCH.md."""
import datetime
import os
import platform
import re
import shutil
import subprocess

from benchmark import figures as tables

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(os.path.dirname(HERE), "BENCH.md")
CHART = os.path.join(os.path.dirname(HERE), "BENCH.svg")
BEGIN, END = "<!-- written by scripts/bench --publish -->", "<!-- until here -->"


def said_by(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    return found[1] if found else platform.processor()


def libraries():
    """What the program was built with, by pkg-config."""
    return {name: said_by("pkg-config", "--modversion", name) or "?" for name in ("libcurl", "openssl", "sqlite3")}


def machine(root):
    revision = said_by("git", "-C", root, "rev-parse", "--short=12", "HEAD")
    changed = said_by("git", "-C", root, "status", "--porcelain", "--untracked-files=no")
    return {"at": datetime.datetime.now(datetime.timezone.utc).isoformat()[:19] + "Z", "cpu": cpu_name(),
            "cores": os.cpu_count(), "kernel": platform.release(), "libraries": libraries(),
            "load": round(os.getloadavg()[1], 1), "revision": revision + (" and changes" if changed else "")}


def growth_table(growth):
    lines = ["| events | CPU an event, us | peak memory, MB |", "| --- | --- | --- |"]
    lines += [f"| {count:,} | {cpu:.2f} | {peak:.1f} |" for count, cpu, peak in growth]
    return "\n".join(lines)


def draw(growth, path):
    """Whether it was drawn."""
    if not shutil.which("gnuplot"):
        print("no gnuplot here (Debian: gnuplot-nox): the growth is not drawn")
        return False
    rows = "\n".join(f"{count} {cpu} {peak}" for count, cpu, peak in growth)
    script = f"""set terminal svg size 560,300 font "sans,11" background "white"
set output "{path}"
set title "send: what one more event costs"
set logscale x
set format x "%.0s%c"
set xlabel "events due"
set ylabel "CPU an event, us"
set y2label "peak memory, MB"
set ytics nomirror
set y2tics
set yrange [0:*]
set y2range [0:*]
set key bottom right
$rows << END
{rows}
END
plot $rows using 1:2 with linespoints lw 2 title "CPU an event", \\
     $rows using 1:3 axes x1y2 with linespoints lw 2 dt 2 title "peak memory"
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    return True


def publish(figures, growth, about, rounds):
    """Renews the part of BENCH.md between its two marks."""
    libraries_said = ", ".join(f"{name} {version}" for name, version in about["libraries"].items())
    notes = "\n".join(f"* {figure.case}, {figure.what}: {figure.note}" for figure in figures if figure.note)
    parts = [f"{about['at']}, revision {about['revision']}, medians of {rounds}. {about['cpu']}, {about['cores']} cores,"
             f" Linux {about['kernel']}, {libraries_said}. Load of the machine when it began: {about['load']}"
             " (0 is quiet; wall times suffer from any other).", tables.as_markdown(figures), notes]
    if growth:
        parts += [growth_table(growth)]
        if draw(growth, CHART):
            parts += ["![CPU an event and peak memory against the number of events](BENCH.svg)"]
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n\n" + "\n\n".join(parts) + "\n\n" + END + after)
