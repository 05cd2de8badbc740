-- What one may see is counted and found without passing what one may not.

-- Of all sessions there ever were, those that name somebody. The rest is everybody's, and nothing has to be added up
-- to know how many that are.
ALTER TABLE totals ADD COLUMN named_pending   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN named_active    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN named_completed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN named_timeout   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN named_cancelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE totals ADD COLUMN named_error     INTEGER NOT NULL DEFAULT 0;
UPDATE totals SET (named_pending, named_active, named_completed, named_timeout, named_cancelled, named_error) =
    (SELECT coalesce(sum(pending), 0), coalesce(sum(active), 0), coalesce(sum(completed), 0),
        coalesce(sum(timeout), 0), coalesce(sum(cancelled), 0), coalesce(sum(error), 0)
     FROM audiences WHERE named = 1);

-- A key is JSON, `[named, subject, …]`: no subject can be written so that it looks like two.
UPDATE audiences SET key = '[' || named || ',' || substr(
    (SELECT json_group_array(subject ORDER BY subject) FROM audience_subjects WHERE audience = id), 2);

-- What somebody else asked for them is not theirs to be counted against them.
UPDATE eligible SET relation = 'represented' WHERE relation = 'requester' AND NOT EXISTS
    (SELECT 1 FROM sessions WHERE number = session AND json_extract(opened, '$.requester.verified')
        AND subject = 'asked:' || json_extract(opened, '$.requester.id'));
CREATE INDEX eligible_asked ON eligible (subject) WHERE ended_at IS NULL AND relation = 'requester';

-- With whether they name anybody, so that those of others are passed without reading them.
DROP INDEX sessions_open_reviews;
CREATE INDEX sessions_open_reviews ON sessions (id, named) WHERE closed_at IS NULL AND kind = 'review';

-- Each action's entries, newest last.
CREATE INDEX audit_action ON audit (action);
