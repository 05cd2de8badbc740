//! Tries at the same node of a workflow, and which of them belong together.
//!
//! After "modify" an agent asks again, with the next number. Node ids such as
//! `root` come back in every run, so a try is linked to the one that it follows
//! and to the one that follows it, not to all that share its node.

use askwell_core::ids::SessionId;
use askwell_core::{Session, Status};
use jiff::SignedDuration;
use serde_json::Value;

use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{Order, SessionQuery, StoredSession};

/// How many sessions of one node are looked at.
const LOOKED_AT: usize = 50;

/// One try at the same node of a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLink {
    /// The session of that try.
    pub session: SessionId,
    /// Its number.
    pub attempt: Option<i64>,
    /// How it stands.
    pub status: Status,
}

/// A try, with what decides whether another follows it.
struct Try {
    link: AttemptLink,
    sent_back: bool,
}

impl Try {
    fn of(session: &Session) -> Self {
        let link = AttemptLink {
            session: session.id(),
            attempt: session.opened.interaction.get("attempt").as_i64(),
            status: session.status,
        };
        let answer = session.state.response.as_ref().map(|response| &response.data);
        Self { link, sent_back: answer.is_some_and(asks_for_changes) }
    }
}

/// Whether a review's answer sends it back: by its one action, or by any of several.
fn asks_for_changes(answer: &Value) -> bool {
    let modifies = |decision: &Value| decision["action"] == "modify";
    modifies(answer) || answer["decisions"].as_array().is_some_and(|decisions| decisions.iter().any(modifies))
}

impl App {
    /// The tries that belong together with `session`, oldest first; empty where there is no node.
    pub(crate) async fn attempts(&self, caller: &Caller, session: &Session) -> Result<Vec<AttemptLink>, AppError> {
        let node_id = session.opened.interaction.get("node_id");
        let Some(node_id) = node_id.as_str() else {
            return Ok(Vec::new());
        };
        let latest = SessionQuery {
            node_id: Some(node_id.to_owned()),
            workflow_id: session.opened.workflow_id.clone(),
            order: Order::CreatedDesc,
            limit: LOOKED_AT,
            ..SessionQuery::default()
        };
        let mut found = self.list(caller, latest.clone()).await?.sessions;
        if !found.iter().any(|stored| stored.session.id() == session.id()) {
            let after =
                session.opened.at.saturating_add(SignedDuration::from_millis(1)).unwrap_or(jiff::Timestamp::MAX);
            found = self.list(caller, SessionQuery { created_before: Some(after), ..latest }).await?.sessions;
        }
        // A query without a workflow does not tell apart who has one.
        let same_work = |stored: &StoredSession| stored.session.opened.workflow_id == session.opened.workflow_id;
        let tries: Vec<Try> =
            found.iter().rev().filter(|stored| same_work(stored)).map(|stored| Try::of(&stored.session)).collect();
        Ok(chain(tries, session.id()))
    }
}

/// The tries, of all at one node from oldest to latest, that lead to `own` and follow it.
fn chain(tries: Vec<Try>, own: SessionId) -> Vec<AttemptLink> {
    let Some(at) = tries.iter().position(|one| one.link.session == own) else { return Vec::new() };
    if tries[at].link.attempt.is_none() {
        return tries.into_iter().map(|one| one.link).filter(|link| link.attempt.is_none()).collect();
    }
    let mut places = vec![at];
    while let Some(before) = former(&tries, places[0]) {
        places.insert(0, before);
    }
    let mut last = at;
    while let Some(next) = follower(&tries, last) {
        places.push(next);
        last = next;
    }
    let links: Vec<AttemptLink> = tries.into_iter().map(|one| one.link).collect();
    places.into_iter().map(|place| links[place].clone()).collect()
}

/// The try before the one at `at`: the latest with the number before that was sent back, else the latest at all.
fn former(tries: &[Try], at: usize) -> Option<usize> {
    let number = tries[at].link.attempt? - 1;
    let earlier = |good: fn(&Try) -> bool| {
        (0..at).rev().find(|place| tries[*place].link.attempt == Some(number) && good(&tries[*place]))
    };
    earlier(|one| one.sent_back).or_else(|| earlier(|_| true))
}

/// The try that has the one at `at` as its former.
fn follower(tries: &[Try], at: usize) -> Option<usize> {
    (at + 1..tries.len()).find(|place| former(tries, *place) == Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(index: usize) -> SessionId {
        format!("{index:032x}").parse().unwrap()
    }

    /// Tries by number and fate: `m` sent back, `a` approved, `p` pending.
    fn tries(told: &[(Option<i64>, char)]) -> Vec<Try> {
        let of = |(index, (attempt, fate)): (usize, &(Option<i64>, char))| Try {
            link: AttemptLink {
                session: session(index),
                attempt: *attempt,
                status: match fate {
                    'p' => Status::Pending,
                    _ => Status::Completed,
                },
            },
            sent_back: *fate == 'm',
        };
        told.iter().enumerate().map(of).collect()
    }

    #[test]
    fn one_action_of_several_sends_the_whole_back() {
        use serde_json::json;
        for (answer, expected) in [
            (json!({"action": "modify"}), true),
            (json!({"action": "approve"}), false),
            (json!({"decisions": [{"action": "approve"}, {"action": "modify"}]}), true),
            (json!({"decisions": [{"action": "approve"}, {"action": "abort"}]}), false),
            (json!({"decisions": "modify"}), false),
        ] {
            assert_eq!(asks_for_changes(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn runs_of_the_same_node_stay_apart() {
        let one = |attempt, fate| (Some(attempt), fate);
        let told = [one(1, 'm'), one(2, 'a'), one(1, 'm'), one(1, 'p'), one(2, 'm'), one(3, 'p'), one(7, 'p')];
        for (own, expected) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (2, vec![2, 4, 5]),
            (3, vec![3]),
            (4, vec![2, 4, 5]),
            (5, vec![2, 4, 5]),
            (6, vec![6]),
        ] {
            let links = chain(tries(&told), session(own));
            let expected: Vec<_> = expected.into_iter().map(session).collect();
            assert_eq!(links.into_iter().map(|link| link.session).collect::<Vec<_>>(), expected, "{own}");
        }
    }

    #[test]
    fn a_try_that_nobody_answered_may_be_followed_too() {
        let links = chain(tries(&[(Some(1), 'p'), (Some(2), 'p')]), session(1));
        assert_eq!(links.len(), 2);
    }

    #[test]
    fn tries_without_a_number_are_those_of_the_node() {
        let links = chain(tries(&[(None, 'a'), (Some(1), 'a'), (None, 'p')]), session(2));
        assert_eq!(links.iter().map(|link| link.session).collect::<Vec<_>>(), [session(0), session(2)]);
        assert!(chain(tries(&[(None, 'a')]), session(9)).is_empty());
    }
}
