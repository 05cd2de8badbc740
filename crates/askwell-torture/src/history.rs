//! The history of one session: who asked for what and when, and what they were told; is there one order of it all in
//! which a session that changes at one instant would have said the same?
//!
//! The order is searched by `stateright`. A history per session, and a few acts each, keep the search small. What was
//! sent and never answered may have happened at any time after it was sent, or not at all.

use std::time::Instant;

use serde_json::Value;
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

use crate::ledger::{Act, Deed, Entry, Told};

/// How a session stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Not closed.
    Open,
    /// Answered, by whom and with what.
    Completed(String, Value),
    /// Closed by its deadline.
    Timeout,
    /// Cancelled, with the reason.
    Cancelled(String),
}

impl Outcome {
    /// As a session on the wire shows it.
    pub(crate) fn of(session: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match session["status"].as_str() {
            Some("completed") => {
                let response = &session["response"];
                Self::Completed(text(&response["user_id"]), response["response_data"].clone())
            }
            Some("timeout") => Self::Timeout,
            Some("cancelled") => Self::Cancelled(text(&session["error_message"])),
            _ => Self::Open,
        }
    }
}

/// What is done to a session.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Answer(String, Value),
    Cancel(String),
    Read,
    /// The deadline comes; nobody asked for it and nobody is told.
    Expire,
}

/// What whoever did it was told.
#[derive(Clone, Debug, PartialEq)]
enum Reply {
    /// It is so now.
    Shown(Outcome),
    /// 409, closed by somebody else or otherwise.
    Closed,
    /// 409, the deadline has passed, whether it has fired or not.
    Expired,
}

/// A session as it should be, one step after the other.
#[derive(Clone, Debug)]
struct Sequential(Outcome);

impl Sequential {
    /// Closes it, or shows how it is closed.
    fn close(&mut self, wanted: Outcome) -> Reply {
        match &self.0 {
            Outcome::Open => {
                self.0 = wanted;
                Reply::Shown(self.0.clone())
            }
            Outcome::Timeout => Reply::Expired,
            // The same again is the same result; any cancel of a cancelled session is.
            same if *same == wanted => Reply::Shown(wanted),
            Outcome::Cancelled(_) if matches!(wanted, Outcome::Cancelled(_)) => Reply::Shown(self.0.clone()),
            Outcome::Completed(..) | Outcome::Cancelled(_) => Reply::Closed,
        }
    }
}

impl SequentialSpec for Sequential {
    type Op = Step;
    type Ret = Reply;

    fn invoke(&mut self, step: &Step) -> Reply {
        match step {
            Step::Answer(user, response) => self.close(Outcome::Completed(user.clone(), response.clone())),
            Step::Cancel(reason) => self.close(Outcome::Cancelled(reason.clone())),
            Step::Read => Reply::Shown(self.0.clone()),
            Step::Expire => {
                if self.0 == Outcome::Open {
                    self.0 = Outcome::Timeout;
                }
                Reply::Shown(self.0.clone())
            }
        }
    }

    fn is_valid_step(&mut self, step: &Step, told: &Reply) -> bool {
        // Refused for the deadline before that has fired: nothing changes. What follows from it for others depends on
        // when they came, and is `winner_after_deadline`'s to judge.
        let is_due = *told == Reply::Expired && self.0 == Outcome::Open;
        is_due || self.invoke(step) == *told
    }
}

/// One act, with when it began and ended.
#[derive(Clone, Debug)]
struct Span {
    step: Step,
    sent: Instant,
    reply: Option<(Reply, Instant)>,
}

