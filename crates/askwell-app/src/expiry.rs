//! The clock loop: closes what is due, ends lapsed claims.
//!
//! It sleeps until the next deadline, is woken when a nearer one is committed,
//! and looks each second unprompted. Being late is its only way to be wrong:
//! `decide` refuses answers after the deadline by itself.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use askwell_core::session::Command;
use askwell_core::{Session, Status};
use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::app::App;
use crate::sessions::By;

/// How often the loop looks without being woken.
const UNPROMPTED: Duration = Duration::from_secs(1);

/// The shortest sleep. After the wall clock was set forward, what is due by the wall is not
/// by the steady clock yet, and is looked at this often.
const STEADY_CHECK: Duration = Duration::from_millis(5);

/// How many are closed in one round.
const ROUND: usize = 1_000;

/// The instant that the loop sleeps towards.
pub(crate) struct NextWake {
    millis: AtomicI64,
    notify: Notify,
}

impl Default for NextWake {
    fn default() -> Self {
        Self { millis: AtomicI64::new(i64::MAX), notify: Notify::new() }
    }
}

impl NextWake {
    /// Wakes the loop if `at` comes before what it sleeps towards.
    pub(crate) fn consider(&self, at: Timestamp) {
        let at = at.as_millisecond();
        if self.millis.fetch_min(at, Ordering::AcqRel) > at {
            self.notify.notify_one();
        }
    }

    /// Wakes the loop.
    pub(crate) fn poke(&self) {
        self.notify.notify_one();
    }
}

impl App {
    pub(crate) async fn run_expiry(self) {
        let inner = &self.inner;
        while !inner.stopping.is_cancelled() {
            // Reset before reading: a nearer deadline committed from here on wakes the loop.
            inner.next_wake.millis.store(i64::MAX, Ordering::Release);
            let now = inner.clock.now();
            let pause = match inner.store.due(now, ROUND).await {
                Ok(due) if due.sessions.is_empty() => {
                    let next = due.next.unwrap_or(Timestamp::MAX);
                    inner.next_wake.millis.fetch_min(next.as_millisecond(), Ordering::AcqRel);
                    // Measured after the look, which takes time itself.
                    let until = Duration::try_from(next.duration_since(inner.clock.now().wall)).unwrap_or_default();
                    if until.is_zero() {
                        continue;
                    }
                    until.clamp(STEADY_CHECK, UNPROMPTED)
                }
                Ok(due) => {
                    if self.tick_all(due.sessions).await {
                        continue;
                    }
                    UNPROMPTED
                }
                Err(error) => {
                    tracing::error!(%error, "cannot look for due sessions");
                    UNPROMPTED
                }
            };
            if !self.pause(pause, inner.next_wake.notify.notified()).await {
                return;
            }
        }
    }

    /// Ticks all of them; `false` when none could be.
    async fn tick_all(&self, sessions: Vec<Session>) -> bool {
        futures::stream::iter(sessions)
            .map(|session| self.tick(session))
            .buffer_unordered(ROUND)
            .fold(false, |any, done| async move { any || done })
            .await
    }

    async fn tick(&self, session: Session) -> bool {
        let id = session.id();
        match self.change_from(Some(session), id, Command::Tick, By::Server).await {
            Ok(stored) => {
                if stored.session.status == Status::Timeout {
                    metrics::counter!("askwell_sessions_timed_out_total").increment(1);
                }
                true
            }
            // Somebody else closed it first.
            Err(crate::AppError::Rejected(_) | crate::AppError::NotFound(_)) => true,
            Err(error) => {
                tracing::error!(session = %id, %error, "cannot close a due session; will try again");
                false
            }
        }
    }
}
