"""The cases: each gives figures. `bench` is the Bench of scripts/bench; an Exception is told beside the case's name."""
import dataclasses
import datetime
import json
import os
import shutil
import sqlite3

from benchmark import events, history, measure, sandbox
from benchmark.figures import Figure


@dataclasses.dataclass
class Sizes:
    large: int = 100_000
    wide: tuple = (300_000, 1_000)                # events, clients
    growth: tuple = (10_000, 30_000, 100_000, 300_000, 1_000_000)
    past: history.Shape = history.Shape(1, 334, 1_000)        # 1,002,000 attempts of the large day's client
    long_past: history.Shape = history.Shape(1_000, 30, 112)  # 10,080,000 events
    long_past_bytes: int = 9 << 30                # while it is made
    imported: int = 1_000_000
    connections: int = 500                        # of the latency-bound day, 200 events each
    delay_ms: int = 300


QUICK = Sizes(large=2_000, wide=(3_000, 50), growth=(500, 2_000), past=history.Shape(1, 4, 250),
              long_past=history.Shape(10, 5, 67), long_past_bytes=1 << 30, imported=5_000, connections=24, delay_ms=50)

# What `send` has under way at a time unless told.
ALLOWED_PARALLEL = 8


def send(bench, store, due, box=None, ca_file=None, in_place=False):
    """One measured run on a copy of the store; void unless the sandbox took exactly what was due."""
    box = box or bench.box
    copy = store if in_place else bench.stores.copy(store)
    box.reset()
    environment = box.environment()
    if ca_file:
        environment["PRUUV_CA_FILE"] = ca_file
    sample = measure.run(bench.stores.command(copy, "send"), environment, bench.stores.work, bench.cpu)
    accepted, _ = box.counted()
    if accepted != due:
        raise measure.Void(f"{accepted} events were accepted, {due} were due")
    return sample


def query(store, sql):
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def floor(bench, store, due):
    """The floor of the run that send() has just made on the copy, with as many transactions."""
    turns = query(os.path.join(bench.stores.work, "run.db"), "SELECT count(DISTINCT opened_at_ms) FROM request_opened")
    copy = bench.stores.copy(store, "floor.db")
    bench.box.reset()
    sample = measure.run([bench.floor_program, "--store", copy, "--url", bench.box.url, "--ca-file", bench.box.ca_file,
                          "--turns", str(turns[0][0])], bench.box.environment(), bench.stores.work, bench.cpu)
    found = json.loads(sample.output)
    accepted, _ = bench.box.counted()
    if not accepted == found["events"] == found["read"] == due:
        raise measure.Void(f"the floor sent {found['events']} events of {due}, {accepted} were accepted")
    return found


def per_event(sample, count):
    return sample.cpu_s / count * 1e6


def large_day(bench):
    count = bench.sizes.large
    store = bench.stores.due(count)
    values, floors, stages, peaks = [], [], [], []
    for _ in bench.rounds():
        sample = bench.keep("large", send(bench, store, count))
        found = floor(bench, store, count)
        bench.samples.setdefault("large.floor", []).append(found)
        values.append(per_event(sample, count))
        peaks.append(sample.peak_mb)
        floors.append(found["cpu_s"]["sum"] / count * 1e6)
        stages.append({name: seconds / count * 1e6 for name, seconds in found["cpu_s"].items() if name != "sum"})
    names = ", ".join(f"{name} {sorted(one[name] for one in stages)[len(stages) // 2]:.2f}" for name in stages[0])
    yield Figure("large", "CPU an event", "us", values, floors, 2.5, note=f"floor by stage, us: {names}")
    yield Figure("large", "peak memory", "MB", peaks, goal=40)
    yield from stored_bytes(bench, store, count)


