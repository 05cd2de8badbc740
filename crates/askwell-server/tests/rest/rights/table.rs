//! What is expected. Read it as the specification.

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// The person whose token asked.
    Owner,
    /// Their token: create, read.
    OwnToken,
    /// A token of somebody else's: create, read.
    OtherToken,
    /// A candidate by name.
    Candidate,
    /// A candidate by group.
    Member,
    /// Had it, and handed it over.
    Watcher,
    /// A person who has nothing to do with it.
    Outsider,
    /// An administrator who has nothing to do with it.
    Admin,
    /// Their token: admin.
    AdminToken,
    /// Whoever came by a link to this very session.
    Guest,
    /// Whoever shows nothing.
    Nobody,
}

impl Who {
    pub(super) const ALL: [Self; 11] = [
        Self::Owner,
        Self::OwnToken,
        Self::OtherToken,
        Self::Candidate,
        Self::Member,
        Self::Watcher,
        Self::Outsider,
        Self::Admin,
        Self::AdminToken,
        Self::Guest,
        Self::Nobody,
    ];

    /// The column of [`ELSEWHERE`].
    fn column(self) -> usize {
        match self {
            Self::Owner | Self::Candidate | Self::Member | Self::Watcher | Self::Outsider => 0,
            Self::OwnToken | Self::OtherToken => 1,
            Self::Admin => 2,
            Self::AdminToken => 3,
            Self::Guest => 4,
            Self::Nobody => 5,
        }
    }
}

/// Whether the session names who may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    Named,
    NamesNobody,
}

/// How the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    /// Claimed by the candidate.
    Active,
    /// Answered by the candidate.
    Completed,
    Timeout,
    Cancelled,
}

/// What each may do on a session that names somebody, and on one that names nobody:
/// r read, a answer, d delegate, c cancel, e extend, s choose, i invite, v redeliver.
const RIGHTS: [(Who, &str, &str); 11] = [
    (Who::Owner, "rcesv", "rcesv"),
    (Who::OwnToken, "rcesv", "rcesv"),
    (Who::OtherToken, "", ""),
    (Who::Candidate, "radei", "radei"),
    (Who::Member, "radei", "radei"),
    (Who::Watcher, "r", "radei"),
    (Who::Outsider, "", "radei"),
    (Who::Admin, "rcesiv", "radcesiv"),
    (Who::AdminToken, "rv", "rv"),
    (Who::Guest, "ra", "ra"),
    (Who::Nobody, "", ""),
];

/// 200 for whoever holds it, 409 for others.
const HELD: u16 = 1;
/// 404 for a person, who has no passkey; 403 for whoever can have none.
const PASSKEY: u16 = 2;

