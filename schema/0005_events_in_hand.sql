-- A run plans new events first and gives their deliveries a row with the first answer. In between they are in its
-- hands: planned, and beyond the mark.
DROP TRIGGER funnel_event_with_deliveries;
CREATE TRIGGER funnel_event_with_deliveries BEFORE DELETE ON funnel_event
WHEN EXISTS (SELECT 1 FROM delivery WHERE event_seq = OLD.seq)
  OR (OLD.seq > (SELECT planned_seq FROM store)
      AND EXISTS (SELECT 1 FROM client c CROSS JOIN event_plan ep
                   WHERE c.client_id = OLD.client_id AND ep.client_no = c.no AND ep.event_seq = OLD.seq))
BEGIN
  SELECT RAISE(ABORT, 'a funnel event with deliveries is not deleted');
END;
