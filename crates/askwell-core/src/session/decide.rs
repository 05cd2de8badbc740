//! The two decisions: whether a draft opens, and what a command does.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Answer, Change, Claim, Command, Draft, Event, OnTimeout, Opened, Parties, Rejection, Response, Session, Source,
    Status, Takeover,
};
use crate::access::Person;
use crate::digest::ContentHash;
use crate::ids::SessionId;
use crate::interaction::{Interaction, NormalForm};
use crate::now::{Deadline, Now, whole_millis};

/// How long a claim lasts without contact from its person.
pub const CLAIM_HOLD: Duration = Duration::from_mins(5);

/// Opens a draft. A [`Draft`] is valid by construction, so this cannot fail.
#[must_use]
pub fn open(draft: Draft, id: SessionId, requester: Person, now: &Now) -> Event {
    let interaction = draft.interaction.to_value();
    let content_hash = ContentHash::of(&interaction, draft.risk, draft.on_timeout);
    let opened = Opened {
        id,
        interaction: NormalForm::from(&interaction),
        request_id: draft.request_id,
        workflow_id: draft.workflow_id,
        callback_url: draft.callback_url,
        on_timeout: draft.on_timeout,
        metadata: draft.metadata,
        tags: draft.tags,
        priority: draft.priority,
        risk: draft.risk,
        assignee: draft.assignee,
        candidates: draft.candidates,
        step_up: draft.step_up,
        extendable: draft.extendable,
        requester,
        requester_token: draft.requester_token,
        on_behalf_of: draft.on_behalf_of,
        asked_as: draft.asked_as,
        content_hash,
        at: now.wall,
        deadline: Deadline::after(now, draft.timeout),
    };
    Event { at: now.wall, change: Change::Opened(Arc::new(opened)) }
}

/// What `command` does to `session` at `now`. No events: it is already as asked.
///
/// # Errors
/// [`Rejection`] when the command may not happen; the session is as it was.
pub fn decide(session: &Session, command: Command, now: &Now) -> Result<Vec<Event>, Rejection> {
    let change = match command {
        Command::Answer(answer) => answer_change(session, *answer, now)?,
        Command::Cancel { by, reason } => match closed(session) {
            Some(_) if session.status == Status::Cancelled => None,
            Some(rejection) => return Err(rejection),
            None => {
                in_time(session, now)?;
                Some(Change::Cancelled { by, reason })
            }
        },
        Command::Claim { by, takeover } => {
            still_open(session, now)?;
            let held = held_by_other(session, &by, now);
            let over = match (held, takeover) {
                (Err(Rejection::Claimed { by: holder, .. }), Takeover::Override) => Some(holder),
                (held, _) => held.map(|()| None)?,
            };
            let lapses = Deadline::after(now, CLAIM_HOLD);
            let since = match &session.state.claim {
                Some(claim) if claim.by == by && !claim.lapses.is_due(now) => claim.since,
                _ => now.wall,
            };
            Some(Change::Claimed { claim: Claim { by, since, lapses }, over })
        }
        Command::Release { by } => {
            still_open(session, now)?;
            held_by_other(session, &by, now)?;
            // What remains is the own claim, or one of somebody else that has lapsed: not theirs to give up.
            if session.state.claim.as_ref().is_none_or(|claim| claim.by != by) {
                return Err(Rejection::NotClaimed);
            }
            Some(Change::Released { by: Some(by) })
        }
        Command::Assign { by, assignee } => {
            still_open(session, now)?;
            assign(session, by, assignee)
        }
        Command::Delegate { by, to } => {
            still_open(session, now)?;
            held_by_other(session, &by, now)?;
            delegate(session, by, to)
        }
        Command::SetCandidates { by, candidates } => {
            still_open(session, now)?;
            let parties = Parties { candidates, ..session.parties() };
            (parties != session.parties()).then_some(Change::CandidatesSet { by, parties })
        }
        Command::Extend { by, by_time, max_timeout } => {
            still_open(session, now)?;
            Some(extend(session, by, by_time, max_timeout)?)
        }
        Command::Tick => tick(session, now),
        Command::Fail { reason } => match closed(session) {
            Some(rejection) => return Err(rejection),
            None => Some(Change::Failed { reason }),
        },
    };
    Ok(change.into_iter().map(|change| Event { at: now.wall, change }).collect())
}

/// The rejection that a closed session gives to whoever wants to change it.
fn closed(session: &Session) -> Option<Rejection> {
    match session.status {
        Status::Pending | Status::Active => None,
        Status::Timeout => Some(Rejection::Expired { expires_at: session.state.deadline.expires_at }),
        status => Some(Rejection::Closed {
            status,
            by: session.state.closed_by.clone(),
            at: session.state.closed_at.unwrap_or(session.updated_at),
        }),
    }
}

/// A deadline is a fact, not a scheduler's accident: it holds before [`Command::Tick`] ran.
fn in_time(session: &Session, now: &Now) -> Result<(), Rejection> {
    if session.state.deadline.is_due(now) {
        return Err(Rejection::Expired { expires_at: session.state.deadline.expires_at });
    }
    Ok(())
}

