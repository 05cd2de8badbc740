-- Sessions, what happened to them, and what is owed because of it.
-- Times are milliseconds since 1970; ids are the 16 bytes of a UUID.

-- One row a session. Most indexes come in pairs, one for open and one for closed
-- sessions, so that open ones are found and counted without walking past closed ones.
CREATE TABLE sessions (
    number        INTEGER PRIMARY KEY,
    id            BLOB    NOT NULL UNIQUE,
    version       INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    workflow_id   TEXT,
    node_id       TEXT,
    assignee      TEXT,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    -- The deadline on the wall clock, and on the steady clock of the process `run`.
    expires_at    INTEGER NOT NULL,
    steady_at     INTEGER NOT NULL,
    run           BLOB    NOT NULL,
    -- When a claim ends, while there is one.
    lapses_at     INTEGER,
    closed_at     INTEGER,
    -- The last event's.
    cursor        INTEGER NOT NULL,
    -- The idempotency key that made it, so that both can go together.
    key_principal TEXT,
    key_text      TEXT,
    -- JSON: what never changes, what changes.
    opened        TEXT    NOT NULL,
    state         TEXT    NOT NULL
) STRICT;

CREATE INDEX sessions_open_created ON sessions (created_at, id) WHERE closed_at IS NULL;
CREATE INDEX sessions_open_expires ON sessions (expires_at, id) WHERE closed_at IS NULL;
CREATE INDEX sessions_open_lapses ON sessions (lapses_at) WHERE lapses_at IS NOT NULL;
CREATE INDEX sessions_open_workflow ON sessions (workflow_id, created_at, id)
    WHERE workflow_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX sessions_open_node ON sessions (node_id, created_at, id)
    WHERE node_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX sessions_open_assignee ON sessions (assignee, created_at, id)
    WHERE assignee IS NOT NULL AND closed_at IS NULL;
-- The trailing columns let closed sessions be sorted by deadline without reading their rows.
CREATE INDEX sessions_closed_created ON sessions (created_at, id, expires_at, closed_at)
    WHERE closed_at IS NOT NULL;
CREATE INDEX sessions_closed_at ON sessions (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX sessions_closed_workflow ON sessions (workflow_id, created_at, id)
    WHERE workflow_id IS NOT NULL AND closed_at IS NOT NULL;
CREATE INDEX sessions_closed_node ON sessions (node_id, created_at, id)
    WHERE node_id IS NOT NULL AND closed_at IS NOT NULL;
CREATE INDEX sessions_closed_assignee ON sessions (assignee, created_at, id)
    WHERE assignee IS NOT NULL AND closed_at IS NOT NULL;

-- The feed. Events of one session are a list linked backwards by `previous`, from
-- sessions.cursor on: no index is needed to tell a session's history.
-- `opened` has no data: it is rebuilt from its session's immutable part.
CREATE TABLE events (
    cursor   INTEGER PRIMARY KEY,
    previous INTEGER,
    session  BLOB    NOT NULL,
    version  INTEGER NOT NULL,
    type     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    data     TEXT
) STRICT;

CREATE TABLE idempotency_keys (
    principal  TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    session    BLOB    NOT NULL,
    body_hash  BLOB    NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE pickups (
    session BLOB    NOT NULL PRIMARY KEY,
    by      TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Callbacks owed. `next_attempt_at` is null once settled. `due_at` is the same while
-- nobody holds the delivery, and the end of the lease while somebody does.
CREATE TABLE deliveries (
    number          INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE,
    session         BLOB    NOT NULL,
    version         INTEGER NOT NULL,
    url             TEXT    NOT NULL,
    endpoint        TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    attempts_made   INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    next_attempt_at INTEGER,
    due_at          INTEGER,
    lease_until     INTEGER
) STRICT;

CREATE INDEX deliveries_session ON deliveries (session);
CREATE INDEX deliveries_due ON deliveries (endpoint, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_undelivered ON deliveries (state) WHERE state <> 'delivered';

CREATE TABLE attempts (
    delivery INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    took     INTEGER NOT NULL,
    status   INTEGER,
    error    TEXT,
    PRIMARY KEY (delivery, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    number       INTEGER PRIMARY KEY,
    id           BLOB    NOT NULL UNIQUE,
    session      BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    size         INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    answered     INTEGER NOT NULL
) STRICT;

CREATE INDEX files_session ON files (session);
CREATE INDEX files_unanswered ON files (session) WHERE answered = 0;

-- One row, changed once a batch. Sessions are counted for all time: a purge takes none back.
CREATE TABLE totals (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    pending     INTEGER NOT NULL,
    active      INTEGER NOT NULL,
    completed   INTEGER NOT NULL,
    timeout     INTEGER NOT NULL,
    cancelled   INTEGER NOT NULL,
    error       INTEGER NOT NULL,
    file_bytes  INTEGER NOT NULL,
    -- The cursor of the last event there ever was, and of the last one removed.
    last_cursor INTEGER NOT NULL,
    feed_floor  INTEGER NOT NULL
) STRICT;

INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
