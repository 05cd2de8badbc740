//! What a run found: counts, violations of promises, and the line of JSON that ends it.

use std::time::Duration;

use serde_json::{Value, json};

/// What Askwell promises; each has its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// What was acknowledged is there after a kill, a stop or a restart.
    Lost,
    /// One outcome, one winner; a create that is repeated under its key is the same session.
    Doubled,
    /// A waiter is woken with the answer of its own session.
    WrongWaiter,
    /// No deadline fires before its time.
    EarlyTimeout,
    /// Versions are 1, 2, 3 … and nothing becomes visible at or below a cursor already handed out.
    AuditGap,
    /// Every outcome with a callback reaches its receiver once that is up.
    CallbackLost,
    /// A callback has the same body each time, comes after its commit, is signed, and in order.
    CallbackWrong,
    /// What was acknowledged is there after the power was cut.
    PowerCutLost,
    /// Answers, cancels and reads are those of one session that changes at one instant.
    Linearizable,
    /// A waiter of a session that closed wakes.
    Stuck,
    /// After the trouble is over the server serves without a restart; refusals are those that are promised.
    Unavailable,
}

impl Promise {
    /// In words, for who reads why a run failed.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Lost => "what was acknowledged survives (semantics §8)",
            Self::Doubled => "a session has one outcome and one winner (semantics §3)",
            Self::WrongWaiter => "an answer to one session never resolves another (semantics §10.4)",
            Self::EarlyTimeout => "a deadline never fires early (semantics §6)",
            Self::AuditGap => "versions have no hole, and nothing appears below a cursor (semantics §1)",
            Self::CallbackLost => "every outcome reaches its receiver (semantics §7)",
            Self::CallbackWrong => "a callback is the same each time, signed, and after its commit (semantics §7)",
            Self::PowerCutLost => "what was acknowledged survives a power cut (semantics §8)",
            Self::Linearizable => "a session changes at one instant for all who look (semantics §3)",
            Self::Stuck => "a waiter wakes when its session closes (semantics §5)",
            Self::Unavailable => "trouble ends without a restart, and refuses as promised (semantics §8)",
        }
    }
}

/// A promise that was broken, and how.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    /// Which.
    pub(crate) promise: Promise,
    /// What was seen, and what was expected.
    pub(crate) detail: String,
}

/// What a run, or a part of it, found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Processes killed by SIGKILL.
    pub(crate) kills: u64,
    /// Creates, answers, cancels and uploads that a client was told have happened.
    pub(crate) acknowledged: u64,
    /// Requests of the load that were refused with a 5xx while the server was said to be well.
    pub(crate) refused: u64,
    /// Power cuts.
    pub(crate) power_cuts: u64,
    /// Histories that were checked for linearizability.
    pub(crate) histories: u64,
    /// How late deadlines fired while the server was up and well.
    pub(crate) lateness: Vec<Duration>,
    /// Bugs planted.
    pub(crate) planted: u64,
    /// Of those, the ones that were found, under the right name.
    pub(crate) caught: u64,
    /// Promises that were broken.
    pub(crate) violations: Vec<Violation>,
}

impl Report {
    /// Notes a broken promise.
    pub(crate) fn violation(&mut self, promise: Promise, detail: impl Into<String>) {
        self.violations.push(Violation { promise, detail: detail.into() });
    }

    /// How often a promise was broken.
    pub(crate) fn count(&self, promise: Promise) -> usize {
        self.violations.iter().filter(|violation| violation.promise == promise).count()
    }

    /// Takes in what a part found.
    pub(crate) fn absorb(&mut self, part: Self) {
        self.kills += part.kills;
        self.acknowledged += part.acknowledged;
        self.refused += part.refused;
        self.power_cuts += part.power_cuts;
        self.histories += part.histories;
        self.lateness.extend(part.lateness);
        self.planted += part.planted;
        self.caught += part.caught;
        self.violations.extend(part.violations);
    }

    /// The 99th percentile of how late deadlines fired, in milliseconds.
    pub(crate) fn late_p99_ms(&self) -> Option<u64> {
        let mut sorted = self.lateness.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * 99).div_ceil(100).checked_sub(1)?;
        u64::try_from(sorted.get(at)?.as_millis()).ok()
    }

    /// The line that ends a run.
    pub(crate) fn json(&self, seed: u64) -> Value {
        json!({
            "kills": self.kills,
            "acknowledged": self.acknowledged,
            "lost": self.count(Promise::Lost),
            "doubled": self.count(Promise::Doubled),
            "wrong_waiter": self.count(Promise::WrongWaiter),
            "early_timeouts": self.count(Promise::EarlyTimeout),
            "late_timeout_p99_ms": self.late_p99_ms(),
            "audit_gaps": self.count(Promise::AuditGap),
            "callbacks_lost": self.count(Promise::CallbackLost),
            "power_cuts": self.power_cuts,
            "power_cut_lost": self.count(Promise::PowerCutLost),
            "histories": self.histories,
            "linearizability_violations": self.count(Promise::Linearizable),
            "planted_bugs": self.planted,
            "planted_bugs_caught": self.caught,
            "callbacks_wrong": self.count(Promise::CallbackWrong),
            "waiters_stuck": self.count(Promise::Stuck),
            "not_recovered": self.count(Promise::Unavailable),
            "refused": self.refused,
            "seed": seed,
        })
    }
}