fn still_open(session: &Session, now: &Now) -> Result<(), Rejection> {
    closed(session).map_or(Ok(()), Err)?;
    in_time(session, now)
}

fn held_by_other(session: &Session, by: &Person, now: &Now) -> Result<(), Rejection> {
    match &session.state.claim {
        Some(claim) if claim.by != *by && !claim.lapses.is_due(now) => {
            Err(Rejection::Claimed { by: claim.by.clone(), until: claim.lapses.expires_at })
        }
        _ => Ok(()),
    }
}

fn answer_change(session: &Session, answer: Answer, now: &Now) -> Result<Option<Change>, Rejection> {
    let interaction = || session.opened.interaction.interaction().map_err(Rejection::Unreadable);
    if let Some(rejection) = closed(session) {
        return if is_repeat(session, &answer, interaction) { Ok(None) } else { Err(rejection) };
    }
    in_time(session, now)?;
    held_by_other(session, &answer.by, now)?;
    if answer.content_hash.is_some_and(|seen| seen != session.opened.content_hash) {
        return Err(Rejection::ContentChanged);
    }
    let checked = interaction()?.check(&answer.response, &answer.files, "/response").map_err(Rejection::Invalid)?;
    if session.opened.step_up.is_some() && answer.assertion.is_none() {
        return Err(Rejection::StepUpRequired);
    }
    Ok(Some(Change::Answered {
        response: Response {
            data: checked.data,
            at: now.wall,
            by: Some(answer.by),
            source: Source::Person,
            comment: answer.comment,
            files: checked.files,
            assertion: answer.assertion,
        },
    }))
}

/// Whether the same person gave the same answer before: a retry, not a second answer.
fn is_repeat(session: &Session, answer: &Answer, interaction: impl FnOnce() -> Result<Interaction, Rejection>) -> bool {
    let Some(given) = &session.state.response else {
        return false;
    };
    session.status == Status::Completed
        && given.by.as_ref() == Some(&answer.by)
        && interaction().is_ok_and(|interaction| {
            interaction
                .check(&answer.response, &answer.files, "/response")
                .is_ok_and(|checked| crate::digest::canonical(&checked.data) == crate::digest::canonical(&given.data))
        })
}

fn assign(session: &Session, by: Person, assignee: Option<String>) -> Option<Change> {
    let mut parties = session.parties();
    if parties.assignee == assignee {
        return None;
    }
    if let Some(former) = std::mem::replace(&mut parties.assignee, assignee) {
        watch(&mut parties, former);
    }
    Some(Change::Assigned { by, parties })
}

/// The one who hands over may no longer answer by name, but goes on seeing it.
fn delegate(session: &Session, by: Person, to: String) -> Option<Change> {
    let mut parties = session.parties();
    if parties.assignee.as_ref() == Some(&to) {
        return None;
    }
    let former = parties.assignee.replace(to.clone()).filter(|former| *former != by.id);
    parties.candidates.retain(|candidate| *candidate != by.id);
    for watcher in former.into_iter().chain([by.id.clone()]) {
        watch(&mut parties, watcher);
    }
    Some(Change::Delegated { by, to, parties })
}

fn watch(parties: &mut Parties, login: String) {
    parties.watchers.retain(|watcher| parties.assignee.as_ref() != Some(watcher));
    if parties.assignee.as_ref() != Some(&login) && !parties.watchers.contains(&login) {
        parties.watchers.push(login);
    }
}

fn extend(session: &Session, by: Person, by_time: Duration, max_timeout: Duration) -> Result<Change, Rejection> {
    let state = &session.state;
    let opened = &session.opened;
    let granted = opened.extendable.unwrap_or_default().saturating_sub(state.extended);
    let lasted = state.deadline.expires_at.duration_since(opened.at).unsigned_abs();
    let left = granted.min(max_timeout.saturating_sub(lasted));
    let by_time = whole_millis(by_time);
    if by_time.is_zero() || by_time > left {
        return Err(Rejection::NotExtendable { left });
    }
    let later = |at: jiff::Timestamp| at.saturating_add(by_time).unwrap_or(jiff::Timestamp::MAX);
    Ok(Change::Extended {
        by,
        by_time,
        deadline: Deadline {
            expires_at: later(state.deadline.expires_at),
            steady_at: later(state.deadline.steady_at),
            run: state.deadline.run,
        },
    })
}

fn tick(session: &Session, now: &Now) -> Option<Change> {
    if !session.is_due(now) {
        return None;
    }
    if session.state.deadline.is_due(now) {
        let response = timeout_response(session, now);
        return Some(Change::TimedOut { response });
    }
    Some(Change::Released { by: None })
}

/// The requester's `default_value`, where it asked for that and the kind allows it.
fn timeout_response(session: &Session, now: &Now) -> Option<Response> {
    if session.opened.on_timeout != OnTimeout::Default {
        return None;
    }
    let interaction = session.opened.interaction.interaction().ok()?;
    Some(Response {
        data: interaction.default_answer()?.clone(),
        at: now.wall,
        by: None,
        source: Source::Timeout,
        comment: None,
        files: Vec::new(),
        assertion: None,
    })
}