impl Span {
    /// `None`: it was refused for what it was, which says nothing of the session.
    fn of(act: &Act) -> Option<Self> {
        let step = match &act.deed {
            Deed::Answer { user, response } => Step::Answer(user.clone(), response.clone()),
            Deed::Cancel { reason } => Step::Cancel(reason.clone()),
            Deed::Read => Step::Read,
        };
        let reply = match &act.told {
            Told::Nothing => None,
            Told::Done(session) => Some(Reply::Shown(Outcome::of(session))),
            Told::Refused(code, _) if code == "session_closed" => Some(Reply::Closed),
            Told::Refused(code, _) if code == "session_expired" => Some(Reply::Expired),
            Told::Refused(..) => return None,
        };
        Some(Self { step, sent: act.sent, reply: reply.zip(act.at) })
    }
}

/// Checks what was done to one session.
///
/// # Errors
/// What was told to whom, where no order explains it.
pub(crate) fn check(entry: &Entry) -> Result<(), String> {
    let spans: Vec<Span> = entry.acts.iter().filter_map(Span::of).collect();
    if is_linearizable(&spans) && !has_winner_after_deadline(&spans) { Ok(()) } else { Err(told(&spans)) }
}

/// Whether somebody won who came after another had been told that the deadline has passed. Who came before that may
/// have been in time, and be stored only after the other was told.
fn has_winner_after_deadline(spans: &[Span]) -> bool {
    let told = |span: &Span| span.reply.as_ref().filter(|(reply, _)| *reply == Reply::Expired).map(|(_, at)| *at);
    let Some(passed) = spans.iter().filter_map(told).min() else { return false };
    spans.iter().any(|span| {
        let wanted = match &span.step {
            Step::Answer(user, response) => Outcome::Completed(user.clone(), response.clone()),
            Step::Cancel(reason) => Outcome::Cancelled(reason.clone()),
            Step::Read | Step::Expire => return false,
        };
        let shows =
            |other: &Span| other.reply.as_ref().is_some_and(|(reply, _)| *reply == Reply::Shown(wanted.clone()));
        let came_first = |other: &Span| other.step == span.step && other.sent <= passed;
        span.sent > passed && spans.iter().any(shows) && !spans.iter().any(came_first)
    })
}

/// Invocations and returns in the order in which they happened, each act a thread of its own.
fn is_linearizable(spans: &[Span]) -> bool {
    let Some(first) = spans.iter().map(|span| span.sent).min() else { return true };
    let expire = Span { step: Step::Expire, sent: first, reply: None };
    let spans: Vec<&Span> = spans.iter().chain([&expire]).collect();
    let mut moments: Vec<(Instant, usize, Option<&Reply>)> = Vec::new();
    for (thread, span) in spans.iter().enumerate() {
        moments.push((span.sent, thread, None));
        if let Some((reply, at)) = &span.reply {
            moments.push((*at, thread, Some(reply)));
        }
    }
    // At the same instant: begun before ended, so that the two count as concurrent.
    moments.sort_by_key(|(at, _, reply)| (*at, reply.is_some()));
    let mut tester = LinearizabilityTester::new(Sequential(Outcome::Open));
    for (_, thread, reply) in moments {
        let noted = match reply {
            None => tester.on_invoke(thread, spans[thread].step.clone()).is_ok(),
            Some(reply) => tester.on_return(thread, reply.clone()).is_ok(),
        };
        debug_assert!(noted, "a thread does one thing, once");
    }
    tester.is_consistent()
}

