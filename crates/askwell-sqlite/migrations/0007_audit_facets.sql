-- What the audit is looked up by. Entries come here some hundreds at a time (`audit.rs`): four indexes on the audit
-- itself would be four pages more for every single commit to write and sync.
CREATE TABLE audit_facets (
    number  INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    session BLOB
) STRICT;

INSERT INTO audit_facets SELECT number, at, actor, action, session FROM audit;

DROP INDEX audit_actor;
DROP INDEX audit_session;
DROP INDEX audit_time;
DROP INDEX audit_action;
CREATE INDEX audit_actor ON audit_facets (actor);
CREATE INDEX audit_session ON audit_facets (session) WHERE session IS NOT NULL;
CREATE INDEX audit_time ON audit_facets (at, action);
CREATE INDEX audit_action ON audit_facets (action);
