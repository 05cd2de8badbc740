//! Bodies of requests, from bytes to what a use case takes.
//!
//! Job: read a body within its limits of size and time, decode it strictly,
//! and pick the few keys that stand beside an answer. Invariant: this is the
//! only place where bytes become JSON. Neighbours: `askwell_core` reads
//! interactions and answers out of the values that come out of here.

use std::str::FromStr;
use std::time::Duration;

use askwell_app::RespondRequest;
use askwell_core::ids::SessionId;
use askwell_core::json::parse;
use askwell_core::{Code as Fault, Finding};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::keys::{Keys, Unit};
use super::problem::{Code, Issue, Problem};
use crate::state::Server;

/// The largest JSON body, in bytes.
pub(crate) const MAX_BODY: usize = 1 << 20;

const MAX_COMMENT: usize = 4 << 10;
const MAX_NAME: usize = 255;

/// The reason of a cancellation that names none, as the original's.
const NO_REASON: &str = "用户取消";

/// A body that must be JSON.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Value);

impl FromRequest<Server> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(not_json());
        }
        let bytes = read(&parts.headers, body, server.options.body_read_timeout).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// A body that may be absent; its content type, too. Something else than JSON is refused only if it is given.
#[derive(Debug)]
pub(crate) struct OptionalJsonBody(pub(crate) Value);

impl FromRequest<Server> for OptionalJsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, server.options.body_read_timeout).await?;
        if bytes.is_empty() {
            return Ok(Self(Value::Null));
        }
        if parts.headers.contains_key(header::CONTENT_TYPE) && !is_json(&parts.headers) {
            return Err(not_json());
        }
        Ok(Self(parse(&bytes)?))
    }
}

fn not_json() -> Problem {
    Problem::new(Code::UnsupportedMediaType).with("expected", "application/json")
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The whole body, if it is not too large and comes in time.
pub(crate) async fn read(headers: &HeaderMap, body: Body, patience: Duration) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(Code::PayloadTooLarge).with("limit", MAX_BODY).member("limit", MAX_BODY);
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(patience, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Problem::new(Code::MalformedJson).with("reason", &error).logged(error.to_string())),
        Err(_) => Err(Problem::new(Code::RequestTimeout).with("seconds", patience.as_secs())),
    }
}

/// The key under which a repeated create is recognised.
///
/// # Errors
/// When it is longer than allowed, or no text.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let finding = match std::str::from_utf8(value.as_bytes()).map(str::trim) {
        Ok("") => return Ok(None),
        Ok(key) if key.chars().count() <= MAX_NAME => return Ok(Some(key.to_owned())),
        Ok(key) => {
            let actual = key.chars().count();
            Finding::new("", Fault::TooLong).with("limit", MAX_NAME).with("actual", actual).with("unit", "characters")
        }
        Err(_) => Finding::new("", Fault::WrongType).with("expected", "UTF-8").with("actual", "bytes"),
    };
    Err(Problem::invalid(vec![Issue::Parameter("Idempotency-Key", finding)]))
}

/// An answer as it came in.
///
/// # Errors
/// What of it is missing or wrong.
pub(crate) fn respond(body: Value) -> Result<RespondRequest, Problem> {
    let mut keys = Keys::of(body)?;
    let response = keys.take("response").ok_or_else(|| Problem::missing("/response"))?;
    let request = RespondRequest {
        response,
        user_id: keys.name("user_id"),
        comment: keys.text("comment", MAX_COMMENT, Unit::Bytes),
        content_hash: keys.text("content_hash", MAX_NAME, Unit::Characters),
        assertion: assertion(&mut keys),
    };
    keys.done(request)
}

/// The ceremony and the credential of a passkey.
fn assertion(keys: &mut Keys) -> Option<(String, String)> {
    let given = keys.take("assertion")?;
    let state = given["state"].as_str().map(str::to_owned);
    let credential = given.get("credential").filter(|credential| credential.is_object()).map(Value::to_string);
    let both = state.zip(credential);
    if both.is_none() {
        keys.wrong_type("assertion", "object with state and credential", &given);
    }
    both
}

/// Several answers as they came in: the ids as given and whether they can be ids, and the answers of those that can.
pub(crate) type Answers = (Vec<(String, bool)>, Vec<(SessionId, RespondRequest)>);