/// Operations on a session: the right that is needed, and the status for whoever has it while the session is pending,
/// active, completed, timed out, cancelled. Without the right: 401 for nobody, 404 where it is not seen, else 403.
const ON_A_SESSION: [(&str, char, [u16; 5]); 24] = [
    ("GET /api/sessions/{session_id}", 'r', [200; 5]),
    ("GET /api/sessions/{session_id}/status", 'r', [200; 5]),
    ("GET /api/sessions/{session_id}/events", 'r', [200; 5]),
    ("GET /api/sessions/{session_id}/files", 'r', [200; 5]),
    ("GET /api/sessions/{session_id}/files/{file_id}", 'r', [200; 5]),
    ("GET /api/system/hitl-response/{request_id}", 'r', [404, 404, 200, 200, 200]),
    ("DELETE /api/sessions/{session_id}", 'c', [200, 200, 409, 409, 200]),
    ("POST /api/sessions/{session_id}/cancel", 'c', [200, 200, 409, 409, 200]),
    ("POST /api/sessions/{session_id}/claim", 'a', [200, HELD, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/release", 'a', [409, HELD, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/respond", 'a', [200, HELD, 409, 409, 409]),
    ("POST /api/system/hitl-response", 'a', [200, HELD, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/step-up", 'a', [PASSKEY; 5]),
    ("POST /api/sessions/{session_id}/files", 'a', [200, 200, 409, 409, 409]),
    ("DELETE /api/sessions/{session_id}/files/{file_id}", 'a', [200; 5]),
    ("POST /api/sessions/{session_id}/extend", 'e', [200, 200, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/assign", 's', [200, 200, 409, 409, 409]),
    ("PUT /api/sessions/{session_id}/candidates", 's', [200, 200, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/delegate", 'd', [200, HELD, 409, 409, 409]),
    ("POST /api/sessions/{session_id}/guest-links", 'i', [200, 200, 409, 409, 409]),
    ("GET /api/sessions/{session_id}/guest-links", 'i', [200; 5]),
    ("DELETE /api/sessions/{session_id}/guest-links/{link_id}", 'i', [200; 5]),
    ("GET /api/deliveries?session_id={session_id}", 'v', [200; 5]),
    ("POST /api/sessions/respond-many", 'r', [200; 5]),
];

/// All other operations: a person, a token that creates and reads, an administrator, their token, a guest, nobody.
/// What is sent is wrong on purpose where it would change something that others need.
const ELSEWHERE: [(&str, [u16; 6]); 45] = [
    ("GET /api/me", [200; 6]),
    ("GET /api/health", [200; 6]),
    ("GET /ready", [200; 6]),
    ("GET /readiness", [200; 6]),
    ("POST /api/login", [422; 6]),
    ("POST /api/setup", [409; 6]),
    ("POST /api/guest", [401; 6]),
    ("GET /api/login/oauth", [302; 6]),
    ("GET /api/login/oauth/callback", [302; 6]),
    ("GET /api/account/logins", [200, 403, 200, 403, 403, 401]),
    ("DELETE /api/account/logins/{id}", [404, 403, 404, 403, 403, 401]),
    ("PUT /api/account/password", [422, 403, 422, 403, 403, 401]),
    ("GET /api/account/passkeys", [200, 403, 200, 403, 403, 401]),
    // There are none on this server, for anybody.
    ("POST /api/account/passkeys/options", [404, 404, 404, 404, 404, 401]),
    ("POST /api/account/passkeys", [403, 403, 403, 403, 403, 401]),
    ("DELETE /api/account/passkeys/{id}", [404, 403, 404, 403, 403, 401]),
    ("GET /api/users", [403, 403, 200, 403, 403, 401]),
    ("POST /api/users", [403, 403, 422, 403, 403, 401]),
    ("PATCH /api/users/{login}", [403, 403, 404, 403, 403, 401]),
    ("GET /api/people", [200, 403, 200, 403, 403, 401]),
    ("GET /api/tokens", [200, 403, 200, 403, 403, 401]),
    ("GET /api/tokens?all=true", [403, 403, 200, 403, 403, 401]),
    ("POST /api/tokens", [422, 403, 422, 403, 403, 401]),
    ("DELETE /api/tokens/{id}", [404, 403, 404, 403, 403, 401]),
    ("GET /api/audit", [403, 403, 200, 200, 403, 401]),
    ("GET /api/audit/export", [403, 403, 200, 200, 403, 401]),
    ("GET /metrics", [403, 403, 200, 200, 403, 401]),
    ("GET /api/deliveries", [403, 403, 200, 200, 403, 401]),
    ("POST /api/deliveries/{delivery_id}/redeliver", [404, 404, 404, 404, 404, 401]),
    ("GET /api/sessions", [200, 200, 200, 200, 200, 401]),
    ("POST /api/sessions", [200, 200, 200, 403, 403, 401]),
    ("POST /api/sessions/preview", [200, 200, 200, 403, 403, 401]),
    ("GET /api/events", [200, 200, 200, 200, 200, 401]),
    ("GET /api/statistics", [200, 200, 200, 200, 200, 401]),
    ("GET /api/templates", [200, 200, 200, 200, 200, 401]),
    ("GET /api/system/hitl-pending", [200, 200, 200, 200, 200, 401]),
    ("GET /api/system/hitl-debug", [200, 200, 200, 200, 200, 401]),
    ("POST /api/integrations/claude-code/hook", [200, 200, 200, 403, 403, 401]),
    ("POST /api/system/hitl-request", [200, 200, 200, 403, 403, 401]),
    ("POST /api/system/hitl-test", [200, 200, 200, 403, 403, 401]),
    // Ends what the caller shows: last, and looked at in `accounts`.
    ("POST /api/logout", [200; 6]),
    ("HEAD /api/sessions", [200, 200, 200, 200, 200, 401]),
    ("HEAD /api/me", [200; 6]),
    ("GET /api/openapi.json", [200; 6]),
    ("GET /api/nothing", [404, 404, 404, 404, 404, 401]),
];

/// The operations on a session.
pub(super) fn on_a_session() -> Vec<&'static str> {
    ON_A_SESSION.iter().map(|(operation, ..)| *operation).collect()
}

/// All other operations.
pub(super) fn elsewhere() -> Vec<&'static str> {
    ELSEWHERE.iter().map(|(operation, _)| *operation).collect()
}

/// Whether somebody sees the session.
pub(super) fn sees(who: Who, naming: Naming) -> bool {
    has(who, naming, 'r')
}

fn has(who: Who, naming: Naming, right: char) -> bool {
    let (_, named, open) = RIGHTS.into_iter().find(|(known, ..)| *known == who).unwrap();
    match naming {
        Naming::Named => named.contains(right),
        Naming::NamesNobody => open.contains(right),
    }
}

/// The status that is expected of an operation on a session.
pub(super) fn expected(operation: &str, who: Who, naming: Naming, state: State) -> u16 {
    let (_, right, outcomes) = ON_A_SESSION.into_iter().find(|(known, ..)| *known == operation).unwrap();
    // Each of many is told for itself: what is not seen is one that is not found.
    let always = operation.ends_with("/respond-many");
    if who == Who::Nobody {
        return 401;
    }
    // Who administers is asked for no session.
    let is_about_all = operation.starts_with("GET /api/deliveries") && matches!(who, Who::Admin | Who::AdminToken);
    if !(always || is_about_all || sees(who, naming)) {
        return 404;
    }
    if !(always || has(who, naming, right)) {
        return 403;
    }
    match outcomes[state as usize] {
        HELD => {
            if who == Who::Candidate {
                200
            } else {
                409
            }
        }
        PASSKEY => {
            if who == Who::Guest {
                403
            } else {
                404
            }
        }
        status => status,
    }
}

/// The status that is expected of an operation that is about no session.
pub(super) fn expected_elsewhere(operation: &str, who: Who) -> u16 {
    let (_, columns) = ELSEWHERE.into_iter().find(|(known, _)| *known == operation).unwrap();
    columns[who.column()]
}
