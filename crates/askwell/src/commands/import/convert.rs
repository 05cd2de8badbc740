//! From a row of the original to a session and the events that made it.

use std::sync::Arc;

use askwell_core::access::Person;
use askwell_core::digest::ContentHash;
use askwell_core::ids::SessionId;
use askwell_core::interaction::{Interaction, NormalForm};
use askwell_core::now::Deadline;
use askwell_core::session::{Change, OnTimeout, Opened, Priority, Response, Source};
use askwell_core::{Event, Findings, Session, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::RunId;
use super::original::OriginalRow;
use super::times::time;

/// A session that is ready to be stored.
#[derive(Clone, Debug)]
pub(super) struct Converted {
    /// The session after its events.
    pub(super) session: Session,
    /// Opened, and closed where it was.
    pub(super) events: Vec<Event>,
    /// Whether its id was none of ours and had to be mapped.
    pub(super) renamed: bool,
}

/// Converts rows.
#[derive(Clone, Debug)]
pub(super) struct Converter {
    zone: TimeZone,
    run: RunId,
}

/// Who stands for a person whom the original did not record.
const NOBODY_NAMED: &str = "local";

impl Converter {
    /// A converter for a database whose times are in `zone`.
    pub(super) fn new(zone: TimeZone, run: RunId) -> Self {
        Self { zone, run }
    }

    /// Converts a row; the error says what is wrong with it.
    pub(super) fn convert(&self, row: &OriginalRow) -> Result<Converted, String> {
        let old_id = row.session_id.as_deref().filter(|id| !id.is_empty()).ok_or("it has no session_id")?;
        let status = row.status.as_deref().unwrap_or_default();
        let status: Status = status.parse().map_err(|()| format!("{status:?} is no status"))?;
        let interaction = normalise(&json(row.interaction_data.as_deref(), "interaction_data")?)?;
        let opened_at = self.time(row.created_at.as_deref(), "created_at")?;
        let expires_at = self.time(row.expires_at.as_deref(), "expires_at")?;
        let changed_at = self.time(row.updated_at.as_deref(), "updated_at")?.max(opened_at);
        let (id, renamed) = session_id(old_id);
        let response = match row.response_data.as_deref() {
            None | Some("" | "null") => None,
            text => Some(self.response(&json(text, "response_data")?, changed_at)?),
        };

        let mut metadata = Map::new();
        if renamed {
            metadata.insert("original_session_id".into(), old_id.into());
        }
        // The original let a cancellation overwrite an answer; the last word stands, the answer is kept beside it.
        if let (Some(response), false) = (&response, status == Status::Completed) {
            metadata.insert("original_response".into(), response.data.clone());
        }
        let opened = Arc::new(Opened {
            request_id: None,
            id,
            content_hash: ContentHash::of(&interaction, None, OnTimeout::Expire),
            interaction: NormalForm::from(&interaction),
            workflow_id: row.workflow_id.clone(),
            callback_url: row.callback_url.clone().filter(|url| !url.is_empty()),
            on_timeout: OnTimeout::Expire,
            metadata: (!metadata.is_empty()).then_some(metadata),
            tags: Vec::new(),
            priority: Priority::Normal,
            risk: None,
            assignee: None,
            candidates: Vec::new(),
            step_up: None,
            asked_as: None,
            requester_token: None,
            on_behalf_of: None,
            extendable: None,
            requester: person(None),
            at: opened_at,
            deadline: Deadline { expires_at, steady_at: expires_at, run: self.run },
        });
        let mut events = vec![Event { at: opened_at, change: Change::Opened(Arc::clone(&opened)) }];
        let reason = |default: &str| row.error_message.clone().unwrap_or_else(|| default.to_owned());
        let closing = match status {
            // The original had no claims; `active` was never more than open.
            Status::Pending | Status::Active => None,
            Status::Completed => {
                let response = response.ok_or("it is completed but has no response_data")?;
                Some(Change::Answered { response })
            }
            Status::Timeout => Some(Change::TimedOut { response: None }),
            Status::Cancelled => Some(Change::Cancelled { by: person(None), reason: reason("用户取消") }),
            Status::Error => Some(Change::Failed { reason: reason("error") }),
        };
        let mut session = Session::from_opened(opened);
        if let Some(change) = closing {
            let event = Event { at: changed_at, change };
            session = session.apply(&event);
            events.push(event);
        }
        Ok(Converted { session, events, renamed })
    }

    fn time(&self, text: Option<&str>, column: &str) -> Result<Timestamp, String> {
        let text = text.ok_or_else(|| format!("{column} is missing"))?;
        time(text, &self.zone).map_err(|reason| format!("{column}: {reason}"))
    }

    /// `{session_id, response_data, submitted_at, user_id}`
    fn response(&self, stored: &Value, changed_at: Timestamp) -> Result<Response, String> {
        let data = stored.get("response_data").ok_or("response_data: the answer is missing")?;
        let at = match stored["submitted_at"].as_str() {
            Some(text) => time(text, &self.zone).map_err(|reason| format!("submitted_at: {reason}"))?,
            None => changed_at,
        };
        Ok(Response {
            assertion: None,
            data: data.clone(),
            at,
            by: Some(person(stored["user_id"].as_str())),
            source: Source::Person,
            comment: None,
            files: Vec::new(),
        })
    }
}

fn person(id: Option<&str>) -> Person {
    Person { id: id.unwrap_or(NOBODY_NAMED).to_owned(), verified: false }
}

/// The id itself where it is a UUID; else one made from it, the same each time.
fn session_id(old: &str) -> (SessionId, bool) {
    if let Ok(id) = Uuid::try_parse(old)
        && id.to_string() == old
    {
        return (SessionId(id), false);
    }
    let hash = Sha256::digest(format!("askwell import\0{old}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    (SessionId(uuid::Builder::from_custom_bytes(bytes).into_uuid()), true)
}

fn json(text: Option<&str>, column: &str) -> Result<Value, String> {
    let text = text.ok_or_else(|| format!("{column} is missing"))?;
    serde_json::from_str(text).map_err(|error| format!("{column} is no JSON: {error}"))
}

fn normalise(value: &Value) -> Result<Value, String> {
    let mut findings = Findings::default();
    let interaction = Interaction::read(&with_schema(value.clone()), "/interaction_data", &mut findings);
    interaction.map(|interaction| interaction.to_value()).ok_or_else(|| {
        let reasons: Vec<_> =
            findings.violations.iter().map(|finding| format!("{} {}", finding.pointer, finding.code)).collect();
        format!("interaction_data does not hold: {}", reasons.join(", "))
    })
}

/// The original took any answer to a `custom` question; a schema that admits all says the same.
fn with_schema(mut question: Value) -> Value {
    if let Some(map) = question.as_object_mut()
        && map.get("interaction_type").is_some_and(|kind| kind == "custom")
        && map.get("schema").is_none_or(Value::is_null)
    {
        map.insert("schema".into(), Map::new().into());
    }
    question
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_custom_question_admits_any_answer() {
        let question = |kind: &str| json!({"interaction_type": kind, "title": "t"});
        assert_eq!(with_schema(question("custom"))["schema"], json!({}));
        assert_eq!(with_schema(question("confirmation")), question("confirmation"));
    }

    #[test]
    fn an_id_is_kept_only_in_its_usual_form() {
        for (old, renamed) in [
            ("11111111-1111-4111-8111-111111111111", false),
            ("11111111111141118111111111111111", true),
            ("A1111111-1111-4111-8111-111111111111", true),
            ("session-1", true),
        ] {
            assert_eq!(session_id(old).1, renamed, "{old}");
        }
        assert_ne!(session_id("session-1").0, session_id("session-2").0);
    }
}
