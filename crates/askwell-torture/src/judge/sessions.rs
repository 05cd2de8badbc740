//! What became of each session, beside what its clients were told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Findings;
use crate::history::Outcome;
use crate::ledger::{Deed, Entry, Margins, Told};
use crate::report::Promise;
use crate::seen::Seen;

/// What was acknowledged is there, once, and nothing else.
pub(super) fn judge(entries: &[Entry], seen: &Seen, lost: Promise, findings: &mut Findings) {
    let mut by_key: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for session in seen.sessions.values() {
        by_key.entry(session["metadata"]["key"].as_str().unwrap_or_default()).or_default().push(session);
    }
    for (key, sessions) in by_key.iter().filter(|(_, sessions)| sessions.len() > 1) {
        findings.add(Promise::Doubled, format!("{} sessions of the idempotency key {key}", sessions.len()));
    }
    let known: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.asked.key.as_str(), entry)).collect();
    for key in by_key.keys().filter(|key| !known.contains_key(*key)) {
        findings.add(Promise::Doubled, format!("a session that nobody opened, of the key {key:?}"));
    }
    for entry in entries {
        for twin in &entry.twins {
            findings.add(Promise::Doubled, format!("{}: its key gave another session, {twin}", entry.name()));
        }
        let Some(id) = &entry.session else { continue };
        match seen.sessions.get(id) {
            None => findings.add(lost, format!("{}: its create was acknowledged; it is not there", entry.name())),
            Some(session) => judge_one(entry, session, seen, lost, findings),
        }
    }
}

fn judge_one(entry: &Entry, session: &Value, seen: &Seen, lost: Promise, findings: &mut Findings) {
    let name = entry.name();
    let asked = &entry.asked.body;
    for pointer in
        ["/interaction_data/title", "/interaction_data/message", "/workflow_id", "/metadata", "/callback_url"]
    {
        let (was, is) = (asked.pointer(pointer).unwrap_or(&Value::Null), session.pointer(pointer));
        if is.unwrap_or(&Value::Null) != was {
            findings.add(lost, format!("{name}: {pointer} was created as {was}, and is {is:?}"));
        }
    }
    let outcome = Outcome::of(session);
    match &outcome {
        Outcome::Completed(user, response) => {
            let given = entry.acts.iter().any(
                |act| matches!(&act.deed, Deed::Answer { user: by, response: with } if by == user && with == response),
            );
            if !given {
                let detail = format!("{name}: answered by {user} with {response}, which nobody sent to it");
                findings.add(Promise::WrongWaiter, detail);
            }
        }
        Outcome::Timeout => judge_deadline(entry, session, findings),
        Outcome::Open | Outcome::Cancelled(_) => {}
    }
    for act in &entry.acts {
        let told = match &act.told {
            Told::Done(told) => Outcome::of(told),
            Told::Refused(code, _) if code == "session_closed" && outcome == Outcome::Open => {
                findings.add(lost, format!("{name}: a loser was told that it is closed; it is open"));
                continue;
            }
            Told::Nothing | Told::Refused(..) => continue,
        };
        if told == outcome || told == Outcome::Open {
            continue;
        }
        if !is_of(entry, &told) {
            findings.add(
                Promise::WrongWaiter,
                format!("{name}: {:?} was told {told:?}, which nobody sent to it", act.deed),
            );
            continue;
        }
        // Acknowledged, and gone; or acknowledged, and then another.
        let promise = if outcome == Outcome::Open { lost } else { Promise::Doubled };
        findings.add(promise, format!("{name}: {:?} was told {told:?}, and it is {outcome:?}", act.deed));
    }
    for upload in &entry.uploads {
        match seen.files.get(&upload.file_id) {
            Some(Ok(sum)) if *sum == upload.sha256 => {}
            other => findings.add(lost, format!("{name}: upload {} was acknowledged; {other:?}", upload.file_id)),
        }
    }
}

/// Whether an answer or a cancel was sent to this session by one of its own clients; all else is of no other session.
fn is_of(entry: &Entry, outcome: &Outcome) -> bool {
    entry.acts.iter().any(|act| match (&act.deed, outcome) {
        (Deed::Answer { user: by, response: with }, Outcome::Completed(user, response)) => {
            by == user && with == response
        }
        (Deed::Cancel { reason }, Outcome::Cancelled(told)) => reason == told,
        _ => false,
    }) || matches!(outcome, Outcome::Open | Outcome::Timeout)
}

