-- What was done and what was refused, for ever. Nothing here is changed or removed: the triggers hold that against
-- mistakes, the seals against everybody else. `entry` is the canonical text that is sealed; the columns beside it
-- repeat what entries are found by, and whoever verifies compares them.
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    session BLOB,
    entry   TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_session ON audit (session) WHERE session IS NOT NULL;
-- With the action, so that both are sought without reading entries.
CREATE INDEX audit_time ON audit (at, action);

-- One for each transaction that has entries: over them, and over the seal before.
CREATE TABLE audit_seals (
    last  INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    hash  BLOB    NOT NULL
) STRICT;

-- One row: where the chain stands.
CREATE TABLE audit_head (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    hash   BLOB    NOT NULL
) STRICT;

INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_seals_are_not_changed BEFORE UPDATE ON audit_seals
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_seals_are_not_removed BEFORE DELETE ON audit_seals
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
