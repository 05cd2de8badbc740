//! The feed and the counters, beside the sessions and beside what followers were given.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Findings;
use crate::follow::{Step, Trail};
use crate::history::Outcome;
use crate::report::Promise;
use crate::seen::Seen;

/// What closes a session.
const CLOSING: [&str; 4] = ["answered", "cancelled", "timed_out", "failed"];

/// Versions without hole or repeat, cursors that rise, one outcome each, nobody who followed missed anything.
pub(super) fn judge(seen: &Seen, findings: &mut Findings) {
    let steps: Vec<Step> = seen.events.iter().filter_map(Step::of).collect();
    if steps.len() != seen.events.len() {
        findings.add(Promise::AuditGap, "an event without cursor, session or version");
    }
    for pair in steps.windows(2).filter(|pair| pair[0].cursor >= pair[1].cursor) {
        findings.add(Promise::AuditGap, format!("the feed falls back from {} to {}", pair[0].cursor, pair[1].cursor));
    }
    let mut versions: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut closings: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (step, event) in steps.iter().zip(&seen.events) {
        versions.entry(&step.session).or_default().push(step.version);
        if CLOSING.iter().any(|name| event["type"] == *name) {
            closings.entry(&step.session).or_default().push(event);
        }
    }
    for (id, events) in closings.iter().filter(|(_, events)| events.len() > 1) {
        findings.add(Promise::Doubled, format!("{id} has {} outcomes in the feed", events.len()));
    }
    for (id, session) in &seen.sessions {
        let found = versions.remove(id.as_str()).unwrap_or_default();
        let last = session["version"].as_u64().unwrap_or_default();
        if found != (1..=last).collect::<Vec<_>>() {
            findings.add(Promise::AuditGap, format!("{id} is at version {last}, and the feed has {found:?}"));
        }
        let told = closings.get(id.as_str()).map_or(Outcome::Open, |events| Outcome::of(&events[0]["session"]));
        if told != Outcome::of(session) {
            findings
                .add(Promise::Doubled, format!("{id}: {told:?} in the feed, {:?} in the list", Outcome::of(session)));
        }
    }
    for id in versions.keys() {
        findings.add(Promise::AuditGap, format!("{id} is in the feed, and in no list"));
    }
    for trail in &seen.trails {
        judge_trail(trail, &steps, findings);
    }
    judge_statistics(seen, findings);
}

/// Who followed the feed was given all of it, once, from where they began: whatever became visible later at or below a
/// cursor that they had is missing from what they were given.
fn judge_trail(trail: &Trail, feed: &[Step], findings: &mut Findings) {
    let Some(first) = trail.steps.first() else { return };
    let start = feed.iter().position(|step| step == first).unwrap_or(feed.len());
    for (given, step) in trail.steps.iter().zip(&feed[start..]) {
        if given != step {
            let detail = format!("a follower ({}) was given {given:?} where the feed has {step:?}", trail.by);
            findings.add(Promise::AuditGap, detail);
            return;
        }
    }
    if trail.steps.len() > feed.len() - start {
        let beyond = &trail.steps[feed.len() - start];
        findings.add(Promise::AuditGap, format!("a follower ({}) was given {beyond:?}, not in the feed", trail.by));
    }
}

/// The counters agree with the rows. There are none where nothing was read.
fn judge_statistics(seen: &Seen, findings: &mut Findings) {
    let counts = |status: &str| seen.sessions.values().filter(|session| session["status"] == status).count();
    let rows = [
        ("total_sessions", seen.sessions.len()),
        ("completed_sessions", counts("completed")),
        ("timeout_sessions", counts("timeout")),
        ("cancelled_sessions", counts("cancelled")),
    ];
    for (key, rows) in rows {
        let told = seen.statistics[key].as_u64();
        if told.is_some_and(|told| told != rows as u64) {
            findings.add(Promise::AuditGap, format!("{key} is {told:?}, and there are {rows}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::judge::fixtures::{completed, open, seen_of};

    fn event(cursor: u32, kind: &str, session: &Value) -> Value {
        json!({
            "cursor": cursor.to_string(), "type": kind, "session": session,
            "session_id": session["session_id"], "version": session["version"],
        })
    }

    fn honest() -> Seen {
        let mut seen = seen_of(&[completed("a", "u"), open("b")]);
        seen.events = vec![
            event(1, "opened", &open("a")),
            event(2, "opened", &open("b")),
            event(3, "answered", &completed("a", "u")),
        ];
        seen.statistics = json!({ "total_sessions": 2, "completed_sessions": 1 });
        seen.trails = vec![trail(&seen, &[0, 1, 2]), trail(&seen, &[1, 2]), trail(&seen, &[])];
        seen
    }

    fn trail(seen: &Seen, indices: &[usize]) -> Trail {
        let steps = indices.iter().filter_map(|index| Step::of(&seen.events[*index])).collect();
        Trail { by: "feed", steps }
    }

    fn promises(seen: &Seen) -> Vec<Promise> {
        let mut findings = Findings::default();
        judge(seen, &mut findings);
        findings.promises()
    }

    #[test]
    fn an_honest_feed_passes() {
        assert_eq!(promises(&honest()), []);
    }

    #[test]
    fn a_hole_in_the_versions_is_found() {
        let mut seen = honest();
        seen.events.remove(0);
        seen.trails.clear();
        assert_eq!(promises(&seen), [Promise::AuditGap]);
    }

    #[test]
    fn a_repeat_and_a_cursor_that_falls_back_are_found() {
        let mut seen = honest();
        let again = seen.events[0].clone();
        seen.events.push(again);
        assert_eq!(promises(&seen), [Promise::AuditGap, Promise::AuditGap]);
    }

    #[test]
    fn two_outcomes_are_found() {
        let mut seen = honest();
        let mut second = completed("a", "v");
        second["version"] = json!(3);
        seen.events.push(event(4, "answered", &second));
        seen.sessions.insert("a".into(), second);
        assert_eq!(promises(&seen), [Promise::Doubled, Promise::Doubled]);
    }

    #[test]
    fn what_appears_below_a_cursor_is_found() {
        // Whoever followed had 1 and 3 when 2 appeared.
        let mut seen = honest();
        seen.trails = vec![trail(&seen, &[0, 2])];
        assert_eq!(promises(&seen), [Promise::AuditGap]);
    }

    #[test]
    fn what_was_given_and_is_gone_is_found() {
        let mut seen = honest();
        let mut followed = trail(&seen, &[0, 1, 2]);
        followed.steps.push(Step { cursor: "4".into(), session: "c".into(), version: 1 });
        seen.trails = vec![followed];
        assert_eq!(promises(&seen), [Promise::AuditGap]);
    }

    #[test]
    fn drifting_counters_are_found() {
        let mut seen = honest();
        seen.statistics = json!({ "total_sessions": 3 });
        assert_eq!(promises(&seen), [Promise::AuditGap]);
    }
}
