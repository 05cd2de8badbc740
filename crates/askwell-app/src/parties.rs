//! Who a session concerns: assign, delegate, choose candidates.

use askwell_core::access::{Action, GROUP, Person, RequesterAnswers, asked_for};
use askwell_core::ids::SessionId;
use askwell_core::session::{Command, MAX_CANDIDATES, party_fault};
use askwell_core::{Code, Finding, Session};

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::sessions::Changed;

impl App {
    /// Chooses who should answer; nobody: it is for the candidates, or for everybody.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for somebody who is nobody here or may not answer it; those of [`App::respond`].
    pub async fn assign(
        &self,
        caller: &Caller,
        id: SessionId,
        assignee: Option<String>,
        user_id: Option<&str>,
    ) -> Result<Changed, AppError> {
        let by = self.choosing(caller, Action::Assign, id, user_id).await?;
        if let Some(login) = &assignee {
            self.check_person(&by.session, login, "/assignee").await?;
        }
        self.changed(caller, Action::Assign, id, Command::Assign { by: by.person, assignee }).await
    }

    /// Hands a session over to somebody else; whoever does goes on seeing it.
    ///
    /// # Errors
    /// As [`App::assign`].
    pub async fn delegate(
        &self,
        caller: &Caller,
        id: SessionId,
        to: String,
        user_id: Option<&str>,
    ) -> Result<Changed, AppError> {
        let by = self.choosing(caller, Action::Delegate, id, user_id).await?;
        self.check_person(&by.session, &to, "/to").await?;
        self.changed(caller, Action::Delegate, id, Command::Delegate { by: by.person, to }).await
    }

    /// Chooses who else may answer.
    ///
    /// # Errors
    /// As [`App::assign`].
    pub async fn set_candidates(
        &self,
        caller: &Caller,
        id: SessionId,
        candidates: Vec<String>,
        user_id: Option<&str>,
    ) -> Result<Changed, AppError> {
        let by = self.choosing(caller, Action::Assign, id, user_id).await?;
        if candidates.len() > MAX_CANDIDATES {
            let finding = Finding::new("/candidates", Code::TooMany).with("limit", MAX_CANDIDATES);
            return Err(AppError::Invalid(vec![finding.with("actual", candidates.len())]));
        }
        for (at, candidate) in candidates.iter().enumerate() {
            self.check_person(&by.session, candidate, &format!("/candidates/{at}")).await?;
        }
        self.changed(caller, Action::Assign, id, Command::SetCandidates { by: by.person, candidates }).await
    }

    /// Right first: whoever may not choose learns nothing of who there is.
    async fn choosing(
        &self,
        caller: &Caller,
        action: Action,
        id: SessionId,
        user_id: Option<&str>,
    ) -> Result<Choosing, AppError> {
        let session = self.readable(caller, id).await?.session;
        self.require(caller, action, Some(&session))?;
        Ok(Choosing { person: caller.person(user_id), session })
    }

    /// Whether somebody can be asked: known here, and not the one who asks. Without accounts any name is as good.
    async fn check_person(&self, session: &Session, name: &str, pointer: &str) -> Result<(), AppError> {
        let refuse = |code| Err(AppError::Invalid(vec![Finding::new(pointer, code).with("value", name)]));
        if name.trim().is_empty() || name == GROUP {
            return refuse(Code::UnknownPerson);
        }
        if let Some(fault) = party_fault(name, pointer) {
            return Err(AppError::Invalid(vec![fault]));
        }
        // Groups come and go with the people in them.
        if !self.needs_sign_in() || (name.starts_with(GROUP) && pointer.starts_with("/candidates")) {
            return Ok(());
        }
        let known = self.inner.store.user(name).await?.is_some_and(|user| user.disabled_at.is_none());
        if !known {
            return refuse(Code::UnknownPerson);
        }
        let never = self.inner.settings.policy.requester_may_answer == RequesterAnswers::Never;
        if never && asked_for(name, &session.opened) {
            return refuse(Code::RequesterMayNotAnswer);
        }
        Ok(())
    }

    /// What is odd about who a new session names: told, not refused, as people may come later.
    pub(crate) async fn party_warnings(&self, session: &Session) -> Result<Vec<Finding>, AppError> {
        if !self.needs_sign_in() || session.names_nobody() {
            return Ok(Vec::new());
        }
        let assignee = session.assignee().map(|login| ("/assignee".to_owned(), login));
        let candidates = session.candidates().iter().enumerate();
        let candidates = candidates.map(|(at, name)| (format!("/candidates/{at}"), name.as_str()));
        let mut warnings = Vec::new();
        for (pointer, name) in assignee.into_iter().chain(candidates) {
            match self.check_person(session, name, &pointer).await {
                Err(AppError::Invalid(findings)) => warnings.extend(findings),
                checked => checked?,
            }
        }
        Ok(warnings)
    }
}

struct Choosing {
    person: Person,
    session: Session,
}
