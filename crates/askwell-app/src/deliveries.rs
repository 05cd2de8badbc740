//! Callbacks: what is owed with an outcome, and the loop that sends it.
//!
//! A delivery is stored in the transaction of its outcome. The loop leases
//! what is due, sends it, and records the try; the schedule is
//! `askwell_core::retry`. Endpoints that keep many calls waiting are passed
//! over, so that a slow receiver delays nobody else's.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_core::access::{Action, Principal};
use askwell_core::ids::{DeliveryId, SessionId};
use askwell_core::session::{Response, Source};
use askwell_core::{Event, Session, retry};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::app::App;
use crate::caller::Caller;
use crate::error::{AppError, Noun};
use crate::ports::{Attempt, Delivery, DeliveryPage, DeliveryQuery, DeliveryState, Ids, NewDelivery, Sent, Verdict};

/// How long a lease lasts: longer than any call may take.
const LEASE: Duration = Duration::from_mins(2);

/// Deliveries leased at once, and calls that one endpoint may keep waiting before it is passed over.
const ROUND: usize = 16;

/// Calls under way in all.
const MAX_IN_FLIGHT: usize = 512;

const UNPROMPTED: Duration = Duration::from_secs(1);

/// A time as it stands on the wire: RFC 3339 in UTC, milliseconds, `Z`.
#[must_use]
pub fn timestamp_text(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// What a session's response is in the shape that it was asked in; nothing where that is ours.
pub type Resume = fn(&Session) -> Option<Value>;

/// A response as it stands on the wire, alike in a session and in a callback.
#[must_use]
pub fn response_body(session: &Session, response: &Response, resume: Resume) -> Value {
    let mut body = json!({
        "session_id": session.id(),
        "response_data": response.data,
        "submitted_at": timestamp_text(response.at),
        "user_id": response.by.as_ref().map(|by| &by.id),
        "source": match response.source { Source::Person => "person", Source::Timeout => "timeout" },
        "comment": response.comment,
    });
    if let Some(kept) = &response.assertion {
        body["assertion"] = json!({ "passkey": kept["passkey"], "verified": true });
    }
    if let Some(resume) = resume(session) {
        body["resume"] = resume;
    }
    body
}

/// What an outcome owes. Nothing while the session is open.
pub(crate) fn owed(session: &Session, events: &[Event], ids: &dyn Ids, resume: Resume) -> Vec<NewDelivery> {
    let (Some(url), Some(event), true) = (&session.opened.callback_url, events.last(), session.status.is_closed())
    else {
        return Vec::new();
    };
    let id = ids.delivery();
    let mut body = json!({
        "session_id": session.id(),
        "workflow_id": session.opened.workflow_id,
        "status": session.status,
        "timestamp": timestamp_text(event.at),
        "event_id": id,
        "version": session.version,
    });
    if let Some(response) = &session.state.response {
        body["response"] = response_body(session, response, resume);
    }
    if let Some(reason) = &session.state.error_message {
        body["error_message"] = json!(reason);
    }
    vec![NewDelivery {
        id,
        url: url.clone(),
        endpoint: endpoint_of(url),
        version: session.version,
        body: body.to_string(),
        at: event.at,
    }]
}

/// Scheme, host and port. The address was checked when the session was opened.
fn endpoint_of(url: &str) -> String {
    let end = url.find("://").map_or(0, |at| at + 3);
    let authority = url[end..].find(['/', '?', '#']).map_or(url.len(), |at| end + at);
    url[..authority].to_ascii_lowercase()
}

/// The calls under way.
#[derive(Clone, Default)]
struct InFlight(Arc<Mutex<Calls>>);

#[derive(Default)]
struct Calls {
    /// How many each endpoint keeps waiting.
    endpoints: HashMap<String, usize>,
    sessions: HashSet<SessionId>,
}

impl InFlight {
    /// Begins a call. `None`: one of the same session is under way; its lease ran out early, as the
    /// wall clock was set forward.
    fn enter(&self, delivery: &Delivery) -> Option<InFlightGuard> {
        let mut calls = self.lock();
        if !calls.sessions.insert(delivery.session) {
            return None;
        }
        *calls.endpoints.entry(delivery.endpoint.clone()).or_default() += 1;
        Some(InFlightGuard { calls: self.clone(), endpoint: delivery.endpoint.clone(), session: delivery.session })
    }

    /// All calls, and the endpoints that have enough of them.
    fn load(&self) -> (usize, Vec<String>) {
        let calls = self.lock();
        let busy = calls.endpoints.iter().filter(|(_, count)| **count >= ROUND).map(|(endpoint, _)| endpoint.clone());
        (calls.sessions.len(), busy.collect())
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct InFlightGuard {
    calls: InFlight,
    endpoint: String,
    session: SessionId,
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let mut calls = self.calls.lock();
        calls.sessions.remove(&self.session);
        if let Some(count) = calls.endpoints.get_mut(&self.endpoint) {
            *count -= 1;
            if *count == 0 {
                calls.endpoints.remove(&self.endpoint);
            }
        }
    }
}

impl App {
    pub(crate) async fn run_deliveries(self) {
        let inner = &self.inner;
        let in_flight = InFlight::default();
        loop {
            let now = inner.clock.now().wall;
            let pause = match self.claim_round(now, &in_flight).await {
                Ok((0, next)) => {
                    // Measured after the look, which takes time itself.
                    let until = next.unwrap_or(Timestamp::MAX).duration_since(inner.clock.now().wall);
                    Duration::try_from(until).unwrap_or_default().min(UNPROMPTED)
                }
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(%error, "cannot look for due callbacks; will try again");
                    UNPROMPTED
                }
            };
            if !self.pause(pause, inner.deliveries_poke.notified()).await {
                return;
            }
        }
    }

    /// Leases and starts what is due; how many, and when the next will be.
    async fn claim_round(&self, now: Timestamp, in_flight: &InFlight) -> Result<(usize, Option<Timestamp>), AppError> {
        let (calls, busy) = in_flight.load();
        let room = MAX_IN_FLIGHT.saturating_sub(calls).min(ROUND);
        if room == 0 || self.inner.stopping.is_cancelled() {
            return Ok((0, None));
        }
        let lease_until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
        let (due, next) = self.inner.store.claim_deliveries(now, lease_until, busy, room).await?;
        let count = due.len();
        for delivery in due {
            let Some(guard) = in_flight.enter(&delivery) else { continue };
            let app = self.clone();
            self.task(async move {
                app.attempt(delivery).await;
                drop(guard);
                app.inner.deliveries_poke.notify_one();
            });
        }
        Ok((count, next))
    }

    async fn attempt(&self, delivery: Delivery) {
        let inner = &self.inner;
        let at = inner.clock.now();
        let sent = tokio::select! {
            sent = inner.sender.send(&delivery) => sent,
            // Unrecorded: its lease ends with this process, and it is sent again after the start.
            () = inner.stopping.cancelled() => return,
        };
        let took = inner.clock.now().steady.duration_since(at.steady).unsigned_abs();
        let verdict = judge(&delivery, sent, at.wall, took, inner.clock.now().wall, inner.ids.chance());
        if verdict.state == DeliveryState::Delivered {
            inner.store.note_pickup(delivery.session, "callback", at.wall);
        }
        metrics::counter!("askwell_callback_attempts_total", "state" => verdict.state.as_str()).increment(1);
        if verdict.state != DeliveryState::Delivered {
            let error = verdict.attempt.error.as_deref().unwrap_or_default();
            let (status, next) = (verdict.attempt.status, verdict.next_attempt_at);
            tracing::warn!(delivery = %delivery.id, session = %delivery.session, ?status, error, ?next, "callback failed");
        }
        if let Err(error) = inner.store.settle_delivery(delivery.id, verdict).await {
            // The lease runs out and it is sent again: at least once.
            tracing::error!(delivery = %delivery.id, %error, "cannot record a callback's attempt");
        }
    }

    /// Callbacks, newest first.
    ///
    /// # Errors
    /// [`AppError::Unavailable`].
    pub async fn deliveries(&self, caller: &Caller, query: DeliveryQuery) -> Result<DeliveryPage, AppError> {
        match query.session {
            Some(id) if !self.may(caller, Action::Redeliver, None) => {
                let stored = self.readable(caller, id).await?;
                self.require(caller, Action::Redeliver, Some(&stored.session))?;
            }
            _ => self.require(caller, Action::Redeliver, None)?,
        }
        Ok(self.inner.store.deliveries(query).await?)
    }

    /// Sends a callback again, from the start of its schedule: of any session, or of one that the caller asked for.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also for one of a session that the caller may not see; [`AppError::Forbidden`]; and those
    /// of the store.
    pub async fn redeliver(&self, caller: &Caller, id: DeliveryId) -> Result<Delivery, AppError> {
        if !self.may(caller, Action::Redeliver, None) {
            self.own_delivery(caller, id).await?;
        }
        let now = self.inner.clock.now().wall;
        let delivery = self.inner.store.redeliver(id, now).await?.ok_or(AppError::NotFound(Noun::Delivery))?;
        self.inner.deliveries_poke.notify_one();
        Ok(delivery)
    }

    /// Goes on only if the callback is of a session whose callbacks the caller may send again.
    async fn own_delivery(&self, caller: &Caller, id: DeliveryId) -> Result<(), AppError> {
        if caller.principal == Principal::Nobody {
            return Err(AppError::Unauthenticated);
        }
        let unknown = || AppError::NotFound(Noun::Delivery);
        let delivery = self.inner.store.delivery(id).await?.ok_or_else(unknown)?;
        let session = match self.readable(caller, delivery.session).await {
            Err(AppError::NotFound(_)) => return Err(unknown()),
            session => session?.session,
        };
        self.require(caller, Action::Redeliver, Some(&session))
    }
}

/// What an attempt means for its delivery.
fn judge(delivery: &Delivery, sent: Sent, at: Timestamp, took: Duration, now: Timestamp, chance: f64) -> Verdict {
    let made = delivery.attempts_made.saturating_add(1);
    let (status, error, retry_after, state) = match sent {
        Sent::Status { status, .. } if (200..300).contains(&status) => {
            (Some(status), None, None, DeliveryState::Delivered)
        }
        Sent::Status { status: 410, .. } => {
            (Some(410), Some("the receiver wants no more".to_owned()), None, DeliveryState::Dead)
        }
        Sent::Status { status, retry_after } => {
            let redirect = (300..400).contains(&status).then(|| "redirects are never followed".to_owned());
            (Some(status), redirect, retry_after, DeliveryState::Pending)
        }
        Sent::Refused { reason } => (None, Some(reason), None, DeliveryState::Refused),
        Sent::Failed { reason } => (None, Some(reason), None, DeliveryState::Pending),
    };
    let attempt = Attempt { at, took, status, error };
    if matches!(state, DeliveryState::Delivered | DeliveryState::Dead) {
        return Verdict { attempt, state, next_attempt_at: None };
    }
    match retry::next_delay(made, chance, retry_after) {
        Some(delay) => Verdict { attempt, state, next_attempt_at: now.saturating_add(delay).ok() },
        None => Verdict { attempt, state: DeliveryState::Dead, next_attempt_at: None },
    }
}