/// Several answers as they came in.
///
/// # Errors
/// What of it is missing or wrong.
pub(crate) fn respond_many(body: Value) -> Result<Answers, Problem> {
    let mut keys = Keys::of(body)?;
    let given = keys.take("responses").ok_or_else(|| Problem::missing("/responses"))?;
    let Value::Array(items) = given else {
        keys.wrong_type("responses", "array", &given);
        return keys.done(Answers::default());
    };
    let (mut ids, mut requests) = Answers::default();
    let mut issues = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match item_of(item) {
            Ok((text, request)) => {
                let id = SessionId::from_str(&text).ok().filter(|_| text.len() == 36);
                ids.push((text, id.is_some()));
                requests.extend(id.map(|id| (id, request)));
            }
            Err(found) => issues.extend(found.within(&format!("/responses/{index}"))),
        }
    }
    if issues.is_empty() { Ok((ids, requests)) } else { Err(Problem::invalid(issues)) }
}

fn item_of(item: Value) -> Result<(String, RespondRequest), Problem> {
    let id = item.get("session_id").and_then(Value::as_str).map(str::to_owned);
    let id = id.ok_or_else(|| Problem::missing("/session_id"))?;
    Ok((id, respond(item)?))
}

/// Why a session is cancelled, and by whom.
///
/// # Errors
/// What of it is wrong.
pub(crate) fn cancel(body: Value) -> Result<(String, Option<String>), Problem> {
    let mut keys = Keys::of_optional(body)?;
    let reason = keys.text("reason", MAX_COMMENT, Unit::Bytes).unwrap_or_else(|| NO_REASON.to_owned());
    let user_id = keys.name("user_id");
    keys.done((reason, user_id))
}

/// Who claims or releases.
///
/// # Errors
/// What of it is wrong.
pub(crate) fn holder(body: Value) -> Result<Option<String>, Problem> {
    let mut keys = Keys::of_optional(body)?;
    let user_id = keys.name("user_id");
    keys.done(user_id)
}

/// By how much a deadline moves, and who moves it.
///
/// # Errors
/// What of it is missing or wrong.
pub(crate) fn extend(body: Value) -> Result<(Duration, Option<String>), Problem> {
    let mut keys = Keys::of(body)?;
    let seconds = keys.take("seconds").ok_or_else(|| Problem::missing("/seconds"))?;
    let user_id = keys.name("user_id");
    let time = seconds.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let time = time.filter(|time| !time.is_zero());
    if !seconds.is_number() {
        keys.wrong_type("seconds", "number", &seconds);
    }
    if time.is_none() && keys.is_good() {
        keys.issue(Finding::new("/seconds", Fault::BelowMinimum).with("limit", 1));
    }
    keys.done((time.unwrap_or_default(), user_id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_needs_a_response() {
        for body in [json!({}), json!({"response": null}), json!({"user_id": "a"})] {
            assert_eq!(respond(body).unwrap_err().code(), Code::MissingField);
        }
        for body in [json!([]), json!("x"), json!(null)] {
            assert_eq!(respond(body).unwrap_err().code(), Code::ValidationFailed);
        }
        let full = respond(json!({"response": {"choice": "a"}, "user_id": 7, "comment": " "})).unwrap();
        assert_eq!((full.user_id.as_deref(), full.comment), (Some("7"), None));
    }

    #[test]
    fn limits_hold() {
        let comment = "字".repeat(1_366);
        let body = json!({"response": {}, "comment": comment});
        assert_eq!(respond(body).unwrap_err().code(), Code::ValidationFailed);
        assert!(respond(json!({"response": {}, "comment": "字".repeat(1_365)})).is_ok());
        assert!(respond(json!({"response": {}, "user_id": "x".repeat(256)})).is_err());
    }

    #[test]
    fn a_cancellation_needs_nothing() {
        assert_eq!(cancel(Value::Null).unwrap(), ("用户取消".to_owned(), None));
        assert_eq!(cancel(json!({"reason": "no"})).unwrap().0, "no");
        assert!(cancel(json!({"reason": 1})).is_err());
        assert!(cancel(json!([])).is_err());
    }

    #[test]
    fn more_time_is_a_positive_number() {
        assert_eq!(extend(json!({"seconds": 1.5})).unwrap().0, Duration::from_millis(1_500));
        for seconds in [json!(0), json!(-1), json!("5"), json!(1e300)] {
            assert_eq!(extend(json!({ "seconds": seconds })).unwrap_err().code(), Code::ValidationFailed);
        }
        assert_eq!(extend(json!({})).unwrap_err().code(), Code::MissingField);
    }
}
