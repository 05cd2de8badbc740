//! Who looks at which session right now. Never stored: it ends with the socket.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use askwell_app::timestamp_text;
use askwell_core::ids::SessionId;
use jiff::Timestamp;
use serde::Serialize;
use socketioxide::socket::Sid;

/// Viewers that are told of one session.
const SHOWN: usize = 100;

/// Who looks at which session.
#[derive(Default)]
pub(super) struct Presence {
    sessions: Mutex<HashMap<SessionId, Vec<Look>>>,
}

struct Look {
    sid: Sid,
    name: String,
    since: Timestamp,
}

/// Who looks at one session, as it stands on the wire.
#[derive(Debug, Serialize)]
pub(super) struct PresenceBody {
    session_id: SessionId,
    viewers: Vec<ViewerBody>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct ViewerBody {
    name: String,
    since: String,
}

impl Presence {
    /// Somebody looks at a session.
    pub(super) fn look(&self, sid: Sid, session: SessionId, name: String, since: Timestamp) {
        let mut sessions = self.sessions();
        let looks = sessions.entry(session).or_default();
        match looks.iter_mut().find(|look| look.sid == sid) {
            Some(look) => look.name = name,
            None => looks.push(Look { sid, name, since }),
        }
    }

    /// The same somebody looks away.
    pub(super) fn look_away(&self, sid: Sid, session: SessionId) {
        let mut sessions = self.sessions();
        if let Some(looks) = sessions.get_mut(&session) {
            looks.retain(|look| look.sid != sid);
            if looks.is_empty() {
                sessions.remove(&session);
            }
        }
    }

    /// Who looks at a session; somebody with several windows is one.
    pub(super) fn of(&self, session: SessionId) -> PresenceBody {
        let sessions = self.sessions();
        let mut looks: Vec<&Look> = sessions.get(&session).map(|looks| looks.iter().collect()).unwrap_or_default();
        looks.sort_by(|a, b| (a.since, &a.name).cmp(&(b.since, &b.name)));
        let mut viewers: Vec<ViewerBody> = Vec::new();
        for look in looks {
            if viewers.len() < SHOWN && viewers.iter().all(|viewer| viewer.name != look.name) {
                viewers.push(ViewerBody { name: look.name.clone(), since: timestamp_text(look.since) });
            }
        }
        PresenceBody { session_id: session, viewers }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Vec<Look>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_with_two_windows_is_one_and_stays_until_both_are_gone() {
        let presence = Presence::default();
        let session: SessionId = "018f0000-0000-7000-8000-000000000001".parse().unwrap();
        let (first, second, other) = (Sid::new(), Sid::new(), Sid::new());
        let at = |second| Timestamp::from_second(second).unwrap();
        presence.look(first, session, "mei".to_owned(), at(10));
        presence.look(second, session, "mei".to_owned(), at(20));
        presence.look(other, session, "li".to_owned(), at(5));
        let names = || presence.of(session).viewers.into_iter().map(|viewer| viewer.name).collect::<Vec<_>>();
        assert_eq!(names(), ["li", "mei"]);
        presence.look_away(first, session);
        assert_eq!(names(), ["li", "mei"]);
        presence.look_away(second, session);
        presence.look_away(other, session);
        assert!(names().is_empty() && presence.sessions().is_empty());
    }
}
