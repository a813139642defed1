-- Platforms that accept first and judge later: which requests are still to be asked about, and what was said.

-- The platform's reason in plain words. Part of the record's link in the chain.
ALTER TABLE diagnosis ADD COLUMN message TEXT;
CREATE INDEX diagnosis_by_time ON diagnosis (at_ms);

-- Accepted requests the platform has not judged yet. Rows go when it has, or when `until` is over.
CREATE TABLE status_check (
  request_id    INTEGER PRIMARY KEY REFERENCES request_opened (id),
  connection_id INTEGER NOT NULL REFERENCES connection (id),
  due_at        INTEGER NOT NULL,           -- not to be asked about before
  until         INTEGER NOT NULL            -- nor from then on
) STRICT;
CREATE INDEX status_check_due ON status_check (due_at);

-- What earlier versions sent in the last seven days was never asked about.
INSERT INTO status_check (request_id, connection_id, due_at, until)
SELECT o.id, o.connection_id, o.opened_at_ms / 1000 + 1800, o.opened_at_ms / 1000 + 604800
  FROM request_opened o
  JOIN request_closed c ON c.request_id = o.id
 WHERE o.adapter = 'data_manager' AND c.trace_id IS NOT NULL AND c.error IS NULL
   AND o.opened_at_ms > (unixepoch() - 604800) * 1000
   AND EXISTS (SELECT 1 FROM attempt a
                WHERE a.id >= c.first_attempt AND a.id < c.first_attempt + c.attempts AND a.status = 0);

-- One row an attempt, and one more where the platform refused afterwards what it had accepted.
DROP VIEW conversion_audit_log;

CREATE VIEW diagnosis_detail (
  diagnosis_id, at_ms, event_id, client_id, platform, connection, status, error, error_message, sent_at,
  retry_count, request_id, cause
) AS
SELECT d.id, d.at_ms, e.id, cl.client_id, cn.platform, cn.name, d.status, d.reason, d.message,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.at_ms / 1000, 'unixepoch'), a.number - 1, d.request_id, 'diagnosis'
  FROM diagnosis d
  JOIN request_closed c ON c.request_id = d.request_id
  JOIN attempt a ON a.id = c.first_attempt + d.position AND a.request_id = d.request_id
  JOIN request_opened o ON o.id = d.request_id
  JOIN connection cn ON cn.id = o.connection_id
  JOIN client cl ON cl.no = cn.client_no
  JOIN funnel_event e ON e.seq = a.event_seq
 WHERE d.position IS NOT NULL AND d.status IN ('rejected', 'waiting');

CREATE VIEW conversion_audit_log (
  event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
) AS
SELECT event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
  FROM attempt_detail
UNION ALL
SELECT event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
  FROM diagnosis_detail;
