//! Which changes one socket is told of, among those that it may see.

use std::collections::HashMap;

use askwell_app::{App, Awaiting};
use askwell_core::ids::SessionId;

/// Sessions that one socket may have joined.
const MAX_JOINED: usize = 10_000;

/// Which changes one socket is told of.
#[derive(Default)]
pub(super) struct Scope {
    /// Only of sessions that it joined.
    only_joined: bool,
    /// Only of this workflow.
    pub(super) workflow_id: Option<String>,
    /// Whoever hears of these alone waits for them; whoever hears of everything looks on.
    joined: HashMap<SessionId, Option<Awaiting>>,
}

impl Scope {
    /// Everything, or only what it will join.
    pub(super) fn new(only_joined: bool) -> Self {
        Self { only_joined, ..Self::default() }
    }

    /// Whether it is told of this session, of this workflow.
    pub(super) fn covers(&self, session: SessionId, workflow_id: Option<&str>) -> bool {
        (!self.only_joined || self.joined.contains_key(&session))
            && self.workflow_id.as_deref().is_none_or(|wanted| workflow_id == Some(wanted))
    }

    /// It joins a session; `false` when it has joined too many.
    pub(super) fn join(&mut self, session: SessionId, app: &App) -> bool {
        if self.joined.len() >= MAX_JOINED && !self.joined.contains_key(&session) {
            return false;
        }
        self.joined.insert(session, self.only_joined.then(|| app.awaiting(session)));
        true
    }

    /// It leaves a session.
    pub(super) fn leave(&mut self, session: SessionId) {
        self.joined.remove(&session);
    }
}
