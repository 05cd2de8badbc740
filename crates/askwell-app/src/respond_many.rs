//! One decision for many alike questions.
//!
//! Only where a wrong click costs little: every question must be of low risk,
//! of one shape, and named with the hash of what the person saw. Each is then
//! answered by itself; one that fails does not touch the others. One that the
//! caller may not answer, or not without a passkey, is such a one: that it is
//! among them says nothing of the others.

use std::collections::HashSet;

use askwell_core::access::Action;
use askwell_core::ids::SessionId;
use askwell_core::session::Risk;
use askwell_core::{Code, Finding, Rejection, Session};
use serde_json::Value;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::sessions::{Changed, RespondRequest};

/// The most questions answered at once.
const MAX: usize = 50;

/// The parts of an interaction that make two questions alike: all that shapes an answer.
const SHAPE: [&str; 9] = [
    "interaction_type",
    "options",
    "fields",
    "multiple",
    "min_choices",
    "max_choices",
    "schema",
    "accept_types",
    "max_file_size",
];

impl App {
    /// Answers several alike questions of low risk; a result for each, in order.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when they are too many, or those that the caller may answer are not all of low risk, or not
    /// alike; none is answered then.
    pub async fn respond_many(
        &self,
        caller: &Caller,
        requests: Vec<(SessionId, RespondRequest)>,
    ) -> Result<Vec<Result<Changed, AppError>>, AppError> {
        if requests.len() > MAX {
            let finding = Finding::new("/responses", Code::TooMany).with("limit", MAX).with("actual", requests.len());
            return Err(AppError::Invalid(vec![finding]));
        }
        let mut findings = Vec::new();
        let mut shape: Option<Vec<Value>> = None;
        let mut wants_passkey = HashSet::new();
        for (index, (id, request)) in requests.iter().enumerate() {
            let finding = |key: &str, code| Finding::new(format!("/responses/{index}/{key}"), code);
            if request.content_hash.is_none() {
                findings.push(finding("content_hash", Code::MissingField));
            }
            match self.readable(caller, *id).await {
                Ok(stored) => {
                    let session = &stored.session;
                    // Told as the result of that one, as it is where somebody answers it alone.
                    if !self.may(caller, Action::Respond, Some(session)) {
                        continue;
                    }
                    if session.opened.step_up.is_some() {
                        if !session.status.is_closed() {
                            wants_passkey.insert(*id);
                        }
                        continue;
                    }
                    if session.opened.risk != Some(Risk::Low) {
                        findings.push(finding("session_id", Code::NotLowRisk));
                    }
                    if *shape.get_or_insert_with(|| shape_of(session)) != shape_of(session) {
                        findings.push(finding("session_id", Code::NotAlike));
                    }
                }
                // Told as the result of that one.
                Err(AppError::NotFound(Noun::Session)) => {}
                Err(error) => return Err(error),
            }
        }
        if !findings.is_empty() {
            return Err(AppError::Invalid(findings));
        }
        let mut results = Vec::with_capacity(requests.len());
        for (id, request) in requests {
            // Not even with one: each needs a signature of its own.
            let result = if wants_passkey.contains(&id) {
                Err(Rejection::StepUpRequired.into())
            } else {
                self.respond(caller, id, request).await
            };
            results.push(result);
        }
        Ok(results)
    }
}

fn shape_of(session: &Session) -> Vec<Value> {
    SHAPE.iter().map(|key| session.opened.interaction.get(key)).collect()
}
