-- People, what they sign in with, tokens, and who may see which session.

-- Whether it names anybody, so that only they may see it; and the audience it is counted under.
ALTER TABLE sessions ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN audience INTEGER;
ALTER TABLE sessions ADD COLUMN request_id TEXT;

-- Who a session concerns, one row a subject: `user:LOGIN`, `group:NAME`, `asked:LOGIN`. Sessions that name nobody and
-- were asked by nobody with an account have none. The trailing columns are the session's, so that each subject's
-- sessions are walked in order without reading them.
CREATE TABLE eligible (
    session   INTEGER NOT NULL,
    subject   TEXT    NOT NULL,
    relation  TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    uuid      BLOB    NOT NULL,
    ended_at  INTEGER,
    PRIMARY KEY (session, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX eligible_open ON eligible (subject, opened_at, uuid) WHERE ended_at IS NULL;
CREATE INDEX eligible_closed ON eligible (subject, opened_at, uuid) WHERE ended_at IS NOT NULL;
CREATE INDEX eligible_ended ON eligible (subject, ended_at, uuid) WHERE ended_at IS NOT NULL;

-- Counts by who may see: sessions with the same subjects are counted together, for all time. So what one may see is
-- counted without walking it, and nothing is counted twice.
CREATE TABLE audiences (
    id        INTEGER PRIMARY KEY,
    key       TEXT    NOT NULL UNIQUE,
    named     INTEGER NOT NULL,
    pending   INTEGER NOT NULL DEFAULT 0,
    active    INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    timeout   INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    error     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE audience_subjects (
    subject  TEXT    NOT NULL,
    audience INTEGER NOT NULL,
    PRIMARY KEY (subject, audience)
) STRICT, WITHOUT ROWID;

-- What is there already. Nobody had an account, so nobody counts as having asked.
UPDATE sessions SET request_id = json_extract(opened, '$.request_id')
    WHERE json_extract(opened, '$.request_id') IS NOT NULL;
INSERT INTO eligible
    SELECT number, 'user:' || assignee, 'assignee', created_at, id, closed_at FROM sessions WHERE assignee IS NOT NULL;
INSERT OR IGNORE INTO eligible
    SELECT s.number, CASE WHEN c.value LIKE 'group:%' THEN c.value ELSE 'user:' || c.value END, 'candidate',
        s.created_at, s.id, s.closed_at
    FROM sessions s, json_each(s.opened, '$.candidates') c;
UPDATE sessions SET named = 1 WHERE number IN (SELECT session FROM eligible);
INSERT INTO audiences (key, named)
    SELECT DISTINCT key || char(10) || '1', 1 FROM
        (SELECT group_concat(subject, char(10) ORDER BY subject) AS key FROM eligible GROUP BY session);
UPDATE sessions SET audience = (SELECT a.id FROM audiences a WHERE a.key =
        (SELECT group_concat(e.subject, char(10) ORDER BY e.subject) FROM eligible e WHERE e.session = number)
        || char(10) || '1')
    WHERE named = 1;
INSERT OR IGNORE INTO audience_subjects
    SELECT e.subject, s.audience FROM eligible e JOIN sessions s ON s.number = e.session;
UPDATE audiences SET
    pending = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'pending'),
    active = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'active'),
    completed = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'completed'),
    timeout = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'timeout'),
    cancelled = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'cancelled'),
    error = (SELECT count(*) FROM sessions WHERE audience = audiences.id AND status = 'error');

-- The two walks of most lists, apart for what names somebody and what names nobody.
DROP INDEX sessions_open_created;
DROP INDEX sessions_closed_created;
CREATE INDEX sessions_open_created ON sessions (named, created_at, id) WHERE closed_at IS NULL;
CREATE INDEX sessions_closed_created ON sessions (named, created_at, id, expires_at, closed_at)
    WHERE closed_at IS NOT NULL;
CREATE INDEX sessions_request_id ON sessions (request_id, created_at) WHERE request_id IS NOT NULL;

-- Rows of people are never removed: a login that is gone must not become somebody else's.
CREATE TABLE users (
    login       TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    email       TEXT,
    groups      TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    password    TEXT,
    external    TEXT    UNIQUE,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER,
    version     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id              BLOB    NOT NULL PRIMARY KEY,
    digest          BLOB    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    owner           TEXT    NOT NULL,
    scopes          TEXT    NOT NULL,
    workflow_prefix TEXT,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER,
    last_used_at    INTEGER,
    revoked_at      INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_owner ON tokens (owner);

CREATE TABLE logins (
    id         BLOB    NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE,
    login      TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    address    TEXT,
    agent      TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX logins_login ON logins (login) WHERE ended_at IS NULL;

CREATE TABLE guests (
    id         BLOB    NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL UNIQUE,
    session    BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    invited_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    cookie     BLOB    UNIQUE,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX guests_session ON guests (session);

CREATE TABLE passkeys (
    id           TEXT    NOT NULL PRIMARY KEY,
    login        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    data         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_login ON passkeys (login);

-- How often anything changed that could take a right away.
CREATE TABLE accounts_epoch (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO accounts_epoch VALUES (1, 0);
