//! Asking the same again.
//!
//! Job: whoever repeats a question while it waits finds it; whoever repeats it
//! after it was closed asks anew. An idempotency key would give them the old
//! answer, and a yes to one act would be a yes to every like one after it.
//! Neighbours: `sessions` opens; hooks, which name no act but its content, ask
//! like this.

use askwell_core::access::Action;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::IdempotencyKey;
use crate::sessions::{OpenRequest, Opened};

/// How often the same may be asked within the life of a key.
const MOST: usize = 1_000;

impl App {
    /// Opens a session, or finds the one that the same create opened before if it is still open.
    ///
    /// # Errors
    /// As [`App::open`]; [`AppError::Overloaded`] after a thousand times.
    pub async fn open_anew(&self, caller: &Caller, request: OpenRequest) -> Result<Opened, AppError> {
        self.require(caller, Action::Create, None)?;
        let Some(name) = request.idempotency_key.clone() else { return self.open(caller, request).await };
        for time in 1..=MOST {
            let key = if time == 1 { name.clone() } else { format!("{name} {time}") };
            let scoped = IdempotencyKey { principal: caller.principal.name(), key: key.clone() };
            if let Some((id, _)) = self.inner.store.keyed(&scoped).await? {
                let known = self.inner.store.session(id).await?;
                if known.is_none_or(|known| known.session.status.is_closed()) {
                    continue;
                }
            }
            let opened = self.open(caller, OpenRequest { idempotency_key: Some(key), ..request.clone() }).await?;
            // Else it was closed between the look and now.
            if !(opened.repeated && opened.stored.session.status.is_closed()) {
                return Ok(opened);
            }
        }
        Err(AppError::Overloaded)
    }
}
