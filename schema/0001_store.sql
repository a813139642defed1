-- The store. funnel_event is the collector's to write; everything else is written by pruuv-send alone.
-- Times: *_at is Unix seconds UTC, *_at_ms Unix milliseconds UTC.

-- One row: what this store is and how far planning got.
CREATE TABLE store (
  one          INTEGER PRIMARY KEY CHECK (one = 1),
  store_id     TEXT    NOT NULL,            -- random; tells a restored copy from the store itself
  created_at   INTEGER NOT NULL,
  planned_seq  INTEGER NOT NULL DEFAULT 0   -- every funnel_event up to here has its event_plan
) STRICT;

CREATE TABLE funnel_event (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT    NOT NULL UNIQUE COLLATE NOCASE CHECK (
    id GLOB '[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]-[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]-[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]-[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]-[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]'),
  client_id    TEXT    NOT NULL CHECK (client_id <> ''),
  event_name   TEXT    NOT NULL CHECK (event_name <> ''),
  event_time   INTEGER NOT NULL,
  value        TEXT,
  currency     TEXT,
  email        TEXT,
  phone        TEXT,
  country      TEXT,
  first_name   TEXT,
  last_name    TEXT,
  city         TEXT,
  state        TEXT,
  zip          TEXT,
  external_id  TEXT,
  ip           TEXT,
  user_agent   TEXT,
  page_url     TEXT,
  referrer     TEXT,
  fbclid       TEXT,
  fbc          TEXT,
  fbp          TEXT,
  gclid        TEXT,
  gbraid       TEXT,
  wbraid       TEXT,
  ttclid       TEXT,
  ttp          TEXT,
  click_timestamp            ANY,           -- Unix seconds; ANY so that a bad one is kept and reported
  order_id                   TEXT,
  action_source              TEXT,
  consent_ad_user_data       TEXT,
  consent_ad_personalization TEXT,
  limited_data_use           ANY,
  extra        TEXT,                        -- JSON object: keys the importer did not know
  received_at  INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

-- A second copy of an event is dropped, also against INSERT OR REPLACE.
CREATE TRIGGER funnel_event_known BEFORE INSERT ON funnel_event
WHEN EXISTS (SELECT 1 FROM funnel_event WHERE id = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER funnel_event_keeps_id BEFORE UPDATE OF seq, id ON funnel_event
WHEN OLD.seq IS NOT NEW.seq OR OLD.id IS NOT NEW.id COLLATE BINARY
BEGIN
  SELECT RAISE(ABORT, 'the id of a funnel event never changes');
END;

CREATE TABLE client (
  no           INTEGER PRIMARY KEY,
  client_id    TEXT    NOT NULL UNIQUE
) STRICT;

-- Platforms by the number event_plan packs their codes under.
CREATE TABLE platform (
  no           INTEGER PRIMARY KEY CHECK (no BETWEEN 0 AND 6),
  name         TEXT    NOT NULL UNIQUE
) STRICT;

-- The words behind the numbers in event_plan, delivery and attempt.
CREATE TABLE reason (
  number       INTEGER PRIMARY KEY,
  code         TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE connection (
  id           INTEGER PRIMARY KEY,
  client_no    INTEGER NOT NULL REFERENCES client (no),
  platform     TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  destination  TEXT    NOT NULL,            -- Pixel ID, customer id, Pixel Code
  api          TEXT    NOT NULL,            -- '' where the platform has one only
  settings     TEXT    NOT NULL,            -- JSON object: everything else as imported
  paused       INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  from_seq     INTEGER NOT NULL,            -- takes events numbered above this
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (client_no, platform, name)
) STRICT;

CREATE TRIGGER connection_keeps_identity
BEFORE UPDATE OF id, client_no, platform, name, destination ON connection
WHEN OLD.id IS NOT NEW.id OR OLD.client_no IS NOT NEW.client_no OR OLD.platform IS NOT NEW.platform
  OR OLD.name IS NOT NEW.name OR OLD.destination IS NOT NEW.destination
BEGIN
  SELECT RAISE(ABORT, 'the destination of a connection never changes under its name');
END;

-- What planning decided for an event: one reason number a platform, 8 bits each, platform.no * 8 up.
CREATE TABLE event_plan (
  client_no    INTEGER NOT NULL REFERENCES client (no),
  event_seq    INTEGER NOT NULL,
  codes        INTEGER NOT NULL,
  PRIMARY KEY (client_no, event_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  event_seq        INTEGER NOT NULL REFERENCES funnel_event (seq),
  connection_id    INTEGER NOT NULL REFERENCES connection (id),
  state            INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
  reason           INTEGER NOT NULL DEFAULT 0,
  next_at          INTEGER,                 -- due from then on; NULL: held, or at its end
  expires_at       INTEGER NOT NULL,
  attempts         INTEGER NOT NULL DEFAULT 0,
  faults           INTEGER NOT NULL DEFAULT 0,
  cause            INTEGER NOT NULL DEFAULT 0 CHECK (cause BETWEEN 0 AND 2),  -- 0 schedule, 1 retry, 2 replay
  first_attempt_at INTEGER,
  first_unknown_at INTEGER,
  first_request_id INTEGER,
  PRIMARY KEY (event_seq, connection_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_due ON delivery (connection_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_held ON delivery (connection_id, reason, event_seq) WHERE state = 3;
CREATE INDEX delivery_rejected ON delivery (connection_id, event_seq) WHERE state = 6;

CREATE TRIGGER funnel_event_with_deliveries BEFORE DELETE ON funnel_event
WHEN EXISTS (SELECT 1 FROM delivery WHERE event_seq = OLD.seq)
BEGIN
  SELECT RAISE(ABORT, 'a funnel event with deliveries is not deleted');
END;

CREATE TABLE run (
  id           INTEGER PRIMARY KEY,
  run_id       TEXT    NOT NULL UNIQUE,
  command      TEXT    NOT NULL,
  version      TEXT    NOT NULL,
  started_at   INTEGER NOT NULL,
  ended_at     INTEGER,
  exit_code    INTEGER
) STRICT;

-- Names of the platforms' dedup keys without the event id: destination and event name as sent. The
-- manifests name them by number, so they are append-only like the records.
CREATE TABLE dedup_scope (
  id           INTEGER PRIMARY KEY,
  scope        TEXT    NOT NULL UNIQUE
) STRICT;

-- The records: append-only and chained. request_opened is committed before the first byte leaves.
CREATE TABLE request_opened (
  id           INTEGER PRIMARY KEY,
  run          INTEGER NOT NULL REFERENCES run (id),
  connection_id INTEGER NOT NULL REFERENCES connection (id),
  adapter      TEXT    NOT NULL,
  endpoint     TEXT    NOT NULL,
  api_version  TEXT    NOT NULL,
  body_sha256  BLOB    NOT NULL CHECK (length(body_sha256) = 32),
  body_bytes   INTEGER NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  events       INTEGER NOT NULL,
  manifest     BLOB    NOT NULL             -- its deliveries in order; schema/README.md has the format
) STRICT;
CREATE INDEX request_opened_by_connection ON request_opened (connection_id, opened_at_ms);

-- The requests opened and not closed, kept by the triggers below: a crash is found without a look at
-- history.
CREATE TABLE open_request (
  request_id   INTEGER PRIMARY KEY REFERENCES request_opened (id)
) STRICT;

CREATE TABLE request_closed (
  request_id     INTEGER PRIMARY KEY REFERENCES request_opened (id),
  run            INTEGER NOT NULL REFERENCES run (id),
  closed_at_ms   INTEGER NOT NULL,
  status         INTEGER NOT NULL,          -- HTTP; 0 = none seen
  bytes_sent     INTEGER NOT NULL CHECK (bytes_sent IN (0, 1)),
  transport_code INTEGER NOT NULL,          -- CURLcode; -1 = the run died with the request open
  trace_id       TEXT,
  error          TEXT,                      -- where all its events share one
  error_message  TEXT,
  warning        TEXT,
  first_attempt  INTEGER NOT NULL,          -- its attempts are numbered from here without a gap
  attempts       INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt (
  id             INTEGER PRIMARY KEY,
  -- Of request_closed. Not declared: beside a trigger on the parent, SQLite would want to search this table,
  -- which has no index for it, with every request closed. Verifying the chain checks it.
  request_id     INTEGER NOT NULL,
  event_seq      INTEGER NOT NULL,
  number         INTEGER NOT NULL,          -- 1 = the first of its delivery
  status         INTEGER NOT NULL CHECK (status BETWEEN 0 AND 6),
  reason         INTEGER NOT NULL DEFAULT 0,
  cause          INTEGER NOT NULL DEFAULT 0,
  error          TEXT,
  error_message  TEXT
) STRICT;
CREATE INDEX attempt_by_event ON attempt (event_seq);

-- What a platform says of an accepted event later.
CREATE TABLE diagnosis (
  id           INTEGER PRIMARY KEY,
  request_id   INTEGER NOT NULL REFERENCES request_opened (id),
  position     INTEGER,                     -- of the event in the request; NULL = unattributed
  status       TEXT    NOT NULL,
  reason       TEXT,
  at_ms        INTEGER NOT NULL
) STRICT;
CREATE INDEX diagnosis_by_request ON diagnosis (request_id);

CREATE TABLE operator_action (
  id           INTEGER PRIMARY KEY,
  at_ms        INTEGER NOT NULL,
  action       TEXT    NOT NULL,
  operator     TEXT    NOT NULL,
  detail       TEXT    NOT NULL             -- JSON object
) STRICT;

-- One link a record of the four kinds, in the order of commit (1 request_opened, 2 request_closed with
-- its attempts, 3 diagnosis, 4 operator_action).
CREATE TABLE chain_link (
  id           INTEGER PRIMARY KEY,
  kind         INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  record_id    INTEGER NOT NULL,
  hash         BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER request_opened_is_open AFTER INSERT ON request_opened
BEGIN INSERT INTO open_request (request_id) VALUES (NEW.id); END;
CREATE TRIGGER request_closed_is_not_open AFTER INSERT ON request_closed
BEGIN DELETE FROM open_request WHERE request_id = NEW.request_id; END;

CREATE TRIGGER dedup_scope_no_update BEFORE UPDATE ON dedup_scope
BEGIN SELECT RAISE(ABORT, 'dedup_scope is append-only'); END;
CREATE TRIGGER dedup_scope_no_delete BEFORE DELETE ON dedup_scope
BEGIN SELECT RAISE(ABORT, 'dedup_scope is append-only'); END;
CREATE TRIGGER request_opened_no_update BEFORE UPDATE ON request_opened
BEGIN SELECT RAISE(ABORT, 'request_opened is append-only'); END;
CREATE TRIGGER request_opened_no_delete BEFORE DELETE ON request_opened
BEGIN SELECT RAISE(ABORT, 'request_opened is append-only'); END;
CREATE TRIGGER request_closed_no_update BEFORE UPDATE ON request_closed
BEGIN SELECT RAISE(ABORT, 'request_closed is append-only'); END;
CREATE TRIGGER request_closed_no_delete BEFORE DELETE ON request_closed
BEGIN SELECT RAISE(ABORT, 'request_closed is append-only'); END;
CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER diagnosis_no_update BEFORE UPDATE ON diagnosis
BEGIN SELECT RAISE(ABORT, 'diagnosis is append-only'); END;
CREATE TRIGGER diagnosis_no_delete BEFORE DELETE ON diagnosis
BEGIN SELECT RAISE(ABORT, 'diagnosis is append-only'); END;
CREATE TRIGGER operator_action_no_update BEFORE UPDATE ON operator_action
BEGIN SELECT RAISE(ABORT, 'operator_action is append-only'); END;
CREATE TRIGGER operator_action_no_delete BEFORE DELETE ON operator_action
BEGIN SELECT RAISE(ABORT, 'operator_action is append-only'); END;
CREATE TRIGGER chain_link_no_update BEFORE UPDATE ON chain_link
BEGIN SELECT RAISE(ABORT, 'chain_link is append-only'); END;
CREATE TRIGGER chain_link_no_delete BEFORE DELETE ON chain_link
BEGIN SELECT RAISE(ABORT, 'chain_link is append-only'); END;

-- One row an attempt, with what only this program reads it by. Dashboards use the view after it.
CREATE VIEW attempt_detail (
  attempt_id, opened_at_ms, event_id, client_id, platform, connection, status, error, error_message, sent_at,
  retry_count, request_id
) AS
SELECT a.id, o.opened_at_ms, e.id, cl.client_id, cn.platform, cn.name,
       CASE a.status WHEN 0 THEN 'accepted' WHEN 1 THEN 'rejected' WHEN 2 THEN 'retryable'
                     WHEN 3 THEN 'ambiguous' WHEN 4 THEN 'waiting' WHEN 5 THEN 'held'
                     ELSE 'not_sent' END,
       coalesce(a.error, c.error),
       coalesce(a.error_message, c.error_message),
       strftime('%Y-%m-%dT%H:%M:%SZ', o.opened_at_ms / 1000, 'unixepoch'),
       a.number - 1,
       c.request_id
  FROM attempt a
  JOIN request_closed c ON c.request_id = a.request_id
                       AND a.id >= c.first_attempt AND a.id < c.first_attempt + c.attempts
  JOIN request_opened o ON o.id = c.request_id
  JOIN connection cn ON cn.id = o.connection_id
  JOIN client cl ON cl.no = cn.client_no
  JOIN funnel_event e ON e.seq = a.event_seq;

-- Public and stable: for dashboards, readable while a run is on. One row an attempt.
CREATE VIEW conversion_audit_log (
  event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
) AS
SELECT event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
  FROM attempt_detail;
