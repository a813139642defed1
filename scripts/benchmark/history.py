"""A past of delivered events, written into a store by SQL.

The rows are those of events that were planned, sent once and accepted, in rounds: each round every connection has one
request. The hash chain is random bytes: such a store is for reading, and for runs beside a long past, not to be verified.
"""
import dataclasses
import random
import sqlite3
import time

PLATFORMS = ("meta", "google", "tiktok")
ADAPTERS = {"meta": "meta", "google": "google_ads", "tiktok": "tiktok"}
ROUTED, NO_CLICK_ID = 1, 11  # lib/model/reason.hpp
DAY = 86400
SPAN = 30 * DAY


@dataclasses.dataclass(frozen=True)
class Shape:
    clients: int
    rounds: int
    events_a_request: int

    @property
    def requests_a_round(self):
        return self.clients * len(PLATFORMS)

    @property
    def events_a_round(self):
        return self.requests_a_round * self.events_a_request

    @property
    def events(self):
        return self.rounds * self.events_a_round


# Event number n (from 0) came in round n / a, as number j = n % a of it; it is client j % c's, platform (j / c) % 3's, and
# number j / (3 c) of its request. ?1 events, ?2 events a round, ?3 clients, ?4 first round's time, ?5 seconds a round.
SERIES = "WITH RECURSIVE series (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < ?1) "

EVENTS = SERIES + """
INSERT INTO funnel_event (seq, id, client_id, event_name, event_time, value, currency, email, phone, ip, user_agent, page_url,
                          fbc, fbp, gclid, ttclid, ttp, received_at)
SELECT n + 1, printf('%08x-0000-4000-a000-%012x', n, n), printf('client-%05d', n % ?3), iif(n % 4, 'lead', 'purchase'),
       at - 25200, printf('%d.%02d', 10 + n % 490, n % 100), 'EUR', printf('visitor.%d@example%d.com', n, n % 50),
       iif(n % 5, printf('+4930%d', 23000000 + n % 1000000), NULL), printf('192.0.2.%d', n % 256),
       'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
       printf('https://shop%d.example/thanks?order=%d', n % ?3, n),
       iif(p = 0, printf('fb.1.%d000.IwAR%024x', at, n), NULL), iif(p = 0, printf('fb.1.%d000.%d', at, n), NULL),
       iif(p = 1, printf('Cj0KCQ%024x', n), NULL),
       iif(p = 2, printf('E.C.P.%024x', n), NULL), iif(p = 2, printf('2T%020x', n), NULL), at
  FROM (SELECT n, n / ?3 % 3 AS p, ?4 + n / ?2 * ?5 AS at FROM series)"""

# In order of the key: connection, then event. Number n is event k of round r at one slot.
DELIVERIES = SERIES + """
INSERT INTO delivery (connection_id, event_seq, state, reason, expires_at, attempts, first_attempt_at, first_unknown_at,
                      first_request_id)
SELECT (SELECT id FROM temp.place WHERE slot = s), r * ?2 + k * ?3 * 3 + s % 3 * ?3 + s / 3 + 1, 4, 0,
       ?4 + r * ?5 + 604800, 1, ?4 + r * ?5, ?4 + r * ?5, r * ?3 * 3 + s + 1
  FROM (SELECT n / (?1 / ?3 / 3) AS s, n % (?1 / ?3 / 3) / (?2 / ?3 / 3) AS r, n % (?2 / ?3 / 3) AS k FROM series)"""

# In order of the key: client, then event.
PLANS = SERIES + """
INSERT INTO event_plan (client_no, event_seq, codes)
SELECT (SELECT client_no FROM temp.place WHERE slot = n / (?1 / ?3) * 3), s + 1,
       (SELECT codes FROM temp.place WHERE slot = s % ?2 / ?3 % 3)
  FROM (SELECT n, n % (?1 / ?3) * ?3 + n / (?1 / ?3) AS s FROM series)"""

# In order of the requests. Number n is event k of request r.
ATTEMPTS = SERIES + """
INSERT INTO attempt (id, request_id, connection_id, event_seq, number, status, reason, cause)
SELECT n + 1, r + 1, (SELECT id FROM temp.place WHERE slot = r % (?3 * 3)),
       r / (?3 * 3) * ?2 + k * ?3 * 3 + r % 3 * ?3 + r % (?3 * 3) / 3 + 1, 1, 0, 0, 0
  FROM (SELECT n, n / (?2 / ?3 / 3) AS r, n % (?2 / ?3 / 3) AS k FROM series)"""


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def connections_by_slot(database):
    """Slot = client * 3 + platform, as the numbers above count them."""
    rows = database.execute("SELECT c.client_id, cn.platform, cn.id, cn.client_no, cn.destination FROM connection cn"
                            " JOIN client c ON c.no = cn.client_no").fetchall()
    return sorted((int(client.split("-")[1]) * 3 + PLATFORMS.index(platform), number, client_no, destination)
                  for client, platform, number, client_no, destination in rows)


