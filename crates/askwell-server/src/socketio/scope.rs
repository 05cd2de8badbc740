//! Which changes one socket is told of, among those that it may see.

use std::collections::HashSet;

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
    joined: HashSet<SessionId>,
}

impl Scope {
    /// Everything, or only what it will join.
    pub(super) fn new(only_joined: bool) -> Self {
        Self { only_joined, ..Self::default() }
    }

    /// Whether it is told of this session, of this workflow.
    pub(super) fn covers(&self, session: SessionId, workflow_id: Option<&str>) -> bool {
        (!self.only_joined || self.joined.contains(&session))
            && self.workflow_id.as_deref().is_none_or(|wanted| workflow_id == Some(wanted))
    }

    /// It joins a session; `false` when it has joined too many.
    pub(super) fn join(&mut self, session: SessionId) -> bool {
        if self.joined.len() >= MAX_JOINED && !self.joined.contains(&session) {
            return false;
        }
        self.joined.insert(session);
        true
    }

    /// It leaves a session.
    pub(super) fn leave(&mut self, session: SessionId) {
        self.joined.remove(&session);
    }
}
