"""What must be true of a store and of what the platforms saw, whatever happened to the runs in between.

Reads the store with SQLite alone and works out the audit chain by schema/README.md, so that the program's own
verification is not its judge."""

import collections
import hashlib
import json
import pathlib
import sqlite3

ROUTED = 1
ACCEPTED, REJECTED, AMBIGUOUS = 0, 1, 3  # attempt.status
OPEN_STATES = "(0, 1, 2)"  # delivery.state: waiting, retryable, ambiguous; held ones wait for a person
CHAINED = {1: ("request_opened", "id"), 2: ("request_closed", "request_id"), 3: ("diagnosis", "id"),
           4: ("operator_action", "id")}


def violations(store, sandbox, outputs=(), secrets=(), finished=False):
    """Every rule that does not hold, in words; [] is what a test wants to see.

    store: path. sandbox: harness.Sandbox. outputs: texts the program printed. secrets: words that may stand
    nowhere but in funnel_event. finished: nothing may be due any more, today or later."""
    database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    # A collector may have written anything; what is not UTF-8 must come out as it went in.
    database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        found = [f"integrity_check: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += _lost_events(database, finished)
        found += _copies(database, [line for line in sandbox.call("events").split("\n") if line])
        found += chain_faults(database)
        return found + _leaks(database, outputs, secrets, pathlib.Path(f"{store}.runs"))
    except sqlite3.OperationalError as fault:
        return [f"the store cannot be read: {fault}"]
    finally:
        database.close()


def _rows(database, sql, *parameters):
    return database.execute(sql, parameters).fetchall()


def _lost_events(database, finished):
    found = [f"event {seq} is below the mark and has no plan" for seq, in _rows(
        database, "SELECT e.seq FROM funnel_event e WHERE e.seq <= (SELECT planned_seq FROM store)"
        " AND NOT EXISTS (SELECT 1 FROM event_plan ep WHERE ep.event_seq = e.seq)")]
    found += [f"event {seq} is routed to {platform} and has no delivery" for seq, platform in _rows(
        database, "SELECT ep.event_seq, p.name FROM event_plan ep JOIN platform p"
        " WHERE ep.event_seq <= (SELECT planned_seq FROM store) AND (ep.codes >> (8 * p.no)) & 255 = ? AND NOT EXISTS (SELECT 1 FROM delivery d"
        "  JOIN connection cn ON cn.id = d.connection_id WHERE d.event_seq = ep.event_seq AND cn.platform = p.name)",
        ROUTED)]
    found += [f"delivery of {seq} to {cn}: state {state} with next_at {at}" for seq, cn, state, at in _rows(
        database, "SELECT event_seq, connection_id, state, next_at FROM delivery"
        f" WHERE (state IN {OPEN_STATES}) <> (next_at IS NOT NULL)")]
    if finished:
        found += [f"event {seq} is not planned" for seq, in _rows(
            database, "SELECT seq FROM funnel_event WHERE seq > (SELECT planned_seq FROM store)")]
        found += [f"delivery of {seq} to {cn} is in state {state}" for seq, cn, state in _rows(
            database, f"SELECT event_seq, connection_id, state FROM delivery WHERE state IN {OPEN_STATES}")]
        found += [f"request {number} is open" for number, in _rows(database, "SELECT request_id FROM open_request")]
    return found


def unpack_manifest(blob):
    """(event_seq, attempt number, dedup scope, SHA-256) of each delivery of a request."""
    entries, at, seq = [], 0, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = blob[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(blob):
        step = varint()
        seq += (step >> 1) ^ -(step & 1)
        number, scope = varint(), varint()
        entries.append((seq, number, scope, blob[at:at + 32]))
        at += 32
    return entries


Copy = collections.namedtuple("Copy", "status sha256")
# One manifest entry: opened and closed are the numbers of its links, closed and status None while it is open.
Intent = collections.namedtuple("Intent", "opened closed number scope sha256 status cause")


def _intents(database):
    """The intents of each delivery, in the order of their requests, by (adapter, event id, connection)."""
    links = {(kind, record): link for link, kind, record in _rows(
        database, "SELECT id, kind, record_id FROM chain_link WHERE kind IN (1, 2)")}
    attempts = {(request, seq): (status, cause) for request, seq, status, cause in _rows(
        database, "SELECT request_id, event_seq, status, cause FROM attempt")}
    ids = dict(_rows(database, "SELECT seq, id FROM funnel_event"))
    intents = collections.defaultdict(list)
    for request, connection, adapter, manifest in _rows(
            database, "SELECT id, connection_id, adapter, manifest FROM request_opened ORDER BY id"):
        for seq, number, scope, sha256 in unpack_manifest(manifest):
            status, cause = attempts.get((request, seq), (None, 0))
            intents[adapter, ids[seq], connection].append(Intent(
                links.get((1, request)), links.get((2, request)), number, scope, sha256, status, cause))
    return intents


def _copies(database, lines):
    """No copy without an intent, none twice without a reason that was recorded before it left."""
    found = []
    copies = collections.defaultdict(list)
    for line in lines:
        one = json.loads(line)
        body = line[line.index('"body":') + len('"body":'):-1]
        digest = hashlib.sha256(body.encode()).digest()
        copies[one["platform"], one["event_id"], one["destination"].split("/")[0]].append(Copy(one["status"], digest))
    destinations = dict(_rows(database, "SELECT id, destination FROM connection"))
    intents = _intents(database)
    by_destination = {(adapter, event, destinations[connection]): made
                      for (adapter, event, connection), made in intents.items()}
    for key, arrived in copies.items():
        made = by_destination.get(key, [])
        if len(arrived) > len(made):
            found.append(f"{key}: {len(arrived)} copies and {len(made)} intents")
        unknown = [i for i in made if i.status in (ACCEPTED, AMBIGUOUS, None)]
        taken = [copy for copy in arrived if copy.status in ("accepted", "duplicate")]
        if len(taken) > len(unknown):
            found.append(f"{key}: {len(taken)} copies were taken and {len(unknown)} recorded as perhaps arrived")
        strange = {copy.sha256 for copy in arrived} - {i.sha256 for i in made}
        if strange:
            found.append(f"{key}: a copy whose bytes no intent names")
        if len({copy.sha256 for copy in taken}) > 1:
            found.append(f"{key}: copies with different bytes")
    for key, made in intents.items():
        found += _order_of(key, made)
    for key, arrived in copies.items():
        if sum(copy.status == "accepted" for copy in arrived) > 1:
            found.append(f"{key}: accepted twice under different keys")
    for adapter, event, connection in [(a, e, c) for a, e, c in intents if intents[a, e, c][-1].status == ACCEPTED]:
        if not copies.get((adapter, event, destinations[connection])):
            found.append(f"{adapter} {event}: recorded as accepted and never arrived")
    return found


def _order_of(key, made):
    found = []
    if [i.number for i in made] != list(range(1, len(made) + 1)):
        found.append(f"{key}: attempts are numbered {[i.number for i in made]}")
    for before, after in zip(made, made[1:]):
        if before.closed is None or before.closed > after.opened:
            found.append(f"{key}: attempt {after.number} left before the outcome of {before.number} was recorded")
        final = before.status in (ACCEPTED, REJECTED)
        if final and after.cause == 0 and after.status is not None:
            found.append(f"{key}: attempt {after.number} left after {before.number} had come to its end")
        if before.status == AMBIGUOUS and before.scope != after.scope and after.cause == 0:
            found.append(f"{key}: another dedup key after an unknown outcome")
    return found


def _canonical(database, kind, record):
    table, key = CHAINED[kind]
    rows = _rows(database, f"SELECT * FROM {table} WHERE {key} = ?", record)
    if not rows:
        return None
    values = list(rows[0])
    if kind == 2:
        for row in _rows(database, "SELECT request_id, event_seq, number, status, reason, cause, error, error_message"
                         " FROM attempt WHERE request_id = ? ORDER BY id", record):
            values += row
    form = bytes([1, kind])
    for value in values:
        if value is None:
            form += b"\xff" * 8
            continue
        raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
        form += len(raw).to_bytes(8, "big") + raw
    return form


def chain_faults(database):
    head = bytes(32)
    seen = collections.Counter()
    for number, (link, kind, record, digest) in enumerate(_rows(
            database, "SELECT id, kind, record_id, hash FROM chain_link ORDER BY id"), 1):
        form = _canonical(database, kind, record)
        if link != number or form is None:
            return [f"chain: link {link} in place {number}, record {CHAINED[kind][0]} {record}"]
        head = hashlib.sha256(head + form).digest()
        if head != digest:
            return [f"chain: {CHAINED[kind][0]} {record} is not what was linked"]
        seen[kind] += 1
    moved = _rows(database, "SELECT a.id FROM attempt a JOIN request_opened o ON o.id = a.request_id"
                  " WHERE a.connection_id <> o.connection_id")
    if moved:
        return [f"attempt {moved[0][0]} is not of its request's connection"]
    return [f"chain: {table} has records without a link" for kind, (table, _) in CHAINED.items()
            if _rows(database, f"SELECT count(*) FROM {table}")[0][0] != seen[kind]]


def _leaks(database, outputs, secrets, journal):
    places = {f"output {number}": text for number, text in enumerate(outputs)}
    if journal.exists():
        places["the run journal"] = journal.read_text(encoding="utf-8")
    for table, in _rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'funnel_event'"):
        places[f"table {table}"] = repr(_rows(database, f"SELECT * FROM {table}"))
    return [f"{word!r} stands in {place}" for place, text in places.items() for word in secrets if word in text]
