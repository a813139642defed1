"""No command reads a table that grows with history from end to end, but those whose work that is."""

import pathlib
import re
import sqlite3
import unittest

import harness

GROWING = {"funnel_event", "event_plan", "delivery", "request_opened", "request_closed", "attempt", "diagnosis",
           "chain_link", "status_check"}

# The beginnings of the statements that may, each with its reason.
MAY_READ_ALL = {
    # audit --verify looks at every record.
    "SELECT (SELECT count(*) FROM request_opened), (SELECT count(*) FROM request_closed)": "verify: counts",
    "SELECT a.id FROM attempt a CROSS JOIN request_opened o": "verify: attempts under another connection",
    "SELECT id FROM attempt WHERE id < 1 OR id >= ?1": "verify: attempts outside their numbers",
    "SELECT id FROM diagnosis EXCEPT": "verify: records without a link",
    "SELECT id FROM request_opened EXCEPT": "verify: records without a link",
    "SELECT id FROM operator_action EXCEPT": "verify: records without a link",
    "SELECT request_id FROM request_closed EXCEPT": "verify: records without a link",
    # These read one row and stop.
    "SELECT hash FROM chain_link ORDER BY id DESC LIMIT 1": "the last link",
    "SELECT coalesce(max(id), 0) + 1 FROM attempt": "the next number",
    # What people list by hand. Its last part alone has no index: accepted deliveries, which no run asks for.
    "WITH candidate (event_seq, connection_id) AS (": "deliveries of one state",
}


def statements_of(program):
    """Every SQL text the program holds: literals that begin like a statement. Scripts of the schema are not among
    them, nor what is quoted in words for people."""
    text = re.compile(rb"(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE) [\x20-\x7e\n]{8,}(?=\0)")
    return sorted({found.decode() for found in text.findall(program.read_bytes()) if not re.search(rb"[;`]", found)})


def aliases_of(sql):
    """Name in the query plan -> the tables it may stand for."""
    names = {}
    for table, alias in re.findall(r"(?:FROM|JOIN|,)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", sql):
        for name in (alias, table):
            names.setdefault(name, set()).add(table)
    return names


def read_whole(database, sql, views):
    """The tables that grow and that the plan scans."""
    names = aliases_of(" ".join([sql, *(text for view, text in views.items() if re.search(rf"\b{view}\b", sql))]))
    parameters = max((int(number) for number in re.findall(r"\?(\d+)", sql)), default=sql.count("?"))
    plan = database.execute("EXPLAIN QUERY PLAN " + sql, [None] * parameters)
    # A min() or max() without an index for it is called a search as well: one without a bound.
    scanned = {line.split()[1] for *_, line in plan
               if line.startswith("SCAN ") or line.startswith("SEARCH ") and "(" not in line}
    return set().union(*(names.get(name, {name}) for name in scanned)) & GROWING


class QueryPlans(harness.ProgramTest):
    def setUp(self):
        super().setUp()
        self.make_store()
        self.database = sqlite3.connect(self.store)
        self.addCleanup(self.database.close)
        self.views = dict(self.database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'"))
        # A view may stand on another one.
        for name, text in list(self.views.items()):
            self.views[name] = " ".join([text, *(t for v, t in self.views.items() if v != name and v in text)])

    def test_no_statement_of_the_program_scans_a_growing_table(self):
        looked_at, unused = 0, set(MAY_READ_ALL)
        for sql in statements_of(pathlib.Path(harness.PRUUV_SEND)):
            with self.subTest(sql=sql):
                whole = read_whole(self.database, sql, self.views)
                looked_at += 1
                allowed = [start for start in MAY_READ_ALL if sql.startswith(start)]
                unused -= set(allowed)
                if not allowed:
                    self.assertEqual(whole, set())
        self.assertGreater(looked_at, 80, "the program's statements were not found")
        self.assertEqual(unused, set(), "exceptions that no statement needs")

    def test_a_scan_is_found(self):
        for sql, found in {
                "SELECT max(opened_at_ms) FROM request_opened": {"request_opened"},
                "SELECT count(*) FROM client c JOIN event_plan p ON p.client_no + 0 = c.no": {"event_plan"},
                "SELECT * FROM conversion_audit_log WHERE status = ?1": {"attempt", "diagnosis"},
                "SELECT 1 FROM funnel_event e WHERE e.email = ?": {"funnel_event"},
                "DELETE FROM delivery WHERE attempts = ?1": {"delivery"},
                "SELECT seq FROM funnel_event WHERE id = ?1": set(),
                "SELECT status FROM attempt WHERE id >= ?1": set(),
                "SELECT name FROM platform": set()}.items():
            with self.subTest(sql=sql):
                self.assertEqual(read_whole(self.database, sql, self.views), found)


if __name__ == "__main__":
    unittest.main()
