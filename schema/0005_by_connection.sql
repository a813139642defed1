-- Deliveries and attempts lie by connection: what one request carries is together, so that an answer touches a few
-- pages, however many connections share a day.

DROP TRIGGER funnel_event_with_deliveries;
DROP INDEX delivery_due;
DROP INDEX delivery_held;
DROP INDEX delivery_rejected;
ALTER TABLE delivery RENAME TO delivery_by_event;

CREATE TABLE delivery (
  connection_id    INTEGER NOT NULL REFERENCES connection (id),
  -- Of funnel_event. Not declared: SQLite would search this table by event for every event that goes. The trigger
  -- below keeps events with deliveries.
  event_seq        INTEGER NOT NULL,
  state            INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
  reason           INTEGER NOT NULL DEFAULT 0,
  next_at          INTEGER,                 -- due from then on; NULL: held, or at its end
  expires_at       INTEGER NOT NULL,
  attempts         INTEGER NOT NULL DEFAULT 0,
  faults           INTEGER NOT NULL DEFAULT 0,
  cause            INTEGER NOT NULL DEFAULT 0 CHECK (cause BETWEEN 0 AND 2),  -- 0 schedule, 1 retry, 2 replay
  crashes          INTEGER NOT NULL DEFAULT 0,  -- runs that died with it in flight, without an answer in between
  first_attempt_at INTEGER,
  first_unknown_at INTEGER,
  first_request_id INTEGER,
  PRIMARY KEY (connection_id, event_seq)
) STRICT, WITHOUT ROWID;

INSERT INTO delivery (connection_id, event_seq, state, reason, next_at, expires_at, attempts, faults, cause, crashes,
                      first_attempt_at, first_unknown_at, first_request_id)
SELECT connection_id, event_seq, state, reason, next_at, expires_at, attempts, faults, cause, crashes,
       first_attempt_at, first_unknown_at, first_request_id
  FROM delivery_by_event ORDER BY connection_id, event_seq;
DROP TABLE delivery_by_event;

-- The turn: 0 never tried, 1 tried before, 2 a run died with it in flight, 3 two or more did.
CREATE INDEX delivery_due
ON delivery (connection_id, (attempts > 0) + (crashes > 0) + (crashes > 1), expires_at, event_seq, next_at)
WHERE next_at IS NOT NULL;
CREATE INDEX delivery_held ON delivery (connection_id, expires_at, reason) WHERE state = 3;
CREATE INDEX delivery_rejected ON delivery (connection_id, event_seq) WHERE state = 6;

-- A run plans new events first, and gives their deliveries a row with the first answer. In between it has them in
-- hand: planned, and beyond the mark.
CREATE TRIGGER funnel_event_with_deliveries BEFORE DELETE ON funnel_event
WHEN EXISTS (SELECT 1 FROM connection cn CROSS JOIN delivery d
              WHERE d.connection_id = cn.id AND d.event_seq = OLD.seq)
  OR (OLD.seq > (SELECT planned_seq FROM store)
      AND EXISTS (SELECT 1 FROM client cl CROSS JOIN event_plan ep
                   WHERE ep.client_no = cl.no AND ep.event_seq = OLD.seq))
BEGIN
  SELECT RAISE(ABORT, 'a funnel event with deliveries is not deleted');
END;

-- Of its request, too; here for the index. Not part of the record's link in the chain: verifying compares it.
DROP TRIGGER attempt_no_update;
DROP INDEX attempt_by_event;
ALTER TABLE attempt ADD COLUMN connection_id INTEGER NOT NULL DEFAULT 0;
UPDATE attempt SET connection_id = (SELECT o.connection_id FROM request_opened o WHERE o.id = request_id);
CREATE INDEX attempt_by_delivery ON attempt (connection_id, event_seq);
-- So that SQLite uses it for one event, too, with a search for each connection.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('attempt', 'attempt_by_delivery', '1000000 1000 1');
CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
