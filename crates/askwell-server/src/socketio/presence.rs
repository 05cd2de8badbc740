//! Who looks at which session right now. Never stored: it ends with the socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askwell_app::timestamp_text;
use askwell_core::Session;
use askwell_core::ids::SessionId;
use jiff::Timestamp;
use serde::Serialize;
use socketioxide::socket::Sid;

/// Viewers that are told of one session, and sessions that whoever connects is told of.
const SHOWN: usize = 100;

/// Who looks at which session.
#[derive(Default)]
pub(super) struct Presence {
    sessions: Mutex<HashMap<SessionId, Viewed>>,
}

struct Viewed {
    session: Arc<Session>,
    looks: Vec<Look>,
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
    /// Somebody looks at a session; whether that is new.
    pub(super) fn look(&self, sid: Sid, session: &Arc<Session>, name: String, since: Timestamp) -> bool {
        let mut sessions = self.sessions();
        let new = || Viewed { session: Arc::clone(session), looks: Vec::new() };
        let viewed = sessions.entry(session.id()).or_insert_with(new);
        if viewed.session.version < session.version {
            viewed.session = Arc::clone(session);
        }
        let looks = &mut viewed.looks;
        match looks.iter_mut().find(|look| look.sid == sid) {
            Some(look) if look.name == name => return false,
            Some(look) => look.name = name,
            None => looks.push(Look { sid, name, since }),
        }
        true
    }

    /// The same somebody looks away from a session: as it stood when it last changed.
    pub(super) fn look_away(&self, sid: Sid, session: SessionId) -> Option<Arc<Session>> {
        let mut sessions = self.sessions();
        let viewed = sessions.get_mut(&session)?;
        viewed.looks.retain(|look| look.sid != sid);
        let session_now = Arc::clone(&viewed.session);
        if viewed.looks.is_empty() {
            sessions.remove(&session);
        }
        Some(session_now)
    }

    /// A session has changed: who may see it may be others now.
    pub(super) fn note(&self, session: &Session) {
        if let Some(viewed) = self.sessions().get_mut(&session.id())
            && viewed.session.version < session.version
        {
            viewed.session = Arc::new(session.clone());
        }
    }

    /// Sessions that somebody looks at.
    pub(super) fn viewed(&self) -> Vec<Arc<Session>> {
        self.sessions().values().take(SHOWN).map(|viewed| Arc::clone(&viewed.session)).collect()
    }

    /// Who looks at a session; somebody with several windows is one.
    pub(super) fn of(&self, session: SessionId) -> PresenceBody {
        let sessions = self.sessions();
        let mut looks: Vec<&Look> =
            sessions.get(&session).map(|viewed| viewed.looks.iter().collect()).unwrap_or_default();
        looks.sort_by(|a, b| (a.since, &a.name).cmp(&(b.since, &b.name)));
        let mut viewers: Vec<ViewerBody> = Vec::new();
        for look in looks {
            if viewers.len() < SHOWN && viewers.iter().all(|viewer| viewer.name != look.name) {
                viewers.push(ViewerBody { name: look.name.clone(), since: timestamp_text(look.since) });
            }
        }
        PresenceBody { session_id: session, viewers }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Viewed>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_with_two_windows_is_one_and_stays_until_both_are_gone() {
        let presence = Presence::default();
        let id: SessionId = "018f0000-0000-7000-8000-000000000001".parse().unwrap();
        let clock = askwell_testkit::TestClock::new();
        let opened = askwell_testkit::fixtures::Question::new(id, &askwell_app::ports::Clock::now(&clock)).open();
        let session = Arc::new(opened.session);
        let (first, second, other) = (Sid::new(), Sid::new(), Sid::new());
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(presence.look(first, &session, "mei".to_owned(), at(10)));
        assert!(!presence.look(first, &session, "mei".to_owned(), at(11)));
        presence.look(second, &session, "mei".to_owned(), at(20));
        presence.look(other, &session, "li".to_owned(), at(5));
        let names = || presence.of(id).viewers.into_iter().map(|viewer| viewer.name).collect::<Vec<_>>();
        assert_eq!(names(), ["li", "mei"]);
        assert_eq!(presence.viewed().len(), 1);
        presence.look_away(first, id);
        assert_eq!(names(), ["li", "mei"]);
        presence.look_away(second, id);
        presence.look_away(other, id);
        assert!(names().is_empty() && presence.viewed().is_empty());
    }
}
