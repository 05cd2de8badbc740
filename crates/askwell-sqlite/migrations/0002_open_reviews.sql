-- Whoever connects is told of all open reviews: they are found without passing other sessions.
CREATE INDEX sessions_open_reviews ON sessions (id) WHERE closed_at IS NULL AND kind = 'review';
