-- Secrets under seal: what `sealed:NAME` in a connection's credential means. Ciphertext only; its key is in a file
-- apart from the store.
CREATE TABLE sealed_secret (
  name    TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64 AND name NOT GLOB '*[^A-Za-z0-9._-]*'),
  version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 255),  -- of the way of sealing
  key_id  TEXT    NOT NULL CHECK (key_id <> ''),               -- which key of the file
  salt    BLOB    NOT NULL,
  nonce   BLOB    NOT NULL,
  sealed  BLOB    NOT NULL,                                    -- ciphertext, then the tag
  set_at  INTEGER NOT NULL                                     -- Unix seconds; sealing it again leaves it
) STRICT, WITHOUT ROWID;
