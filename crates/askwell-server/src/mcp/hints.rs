//! What models are told: when to ask, how to wait, what to call next.
//!
//! In English, whatever people read: it is read by models, and named literally.

use askwell_core::Status;
use serde_json::json;

/// What a model is told before it does anything.
pub(super) const INSTRUCTIONS: &str = "\
Askwell asks a person and brings back exactly one answer. Use it whenever you need a decision, an approval or a fact \
that only a person can give: before anything irreversible, costly or outside your task, and when you would otherwise \
guess.

- request_approval: before you run something. The decision is approve, modify or reject; with edited_args run those \
instead of yours; after modify or reject do not run it.
- ask_human: any other question. Say in `consequences` what happens on the answer, and on silence.
- notify_human: tell somebody something without waiting.
- get_response: wait for, or fetch, the answer of an earlier request. cancel_request: when you no longer need it.

A person takes minutes or hours. A result with status `pending` is not an error and not an answer: the question stays \
open; call get_response with its request_id, as often as it takes, and pass `idempotency_key` when you may have to \
repeat a call. `timeout` means that nobody answered: it is never a yes. Only people answer, on the page at `url`; \
no tool here can, and you must not try to.";

/// What to do where nobody answered, but what silence means had been agreed.
pub(super) const DEFAULT: &str = "Nobody answered before the deadline: `response` is what was given for that, and no \
person's answer.";

/// What to do next, literally.
pub(super) fn next(status: Status, id: &str, url: &str, wait_seconds: u64) -> String {
    match status {
        Status::Pending | Status::Active => {
            let call = json!({ "request_id": id, "wait_seconds": wait_seconds });
            format!(
                "Nobody has answered yet; the question stays open. Call get_response with {call} to go on waiting. \
                 A person answers at {url}."
            )
        }
        Status::Completed => "A person answered.".to_owned(),
        Status::Timeout => {
            "Nobody answered before the deadline. That is not a yes. Ask again with a longer timeout_seconds, or go on \
             without it."
                .to_owned()
        }
        Status::Cancelled => "The question was cancelled: there is no answer, and that is not a yes.".to_owned(),
        Status::Error => "The server could not go on with the question: there is no answer.".to_owned(),
    }
}