def write_places(database, slots):
    """What the statements look up: of each slot its connection and client, and of a platform the codes of its events."""
    numbers = {}
    for number, platform in enumerate(PLATFORMS):
        database.execute("INSERT OR IGNORE INTO platform (no, name) VALUES (?, ?)", (number, platform))
        numbers[platform] = database.execute("SELECT no FROM platform WHERE name = ?", (platform,)).fetchone()[0]
    database.execute("CREATE TEMP TABLE place (slot INTEGER PRIMARY KEY, id INTEGER, client_no INTEGER, codes INTEGER)")
    for slot, connection, client_no, _ in slots:
        codes = sum((ROUTED if platform == PLATFORMS[slot % 3] else NO_CLICK_ID) << 8 * number
                    for platform, number in numbers.items())
        database.execute("INSERT INTO temp.place VALUES (?, ?, ?, ?)", (slot, connection, client_no, codes))


def requests(shape, slots, begin, step, rng):
    """Rows of request_opened and request_closed."""
    count = shape.events_a_request
    for number in range(shape.rounds * shape.requests_a_round):
        round_number, slot = divmod(number, shape.requests_a_round)
        _, connection, _, destination = slots[slot]
        client, platform = divmod(slot, 3)
        first = round_number * shape.events_a_round + platform * shape.clients + client + 1
        rest = b"\1" + varint(slot + 1) + rng.randbytes(32)
        manifest = varint(2 * first) + rest + (varint(2 * shape.requests_a_round) + rest) * (count - 1)
        at_ms = (begin + round_number * step) * 1000 + slot
        yield ((number + 1, connection, ADAPTERS[PLATFORMS[platform]], f"https://ads.example/{destination}/events", "v1",
                rng.randbytes(32), 640 * count, at_ms, count, manifest),
               (number + 1, at_ms + 300, "trace%019d" % number, number * count + 1, count))


def write_requests(database, shape, slots, begin, step):
    rng = random.Random(1)
    database.executemany("INSERT INTO dedup_scope (id, scope) VALUES (?, ?)",
                         ((slot + 1, f"{destination}/Lead") for slot, _, _, destination in slots))
    for opened, closed in requests(shape, slots, begin, step, rng):
        database.execute("INSERT INTO request_opened VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)", opened)
        database.execute("INSERT INTO request_closed VALUES (?, 1, ?, 200, 1, 0, ?, NULL, NULL, NULL, ?, ?)", closed)
        for kind in (1, 2):
            database.execute("INSERT INTO chain_link (kind, record_id, hash) VALUES (?, ?, ?)",
                             (kind, opened[0], rng.randbytes(32)))


def write(path, shape, now=None):
    """Into a store that has the shape's connections and nothing else."""
    now = int(now or time.time())
    step = max(SPAN // shape.rounds, 1)
    begin = now - step * (shape.rounds - 1) - 3600
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000;"
                           " PRAGMA ignore_check_constraints = ON")
    slots = connections_by_slot(database)
    if len(slots) != shape.requests_a_round:
        raise ValueError(f"the store has {len(slots)} connections, not {shape.requests_a_round}")
    # Triggers are put back as the schema has them.
    triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    database.execute("BEGIN")
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    write_places(database, slots)
    database.execute("INSERT INTO run (id, run_id, command, version, started_at, ended_at, exit_code)"
                     " VALUES (1, '00000000-0000-4000-a000-000000000000', 'send', 'made', ?, ?, 0)", (begin, now))
    write_requests(database, shape, slots, begin, step)
    numbers = (shape.events, shape.events_a_round, shape.clients, begin, step)
    for statement in (EVENTS, DELIVERIES, PLANS, ATTEMPTS):
        database.execute(statement, numbers[:5 if "?5" in statement else 3])
    database.execute("UPDATE store SET planned_seq = ?", (shape.events,))
    for _, sql in triggers:
        database.execute(sql)
    database.execute("COMMIT")
    database.close()