def bytes_by_name(store):
    try:
        return dict(query(store, "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    except sqlite3.OperationalError:  # this SQLite was built without it
        return {"all": query(store, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count,"
                                    " pragma_freelist_count, pragma_page_size")[0][0]}


def stored_bytes(bench, before, count):
    """What the run left on its copy has grown by."""
    old = bytes_by_name(before)
    new = bytes_by_name(os.path.join(bench.stores.work, "run.db"))
    grown = {name: (size - old.get(name, 0)) / count for name, size in new.items()}
    note = ", ".join(f"{name} {size:.1f}" for name, size in sorted(grown.items(), key=lambda one: -one[1]) if size >= 0.05)
    yield Figure("large", "store, a delivered event", "bytes", [sum(grown.values())], note=note)


def wide_day(bench):
    count, clients = bench.sizes.wide
    wide, large = bench.stores.due(count, clients), bench.stores.due(bench.sizes.large)
    values, references, peaks = [], [], []
    for _ in bench.rounds():
        sample = bench.keep("wide", send(bench, wide, count))
        values.append(per_event(sample, count))
        peaks.append(sample.peak_mb)
        references.append(per_event(bench.keep("wide.large", send(bench, large, bench.sizes.large)), bench.sizes.large))
    yield Figure("wide", "CPU an event, to the large day", "us", values, references, 2)
    yield Figure("wide", "peak memory", "MB", peaks)


def small_day(bench):
    store = bench.stores.due(1)
    ca_file = bench.box.with_system_cas() if os.path.exists(sandbox.SYSTEM_CAS) else None
    samples = [bench.keep("small", send(bench, store, 1, ca_file=ca_file)) for _ in bench.rounds()]
    note = "with the system's CA bundle" if ca_file else "no system CA bundle here: the sandbox's certificate alone"
    yield Figure("small", "CPU of one event", "ms", [sample.cpu_s * 1e3 for sample in samples], goal=40, note=note)
    yield Figure("small", "peak memory", "MB", [sample.peak_mb for sample in samples])


def growth(bench):
    """All sizes, and the largest once more after a long past, in turns."""
    sizes = bench.sizes.growth
    largest, usual = sizes[-1], sizes[-3] if len(sizes) > 2 else sizes[0]
    stores = {count: bench.stores.due(count) for count in sizes}
    after = bench.stores.due(largest, past=bench.sizes.past)
    cpu, peak = {}, {}
    for _ in bench.rounds():
        for name, store, count in [*((count, stores[count], count) for count in sizes), ("after", after, largest)]:
            sample = bench.keep(f"growth.{name}", send(bench, store, count))
            cpu.setdefault(name, []).append(per_event(sample, count))
            peak.setdefault(name, []).append(sample.peak_mb)
            if name == largest and not os.path.exists(bench.sent_store):
                shutil.copyfile(os.path.join(bench.stores.work, "run.db"), bench.sent_store)
                os.chmod(bench.sent_store, 0o600)
    bench.growth = [(count, Figure("", "", "us", cpu[count]).value, Figure("", "", "MB", peak[count]).value)
                    for count in sizes]
    yield Figure("growth", f"CPU an event, {largest:,} to {usual:,}", "us", cpu[largest], cpu[usual], 1.15)
    yield Figure("growth", f"the same after {bench.sizes.past.events:,} attempts", "us", cpu["after"], cpu[usual], 1.15)
    yield Figure("growth", f"peak memory, {largest:,}", "MB", peak[largest], goal=40)
    yield Figure("growth", f"peak memory, {largest:,} to {usual:,}", "MB", peak[largest], peak[usual], 1.1)


def read_long_past(bench):
    """What people ask of a large store, and the run that finds nothing to do. In place: it adds one row of `run`."""
    if not bench.has_room(bench.sizes.long_past_bytes):
        raise measure.Void(f"skipped: less than {bench.sizes.long_past_bytes >> 30} GB free for its store")
    shape = bench.sizes.long_past
    store = bench.stores.delivered(shape)
    last_ms = query(store, "SELECT opened_at_ms FROM request_opened ORDER BY id DESC LIMIT 1")[0][0]
    since = datetime.datetime.fromtimestamp(last_ms // 1000 - 86400 + 60, datetime.timezone.utc).isoformat()[:19] + "Z"
    event_id = query(store, f"SELECT id FROM funnel_event WHERE seq = {shape.events // 2}")[0][0]
    client = events.client_name(shape.clients // 2)
    expected = query(store, "SELECT sum(o.events) FROM request_opened o JOIN connection cn ON cn.id = o.connection_id JOIN"
                            f" client c ON c.no = cn.client_no WHERE c.client_id = '{client}'"
                            f" AND o.opened_at_ms >= {last_ms // 1000 - 86400 + 60}000")[0][0]
    commands = {
        "audit": (["audit", "--client", client, "--since", since, "--format", "csv"],
                  lambda out: len(out.splitlines()) == expected + 1),
        "inspect": (["inspect", event_id], lambda out: event_id in out and "accepted" in out),
        "doctor": (["doctor"], lambda out: "credentials" in out),
    }
    samples = {name: [] for name in ("empty", *commands)}
    for arguments, _ in commands.values():  # what they read is in the cache from then on
        measure.run(bench.stores.command(store, *arguments), bench.box.environment(), bench.stores.work, bench.cpu)
    for _ in bench.rounds():
        samples["empty"].append(bench.keep("past.empty", send(bench, store, 0, in_place=True)))
        for name, (arguments, is_right) in commands.items():
            sample = measure.run(bench.stores.command(store, *arguments), bench.box.environment(), bench.stores.work,
                                 bench.cpu)
            if not is_right(sample.output):
                raise measure.Void(f"{name} said something else: {sample.output[:200]}")
            samples[name].append(bench.keep(f"past.{name}", sample))
    words = {"empty": "nothing due", "audit": "audit --client --since 24h", "inspect": "inspect", "doctor": "doctor"}
    note = f"{shape.events:,} delivered events of {shape.requests_a_round:,} connections, pages in the cache"
    yield Figure("past", "nothing due: CPU", "ms", [one.cpu_s * 1e3 for one in samples["empty"]], goal=50, note=note)
    for name, found in samples.items():
        yield Figure("past", words[name], "ms", [one.wall_s * 1e3 for one in found],
                     goal=100 if name in ("audit", "inspect") else None,
                     note="wall; its dozen syncs are the disk's" if name == "empty" else "")
        yield Figure("past", f"{words[name]}: peak memory", "MB", [one.peak_mb for one in found],
                     goal=20 if name == "empty" else None)


def latency_bound(bench):
    """500 connections of about 200 events, every answer late."""
    clients = bench.sizes.connections // 3 + 1
    count = clients * 3 * 200
    store = bench.stores.due(count, clients)
    arguments = ("--delay-ms", str(bench.sizes.delay_ms), "--threads", "64")
    values, references = [], []
    with sandbox.Sandbox(bench.box.command[0], os.path.join(bench.stores.folder, "late"), bench.other_cpu, arguments) as late:
        for _ in bench.rounds():
            sample = bench.keep("latency", send(bench, store, count, box=late))
            _, requests = late.counted()
            values.append(sample.wall_s)
            references.append(requests / ALLOWED_PARALLEL * bench.sizes.delay_ms / 1e3)
    yield Figure("latency", f"wall, {ALLOWED_PARALLEL} requests at a time", "s", values, references, 1.3,
                 note=f"requests / {ALLOWED_PARALLEL} x {bench.sizes.delay_ms} ms")


def import_events(bench):
    count = bench.sizes.imported
    lines = bench.stores.lines(count)
    empty = bench.stores.kept("empty.db", bench.stores.empty)
    rates, cpu, peaks = [], [], []
    for _ in bench.rounds():
        copy = bench.stores.copy(empty)
        sample = bench.keep("import", measure.run(bench.stores.command(copy, "import", lines), bench.box.environment(),
                                                  bench.stores.work, bench.cpu))
        stored = query(copy, "SELECT count(*) FROM funnel_event")[0][0]
        if stored != count:
            raise measure.Void(f"{stored} events were stored, {count} given")
        rates.append(count / sample.wall_s)
        cpu.append(per_event(sample, count))
        peaks.append(sample.peak_mb)
    yield Figure("import", f"{count:,} events", "events/s", rates, goal=150_000, at_least=True)
    yield Figure("import", "CPU an event", "us", cpu)
    yield Figure("import", "peak memory", "MB", peaks)


def verify(bench):
    """The chain of a store that was really sent."""
    count = bench.sizes.growth[-1]
    if not os.path.exists(bench.sent_store):
        send(bench, bench.stores.due(count), count)
        shutil.copyfile(os.path.join(bench.stores.work, "run.db"), bench.sent_store)
        os.chmod(bench.sent_store, 0o600)
    samples = []
    for _ in bench.rounds():
        sample = measure.run(bench.stores.command(bench.sent_store, "audit", "--verify"), bench.box.environment(),
                             bench.stores.work, bench.cpu)
        if "the records hold" not in sample.output:
            raise measure.Void(f"audit --verify: {sample.output}")
        samples.append(bench.keep("verify", sample))
    yield Figure("verify", f"{count:,} attempts", "s", [sample.wall_s for sample in samples], goal=3)
    yield Figure("verify", "peak memory", "MB", [sample.peak_mb for sample in samples])


CASES = {"large": large_day, "wide": wide_day, "small": small_day, "growth": growth, "past": read_long_past,
         "latency": latency_bound, "import": import_events, "verify": verify}
