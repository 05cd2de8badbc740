//! What the receiver was sent, beside what became of the sessions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Findings;
use crate::clients::receiver::Call;
use crate::report::Promise;
use crate::seen::Seen;

/// Each outcome with a callback was taken, as one message with one body, signed, and after it was so.
pub(super) fn judge(seen: &Seen, findings: &mut Findings) {
    let Some(calls) = &seen.calls else { return };
    let mut by_session: BTreeMap<String, Vec<&Call>> = BTreeMap::new();
    let mut bodies: BTreeMap<&str, &Call> = BTreeMap::new();
    for call in calls {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let id = body["session_id"].as_str().unwrap_or_default().to_owned();
        if let Err(why) = &call.signature {
            findings.add(Promise::CallbackWrong, format!("a callback of {id} is not signed well: {why}"));
        }
        let first = bodies.entry(&call.id).or_insert(call);
        if first.body == call.body {
            judge_body(&id, &body, seen, findings);
        } else {
            let detail = format!("the callback {} was sent as {:?}, then as {:?}", call.id, first.body, call.body);
            findings.add(Promise::CallbackWrong, detail);
        }
        by_session.entry(id).or_default().push(call);
    }
    for (id, calls) in &by_session {
        if calls.iter().any(|call| call.id != calls[0].id) {
            findings.add(Promise::CallbackWrong, format!("two messages tell the outcome of {id}"));
        }
    }
    for (id, session) in &seen.sessions {
        let is_owed = session["callback_url"].is_string() && !is_open(session);
        let was_taken = by_session.get(id).is_some_and(|calls| calls.iter().any(|call| call.taken));
        if is_owed && !was_taken {
            let count = by_session.get(id).map_or(0, Vec::len);
            findings
                .add(Promise::CallbackLost, format!("the outcome of {id} never reached its receiver ({count} tries)"));
        }
    }
}

/// What a body says is what came to be: otherwise it was sent before it was so.
fn judge_body(id: &str, body: &Value, seen: &Seen, findings: &mut Findings) {
    let Some(session) = seen.sessions.get(id) else {
        findings.add(Promise::CallbackWrong, format!("a callback tells of {id}, which is not there"));
        return;
    };
    let is_so = body["status"] == session["status"]
        && body["version"] == session["version"]
        && body["workflow_id"] == session["workflow_id"]
        && body.get("response").map(|response| &response["response_data"])
            == session.get("response").map(|response| &response["response_data"]);
    if is_open(session) || !is_so {
        findings.add(Promise::CallbackWrong, format!("a callback says {body}, and {id} is {session}"));
    }
}

fn is_open(session: &Value) -> bool {
    matches!(session["status"].as_str(), Some("pending" | "active"))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use serde_json::json;

    use super::*;
    use crate::judge::fixtures::{completed, open, seen_of};

    fn call(id: &str, body: &Value) -> Call {
        Call { id: id.into(), body: body.to_string().into(), signature: Ok(()), taken: true, at: Instant::now() }
    }

    fn body(user: &str) -> Value {
        json!({
            "session_id": "a", "workflow_id": "a", "status": "completed", "version": 2,
            "response": { "response_data": user },
        })
    }

    fn promises(session: Value, calls: Vec<Call>) -> Vec<Promise> {
        let mut session = session;
        session["callback_url"] = json!("http://127.0.0.1/");
        let mut findings = Findings::default();
        judge(&Seen { calls: Some(calls), ..seen_of(&[session]) }, &mut findings);
        findings.promises()
    }

    #[test]
    fn a_callback_that_comes_twice_alike_passes() {
        assert_eq!(promises(completed("a", "u"), vec![call("1", &body("u")), call("1", &body("u"))]), []);
        assert_eq!(promises(open("a"), vec![]), []);
    }

    #[test]
    fn a_callback_that_never_came_or_was_never_taken_is_found() {
        assert_eq!(promises(completed("a", "u"), vec![]), [Promise::CallbackLost]);
        let refused = Call { taken: false, ..call("1", &body("u")) };
        assert_eq!(promises(completed("a", "u"), vec![refused]), [Promise::CallbackLost]);
    }

    #[test]
    fn another_body_and_another_message_are_found() {
        let mut other = body("u");
        other["timestamp"] = json!("later");
        assert_eq!(
            promises(completed("a", "u"), vec![call("1", &body("u")), call("1", &other)]),
            [Promise::CallbackWrong]
        );
        assert_eq!(
            promises(completed("a", "u"), vec![call("1", &body("u")), call("2", &body("u"))]),
            [Promise::CallbackWrong]
        );
    }

    #[test]
    fn a_callback_before_its_commit_is_found() {
        assert_eq!(promises(open("a"), vec![call("1", &body("u"))]), [Promise::CallbackWrong]);
        assert_eq!(promises(completed("a", "v"), vec![call("1", &body("u"))]), [Promise::CallbackWrong]);
    }

    #[test]
    fn a_false_signature_is_found() {
        let forged = Call { signature: Err("no".into()), ..call("1", &body("u")) };
        assert_eq!(promises(completed("a", "u"), vec![forged]), [Promise::CallbackWrong]);
    }
}
