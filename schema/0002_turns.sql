-- What is due goes in turns: what was never tried before what was, and what may have been the death of a run
-- after both, alone; within a turn what expires soonest goes first.

-- Runs that died with it in flight, without an answer in between.
ALTER TABLE delivery ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;

-- The turn: 0 never tried, 1 tried before, 2 a run died with it in flight, 3 two or more did.
DROP INDEX delivery_due;
CREATE INDEX delivery_due
ON delivery (connection_id, (attempts > 0) + (crashes > 0) + (crashes > 1), expires_at, event_seq, next_at)
WHERE next_at IS NOT NULL;

DROP INDEX delivery_held;
CREATE INDEX delivery_held ON delivery (connection_id, expires_at, reason) WHERE state = 3;

-- attempt_detail gets the cause of an attempt; the public view stays as it was.
DROP VIEW conversion_audit_log;
DROP VIEW attempt_detail;

CREATE VIEW attempt_detail (
  attempt_id, opened_at_ms, event_id, client_id, platform, connection, status, error, error_message, sent_at,
  retry_count, request_id, cause
) AS
SELECT a.id, o.opened_at_ms, e.id, cl.client_id, cn.platform, cn.name,
       CASE a.status WHEN 0 THEN 'accepted' WHEN 1 THEN 'rejected' WHEN 2 THEN 'retryable'
                     WHEN 3 THEN 'ambiguous' WHEN 4 THEN 'waiting' WHEN 5 THEN 'held'
                     ELSE 'not_sent' END,
       coalesce(a.error, c.error),
       coalesce(a.error_message, c.error_message),
       strftime('%Y-%m-%dT%H:%M:%SZ', o.opened_at_ms / 1000, 'unixepoch'),
       a.number - 1,
       c.request_id,
       CASE a.cause WHEN 0 THEN 'schedule' WHEN 1 THEN 'retry' ELSE 'replay' END
  FROM attempt a
  JOIN request_closed c ON c.request_id = a.request_id
                       AND a.id >= c.first_attempt AND a.id < c.first_attempt + c.attempts
  JOIN request_opened o ON o.id = c.request_id
  JOIN connection cn ON cn.id = o.connection_id
  JOIN client cl ON cl.no = cn.client_no
  JOIN funnel_event e ON e.seq = a.event_seq;

CREATE VIEW conversion_audit_log (
  event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
) AS
SELECT event_id, client_id, platform, connection, status, error, error_message, sent_at, retry_count, request_id
  FROM attempt_detail;
