//! Waiting for an answer within one call.
//!
//! Job: `App::wait`, cut into pieces short enough to tell of progress in
//! between. Invariants: the first progress is told at once, the next within
//! fifteen seconds; a client that leaves ends the wait and nothing else.

use std::time::Duration;

use askwell_app::AppError;
use askwell_app::ports::StoredSession;
use askwell_core::ids::SessionId;
use rmcp::model::{ProgressNotificationParam, ProgressToken};

use super::call::Call;
use super::tools::Failure;

/// Some clients give up after a minute of silence, counting from their last message.
const TICK: Duration = Duration::from_secs(15);

/// Pieces for which a client that has no connection may stay away before its call ends as if patience had: it comes
/// back to what was kept for it, and people are told that nobody waits.
const MISSED: u32 = 8;

/// How long a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Not at all.
    Nothing,
    /// So long.
    For(Duration),
    /// Until the question closes.
    Deadline,
}

impl Patience {
    /// How long this call waits, as the client can bear it; a wish that is cut is noted.
    pub(super) fn of(call: &Call, wished: Option<Duration>, notes: &mut Vec<String>) -> Self {
        let options = &call.options().mcp;
        if wished.is_some_and(|time| time.is_zero()) {
            return Self::Nothing;
        }
        if call.progress_token().is_some() {
            return match wished {
                Some(time) => Self::For(time),
                None if call.is_patient() => Self::Deadline,
                None => Self::For(options.wait),
            };
        }
        let most = options.silent_wait;
        if wished.is_some_and(|time| time > most) {
            notes.push(format!(
                "wait_seconds is taken as {}: without a progress token clients give up on a silent call.",
                most.as_secs()
            ));
        }
        Self::For(wished.unwrap_or(most).min(most))
    }
}

/// The session once it has closed, or as it is when patience ends or the server stops.
///
/// # Errors
/// The client has left, or comes again to the next server; or those of [`askwell_app::App::wait`].
pub(super) async fn outcome(call: &Call, id: SessionId, patience: Patience) -> Result<StoredSession, Failure> {
    // Without one the question stands as it is, and the client is told how to ask for it later.
    let seat = call.seat();
    let mut left = match patience {
        Patience::Nothing => Duration::ZERO,
        _ if seat.is_none() => Duration::ZERO,
        Patience::For(time) => time,
        Patience::Deadline => Duration::MAX,
    };
    let mut progress = call.progress_token().map(|token| Progress { token, told: 0 });
    let stopping = call.app().stopping();
    let mut missed = 0;
    call.waits_for(id);
    loop {
        // A client that does not want to hear of progress is silent for all of it.
        let piece = if progress.is_some() { left.min(TICK) } else { left };
        let stored = tokio::select! {
            biased;
            () = call.context.ct.cancelled() => return Err(Failure::Left),
            stored = step(call, id, piece, &mut progress) => stored.inspect_err(|_| call.waits_no_more())?,
        };
        left = left.saturating_sub(piece);
        missed = if call.is_alone() { missed + 1 } else { 0 };
        let is_over = left.is_zero() || stopping.is_cancelled() || missed >= MISSED;
        if stopping.is_cancelled() && !stored.session.status.is_closed() && !left.is_zero() && call.comes_again {
            call.waits_no_more();
            return Err(Failure::Later);
        }
        if stored.session.status.is_closed() || is_over {
            call.waits_no_more();
            return Ok(stored);
        }
    }
}

async fn step(
    call: &Call,
    id: SessionId,
    piece: Duration,
    progress: &mut Option<Progress>,
) -> Result<StoredSession, AppError> {
    if let Some(progress) = progress.as_mut().filter(|_| !piece.is_zero()) {
        progress.tell(call, id).await;
    }
    call.app().wait(&call.caller, id, piece).await
}

/// How often a client was told that the call goes on.
struct Progress {
    token: ProgressToken,
    told: u32,
}

impl Progress {
    async fn tell(&mut self, call: &Call, id: SessionId) {
        self.told += 1;
        let message = format!("Waiting for a person: request_id {id}, {}", call.page(id));
        let progress = ProgressNotificationParam::new(self.token.clone(), f64::from(self.told)).with_message(message);
        // Whoever cannot be told has left, which the call notices by itself.
        if let Err(error) = call.context.peer.notify_progress(progress).await {
            tracing::debug!(%error, "progress could not be told");
        }
    }
}
