//! Records, true and false, for the judges' tests. A session `a` has the key `a`, and a deadline of ten seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clients::Refusal;
use crate::ledger::{Act, Asked, Deed, Entry, Told};
use crate::seen::Seen;

pub(super) fn entry(key: &str) -> Entry {
    let body = json!({
        "interaction_data": { "title": key, "message": "" },
        "workflow_id": key,
        "metadata": { "key": key },
    });
    let asked = Asked { key: key.into(), body, timeout: Duration::from_secs(10) };
    let mut entry = Entry::new(asked);
    entry.opened(&json!({ "session_id": key }));
    entry
}

pub(super) fn answer(entry: &mut Entry, user: &str, reply: &Result<Value, Refusal>) {
    let deed = Deed::Answer { user: user.into(), response: json!(user) };
    let mut act = Act { deed, sent: entry.sent, told: Told::Nothing, at: None };
    act.hear(reply);
    entry.acts.push(act);
}

pub(super) fn open(key: &str) -> Value {
    json!({
        "session_id": key,
        "status": "pending",
        "version": 1,
        "interaction_data": { "title": key, "message": "" },
        "workflow_id": key,
        "metadata": { "key": key },
        "callback_url": null,
        "created_at": "2026-01-01T00:00:00.000Z",
    })
}

pub(super) fn completed(key: &str, user: &str) -> Value {
    let mut session = open(key);
    session["status"] = json!("completed");
    session["version"] = json!(2);
    session["response"] = json!({ "user_id": user, "response_data": user });
    session
}

pub(super) fn closed_by_deadline(key: &str, after_ms: u64) -> Value {
    let mut session = open(key);
    session["status"] = json!("timeout");
    session["version"] = json!(2);
    let closed = jiff::Timestamp::from_second(1_767_225_600).unwrap() + Duration::from_millis(after_ms);
    session["closed_at"] = json!(format!("{closed:.3}"));
    session
}

pub(super) fn seen_of(sessions: &[Value]) -> Seen {
    let by_id = |session: &Value| (session["session_id"].as_str().unwrap().to_owned(), session.clone());
    let sessions: BTreeMap<String, Value> = sessions.iter().map(by_id).collect();
    Seen { sessions, ..Seen::default() }
}
