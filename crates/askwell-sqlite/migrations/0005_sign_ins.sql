-- Sign-ins are forgotten once they are long over, and there must be an administrator.

CREATE INDEX logins_expired ON logins (expires_at);
CREATE INDEX users_admins ON users (login) WHERE role = 'admin' AND disabled_at IS NULL;