/// Never early, by the server's own times. The clients' clocks are in `judge_heard`.
fn judge_deadline(entry: &Entry, session: &Value, findings: &mut Findings) {
    let time = |key: &str| session[key].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let (Some(created), Some(closed)) = (time("created_at"), time("closed_at")) else {
        findings.add(Promise::Doubled, format!("{}: timed out, and has no closed_at: {session}", entry.name()));
        return;
    };
    let lived = closed.duration_since(created);
    if lived < jiff::SignedDuration::try_from(entry.asked.timeout).unwrap_or_default() {
        let detail = format!("{}: timed out after {lived:?} of {:?}", entry.name(), entry.asked.timeout);
        findings.add(Promise::EarlyTimeout, detail);
    }
}

/// What waiters and sockets heard is of the session that they asked about, is not early by their own clocks, and stays.
pub(super) fn judge_heard(entries: &[Entry], notes: &Margins, seen: &Seen, findings: &mut Findings) {
    let known: BTreeMap<&str, &Entry> =
        entries.iter().filter_map(|entry| Some((entry.session.as_deref()?, entry))).collect();
    for (id, heard) in &notes.heard {
        let told = heard.session["session_id"].as_str().unwrap_or_default();
        if told != id {
            findings.add(Promise::WrongWaiter, format!("a {} of {id} was told of {told}", heard.by));
            continue;
        }
        let outcome = Outcome::of(&heard.session);
        if outcome == Outcome::Open {
            continue;
        }
        if let Some(entry) = known.get(id.as_str()) {
            if !is_of(entry, &outcome) {
                let detail = format!("{}: a {} heard {outcome:?}, which nobody sent to it", entry.name(), heard.by);
                findings.add(Promise::WrongWaiter, detail);
                continue;
            }
            let deadlines =
                [Some(&heard.session), seen.sessions.get(id)].map(|session| session.map(|s| &s["expires_at"]));
            if outcome == Outcome::Timeout && deadlines[0] != deadlines[1] {
                let detail = format!("{}: a {} heard of the deadline {deadlines:?}", entry.name(), heard.by);
                findings.add(Promise::WrongWaiter, detail);
                continue;
            }
            let after = heard.at.saturating_duration_since(entry.sent);
            if outcome == Outcome::Timeout && after < entry.asked.timeout {
                let detail = format!(
                    "{}: a {} heard the time-out after {after:?} of {:?}",
                    entry.name(),
                    heard.by,
                    entry.asked.timeout
                );
                findings.add(Promise::EarlyTimeout, detail);
            }
        }
        match seen.sessions.get(id).map(Outcome::of) {
            Some(is) if is == outcome => {}
            is => findings.add(
                Promise::Doubled,
                format!("a {} of {id} heard {outcome:?}, and it is {is:?}: it was told before it was so", heard.by),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;
    use crate::clients::Refusal;
    use crate::judge::fixtures::{answer, closed_by_deadline, completed, entry, open, seen_of};
    use crate::ledger::{Heard, Upload};

    fn promises(entries: &[Entry], seen: &Seen) -> Vec<Promise> {
        let mut findings = Findings::default();
        judge(entries, seen, Promise::Lost, &mut findings);
        findings.promises()
    }

    fn promises_of_heard(entries: &[Entry], session: Value, at: Instant, seen: &Seen) -> Vec<Promise> {
        let mut findings = Findings::default();
        let heard = vec![("a".to_owned(), Heard { by: "waiter", session, at })];
        judge_heard(entries, &Margins { heard, ..Margins::default() }, seen, &mut findings);
        findings.promises()
    }

    #[test]
    fn honest_books_agree() {
        let mut one = entry("a");
        answer(&mut one, "u", &Ok(completed("a", "u")));
        answer(&mut one, "v", &Err(Refusal::Told(409, "session_closed".into(), String::new())));
        let mut unsure = entry("b");
        unsure.session = None;
        let seen = seen_of(&[completed("a", "u"), open("b")]);
        assert_eq!(promises(&[one, unsure], &seen), []);
    }

    #[test]
    fn a_create_that_is_gone_is_found() {
        assert_eq!(promises(&[entry("a")], &seen_of(&[])), [Promise::Lost]);
        let mut altered = open("a");
        altered["interaction_data"]["title"] = json!("another");
        assert_eq!(promises(&[entry("a")], &seen_of(&[altered])), [Promise::Lost]);
    }

    #[test]
    fn an_answer_that_is_gone_or_overwritten_is_found() {
        let mut one = entry("a");
        answer(&mut one, "u", &Ok(completed("a", "u")));
        answer(&mut one, "v", &Err(Refusal::Unsure(String::new())));
        assert_eq!(promises(std::slice::from_ref(&one), &seen_of(&[open("a")])), [Promise::Lost]);
        assert_eq!(promises(&[one], &seen_of(&[completed("a", "v")])), [Promise::Doubled]);
    }

    #[test]
    fn a_loser_of_a_session_that_is_open_is_found() {
        let mut one = entry("a");
        answer(&mut one, "u", &Err(Refusal::Told(409, "session_closed".into(), String::new())));
        assert_eq!(promises(&[one], &seen_of(&[open("a")])), [Promise::Lost]);
    }

    #[test]
    fn another_sessions_answer_is_found() {
        let mut one = entry("a");
        answer(&mut one, "u", &Err(Refusal::Unsure(String::new())));
        assert_eq!(promises(&[one], &seen_of(&[completed("a", "somebody else")])), [Promise::WrongWaiter]);
    }

    #[test]
    fn twins_and_strangers_are_found() {
        let mut twin = open("a");
        twin["session_id"] = json!("c");
        assert_eq!(promises(&[entry("a")], &seen_of(&[open("a"), twin])), [Promise::Doubled]);
        assert_eq!(promises(&[entry("a")], &seen_of(&[open("a"), open("stranger")])), [Promise::Doubled]);
    }

    #[test]
    fn an_upload_that_is_gone_or_another_is_found() {
        let mut one = entry("a");
        one.uploads.push(Upload { file_id: "f".into(), sha256: "00".into() });
        let mut seen = seen_of(&[open("a")]);
        assert_eq!(promises(std::slice::from_ref(&one), &seen), [Promise::Lost]);
        seen.files.insert("f".into(), Ok("01".into()));
        assert_eq!(promises(std::slice::from_ref(&one), &seen), [Promise::Lost]);
        seen.files.insert("f".into(), Ok("00".into()));
        assert_eq!(promises(&[one], &seen), []);
    }

    #[test]
    fn an_early_deadline_is_found_by_either_clock() {
        let late = closed_by_deadline("a", 10_000);
        assert_eq!(promises(&[entry("a")], &seen_of(std::slice::from_ref(&late))), []);
        assert_eq!(promises(&[entry("a")], &seen_of(&[closed_by_deadline("a", 9_999)])), [Promise::EarlyTimeout]);
        let one = entry("a");
        let (soon, then) = (one.sent + Duration::from_millis(9_999), one.sent + Duration::from_secs(10));
        let seen = seen_of(std::slice::from_ref(&late));
        assert_eq!(promises_of_heard(std::slice::from_ref(&one), late.clone(), soon, &seen), [Promise::EarlyTimeout]);
        assert_eq!(promises_of_heard(&[one], late, then, &seen), []);
    }

    #[test]
    fn a_waiter_with_another_sessions_answer_or_one_that_was_not_is_found() {
        let (mut one, now) = (entry("a"), Instant::now());
        answer(&mut one, "u", &Err(Refusal::Unsure(String::new())));
        answer(&mut one, "v", &Err(Refusal::Unsure(String::new())));
        let seen = seen_of(&[completed("a", "u"), completed("b", "w")]);
        let entries = [one, entry("b")];
        assert_eq!(promises_of_heard(&entries, completed("b", "w"), now, &seen), [Promise::WrongWaiter]);
        assert_eq!(promises_of_heard(&entries, completed("a", "w"), now, &seen), [Promise::WrongWaiter]);
        assert_eq!(promises_of_heard(&entries, completed("a", "v"), now, &seen), [Promise::Doubled]);
        let mut other = closed_by_deadline("a", 20_000);
        other["expires_at"] = json!("of another session");
        let seen_closed = seen_of(&[closed_by_deadline("a", 10_000)]);
        assert_eq!(promises_of_heard(&entries, other, now, &seen_closed), [Promise::WrongWaiter]);
        assert_eq!(promises_of_heard(&entries, completed("a", "u"), now, &seen), []);
    }
}
