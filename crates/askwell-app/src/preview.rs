//! A question as it would stand, without asking it.
//!
//! Whoever writes one sees what people will see, and every mistake, by the
//! rules of a create; nothing is opened and nothing stored.

use std::sync::Arc;

use askwell_core::ids::SessionId;
use askwell_core::{Change, Finding, Session};
use serde_json::Value;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;

/// What a create would open.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The session that it would be; its id is [`SessionId::NONE`].
    pub session: Session,
    /// What is odd about the body.
    pub warnings: Vec<Finding>,
}

impl App {
    /// What [`App::open`] would make of `body` now.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Invalid`], [`AppError::RateLimited`], as of [`App::open`].
    pub async fn preview(&self, caller: &Caller, body: &Value) -> Result<Preview, AppError> {
        let (draft, mut warnings) = self.read_draft(caller, body)?;
        self.preview_allowed(caller)?;
        warnings.extend(self.callback_warning(&draft).await);
        let event = askwell_core::open(draft, SessionId::NONE, caller.person(None), &self.inner.clock.now());
        let Change::Opened(opened) = &event.change else {
            return Err(AppError::Unavailable("opening made no session".to_owned()));
        };
        Ok(Preview { session: Session::from_opened(Arc::clone(opened)), warnings })
    }
}