fn told(spans: &[Span]) -> String {
    let first = spans.iter().map(|span| span.sent).min();
    let lines = spans.iter().map(|span| {
        let since = |at: Instant| first.map(|first| at.saturating_duration_since(first)).unwrap_or_default();
        let reply = span.reply.as_ref().map(|(reply, at)| format!("{reply:?} at {:?}", since(*at)));
        format!("{:?} at {:?} was told {}", span.step, since(span.sent), reply.as_deref().unwrap_or("nothing"))
    });
    format!("no order explains: {}", lines.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn at(base: Instant, step: Step, from: u64, reply: Option<(Reply, u64)>) -> Span {
        let after = |time| base + Duration::from_millis(time);
        Span { step, sent: after(from), reply: reply.map(|(reply, to)| (reply, after(to))) }
    }

    fn by(user: &str) -> Step {
        Step::Answer(user.into(), json!(user))
    }

    fn won(user: &str) -> Reply {
        Reply::Shown(Outcome::Completed(user.into(), json!(user)))
    }

    #[test]
    fn honest_histories_pass() {
        let base = Instant::now();
        // Two race, one wins; a reader in between may see either; who asks again is told again.
        assert!(is_linearizable(&[
            at(base, by("a"), 0, Some((won("a"), 50))),
            at(base, by("b"), 10, Some((Reply::Closed, 40))),
            at(base, Step::Read, 5, Some((Reply::Shown(Outcome::Open), 15))),
            at(base, Step::Read, 5, Some((won("a"), 20))),
            at(base, by("a"), 60, Some((won("a"), 70))),
            at(base, Step::Cancel("c".into()), 60, Some((Reply::Closed, 70))),
        ]));
        // Nobody knows whether it happened; later it shows.
        assert!(is_linearizable(&[
            at(base, by("a"), 0, None),
            at(base, Step::Read, 100, Some((Reply::Shown(Outcome::Open), 110))),
            at(base, Step::Read, 120, Some((won("a"), 130))),
        ]));
        // Refused after the deadline, still open for a moment, then fired.
        assert!(is_linearizable(&[
            at(base, by("a"), 0, Some((Reply::Expired, 10))),
            at(base, Step::Read, 20, Some((Reply::Shown(Outcome::Open), 30))),
            at(base, Step::Read, 40, Some((Reply::Shown(Outcome::Timeout), 50))),
            at(base, by("b"), 60, Some((Reply::Expired, 70))),
        ]));
    }

    #[test]
    fn two_winners_are_found() {
        let base = Instant::now();
        assert!(!is_linearizable(&[
            at(base, by("a"), 0, Some((won("a"), 50))),
            at(base, by("b"), 10, Some((won("b"), 40))),
        ]));
    }

    #[test]
    fn a_reader_who_sees_what_was_before_is_found() {
        let base = Instant::now();
        assert!(!is_linearizable(&[
            at(base, by("a"), 0, Some((won("a"), 10))),
            at(base, Step::Read, 20, Some((Reply::Shown(Outcome::Open), 30))),
        ]));
        // The same, where one reader saw more than a later one.
        assert!(!is_linearizable(&[
            at(base, by("a"), 0, None),
            at(base, Step::Read, 20, Some((won("a"), 30))),
            at(base, Step::Read, 40, Some((Reply::Shown(Outcome::Open), 50))),
        ]));
    }

    #[test]
    fn a_winner_after_the_deadline_is_found() {
        let base = Instant::now();
        let late = [at(base, by("a"), 0, Some((Reply::Expired, 10))), at(base, by("b"), 20, Some((won("b"), 30)))];
        assert!(has_winner_after_deadline(&late));
        // Both came before anybody was told: `b` was in time, and stored later.
        let close = [at(base, by("a"), 0, Some((Reply::Expired, 10))), at(base, by("b"), 5, Some((won("b"), 30)))];
        assert!(is_linearizable(&close) && !has_winner_after_deadline(&close));
    }

    #[test]
    fn a_loser_without_a_winner_is_found() {
        let base = Instant::now();
        assert!(!is_linearizable(&[
            at(base, by("a"), 0, Some((Reply::Closed, 10))),
            at(base, Step::Read, 20, Some((Reply::Shown(Outcome::Open), 30))),
        ]));
    }

    #[test]
    fn a_winner_overwritten_by_a_cancel_is_found() {
        let base = Instant::now();
        let cancelled = || Reply::Shown(Outcome::Cancelled("c".into()));
        assert!(!is_linearizable(&[
            at(base, by("a"), 0, Some((won("a"), 10))),
            at(base, Step::Cancel("c".into()), 20, Some((cancelled(), 30))),
        ]));
    }
}
