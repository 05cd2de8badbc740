//! A session that is not yet opened: what the requester wants to ask.
//!
//! Job: read a create body, leniently in form and strictly in content.
//! Invariant: a [`Draft`] that exists opens without fail. Neighbours:
//! [`crate::interaction`] reads the question; [`super::open`] makes the event.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::AskedAs;
use crate::finding::{Code, Finding, Findings};
use crate::interaction::{self, Interaction};
use crate::now::whole_millis;
use crate::reader::{Reader, child, line_fault, wrong_type};

const MAX_NAME: usize = 255;
const MAX_URL: usize = 2_048;
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 100;
/// Candidates of one session.
pub const MAX_CANDIDATES: usize = 100;
const MAX_SHAPE: usize = 100;
const MAX_METADATA: usize = 16 * 1024;

/// A century.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

const ON_TIMEOUT: [(&str, OnTimeout); 2] = [("expire", OnTimeout::Expire), ("default", OnTimeout::Default)];
const PRIORITIES: [(&str, Priority); 4] =
    [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High), ("urgent", Priority::Urgent)];
const RISKS: [(&str, Risk); 3] = [("low", Risk::Low), ("medium", Risk::Medium), ("high", Risk::High)];

/// What silence means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnTimeout {
    /// The session closes without a response.
    #[default]
    Expire,
    /// The session closes with the requester's `default_value`.
    Default,
}

/// How urgent a question is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As most.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Now.
    Urgent,
}

/// How whoever answers must prove anew who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepUp {
    /// By a passkey that signs the answer.
    Passkey,
}

/// How much a wrong answer would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
}

/// The owner's limits that a draft is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The deadline of a draft that names none.
    pub default_timeout: Duration,
    /// The deadline of a review that names none.
    pub review_timeout: Duration,
    /// The longest deadline allowed.
    pub max_timeout: Duration,
}

/// A session that is not yet opened.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is asked.
    pub interaction: Interaction,
    /// The requester's own name for a review. Not read from a body: the protocol that has such names sets it.
    pub request_id: Option<String>,
    /// The name of the token that asks. Not read from a body: the caller's credential says it.
    pub requester_token: Option<String>,
    /// The login of the person for whom it is asked: counts as requester, too.
    pub on_behalf_of: Option<String>,
    /// Until when an answer is of use, from opening.
    pub timeout: Duration,
    /// The workflow that asks.
    pub workflow_id: Option<String>,
    /// Where the outcome is posted to.
    pub callback_url: Option<String>,
    /// What silence means.
    pub on_timeout: OnTimeout,
    /// The requester's own data.
    pub metadata: Option<Map<String, Value>>,
    /// Labels to filter by.
    pub tags: Vec<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// How much a wrong answer would cost.
    pub risk: Option<Risk>,
    /// Who should answer.
    pub assignee: Option<String>,
    /// Who else may answer.
    pub candidates: Vec<String>,
    /// Whether whoever answers must prove anew who they are.
    pub step_up: Option<StepUp>,
    /// By how much the deadline may be extended in all.
    pub extendable: Option<Duration>,
    /// In whose shape it is asked, if not in ours.
    pub asked_as: Option<AskedAs>,
    /// The key under which a repeat is recognised, from the body.
    pub idempotency_key: Option<String>,
}

impl Draft {
    /// Reads a create body. Nothing is returned when there are violations.
    pub fn read(body: &Value, limits: &Limits, findings: &mut Findings) -> Option<Self> {
        let before = findings.violations.len();
        let mut reader = Reader::new(body, "", findings)?;
        let asked = Asked::find(&mut reader);
        let workflow_id = reader.name("workflow_id", MAX_NAME);
        let callback_url = read_callback(&mut reader);
        let on_timeout = reader.one_of("on_timeout", &ON_TIMEOUT).unwrap_or_default();
        let metadata = read_metadata(&mut reader);
        let tags = reader.strings("tags", MAX_TAGS, MAX_TAG);
        let priority = reader.one_of("priority", &PRIORITIES).unwrap_or_default();
        let risk = reader.one_of("risk", &RISKS);
        let assignee = reader.line("assignee", MAX_NAME);
        let candidates = reader.lines("candidates", MAX_CANDIDATES, MAX_NAME);
        let step_up = reader.one_of("step_up", &[("passkey", StepUp::Passkey)]);
        let on_behalf_of = reader.line("on_behalf_of", MAX_NAME);
        let asked_as = read_asked_as(&mut reader);
        let idempotency_key = reader.string("idempotency_key", MAX_NAME);
        let outer = Outer { timeout: reader.number("timeout"), extendable: reader.number("extendable_seconds") };
        reader.finish();
        let Asked { value, pointer, message } = asked?;
        let known = (findings.violations.len(), findings.warnings.len());
        // Read even where something is wrong already: whoever sent it learns of everything at once.
        let interaction = Interaction::read(&value, pointer, findings);
        let new = findings.violations.iter_mut().skip(known.0).chain(findings.warnings.iter_mut().skip(known.1));
        new.for_each(|finding| name_as_sent(finding, message));
        let mut interaction = interaction?;
        let timeout = settle_timeout(&mut interaction, outer.timeout, pointer, limits, findings);
        let extendable = settle_extendable(&mut interaction, outer.extendable, findings);
        if on_timeout == OnTimeout::Default {
            check_silence(&interaction, pointer, findings);
        }
        if step_up.is_some() && risk != Some(Risk::High) {
            let finding = Finding::new("/step_up", Code::NotAllowed);
            findings.violations.push(finding.with("value", "passkey").with("allowed", "risk: high"));
        }
        if findings.violations.len() > before {
            return None;
        }
        Some(Self {
            interaction,
            request_id: None,
            requester_token: None,
            on_behalf_of,
            timeout: timeout?,
            workflow_id,
            callback_url,
            on_timeout,
            metadata,
            tags,
            priority,
            risk,
            assignee,
            candidates,
            step_up,
            extendable,
            asked_as,
            idempotency_key,
        })
    }
}

/// What keeps a name from standing for somebody who is asked, whether in a draft or chosen later.
#[must_use]
pub fn party_fault(name: &str, pointer: &str) -> Option<Finding> {
    line_fault(name, pointer, MAX_NAME)
}

/// Durations that may stand beside the question instead of in it.
struct Outer<'v> {
    timeout: Option<&'v Number>,
    extendable: Option<&'v Number>,
}

/// Where in a body the question is.
struct Asked<'v> {
    value: Cow<'v, Value>,
    pointer: &'static str,
    /// What its message was called.
    message: &'static str,
}

/// Lets what was found in a message point to where the message stands.
fn name_as_sent(finding: &mut Finding, message: &str) {
    let rest = finding.pointer.strip_prefix("/message").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(rest) = rest {
        finding.pointer = format!("/{message}{rest}");
    }
}

impl<'v> Asked<'v> {
    fn find(reader: &mut Reader<'v, '_>) -> Option<Self> {
        if let Some(value) = reader.value("interaction_data") {
            return Some(Self { value: Cow::Borrowed(value), pointer: "/interaction_data", message: "message" });
        }
        // One original client sends the question without a frame, and calls its message a description.
        let flat = reader.value("title").is_some() && reader.value("interaction_type").is_some();
        if !flat {
            reader.refuse("interaction_data", Code::MissingField);
            return None;
        }
        let mut question = Map::new();
        for key in interaction::KEYS.into_iter().chain(["action"]) {
            if let Some(value) = reader.value(key) {
                question.insert(key.to_owned(), value.clone());
            }
        }
        let mut message = "message";
        if let Some(description) = reader.value("description")
            && !question.contains_key(message)
        {
            question.insert(message.to_owned(), description.clone());
            message = "description";
        }
        Some(Self { value: Cow::Owned(Value::Object(question)), pointer: "", message })
    }
}

fn read_callback(reader: &mut Reader<'_, '_>) -> Option<String> {
    let url = reader.string("callback_url", MAX_URL)?;
    // A password in an address would be shown wherever the address is.
    if !interaction::is_http_url(&url) || interaction::has_userinfo(&url) {
        reader.refuse("callback_url", Code::InvalidUrl);
        return None;
    }
    Some(url)
}

fn read_asked_as(reader: &mut Reader<'_, '_>) -> Option<AskedAs> {
    let value = reader.value("asked_as")?;
    let pointer = reader.at("asked_as");
    let mut inner = Reader::new(value, &pointer, reader.findings)?;
    let shape = inner.required("shape").and_then(|_| inner.line("shape", MAX_SHAPE));
    let given = inner.value("given").cloned().unwrap_or_default();
    inner.finish();
    Some(AskedAs { shape: shape?, given })
}

fn read_metadata(reader: &mut Reader<'_, '_>) -> Option<Map<String, Value>> {
    let value = reader.value("metadata")?;
    let pointer = reader.at("metadata");
    let Value::Object(metadata) = value else {
        reader.findings.refuse(wrong_type(&pointer, "object", value));
        return None;
    };
    let actual = value.to_string().len();
    if actual > MAX_METADATA {
        let finding = Finding::new(pointer, Code::TooLong).with("limit", MAX_METADATA).with("actual", actual);
        reader.findings.refuse(finding.with("unit", "bytes"));
        return None;
    }
    Some(metadata.clone())
}

/// The deadline that holds, from opening; the question then shows it.
fn settle_timeout(
    interaction: &mut Interaction,
    outer: Option<&Number>,
    pointer: &str,
    limits: &Limits,
    findings: &mut Findings,
) -> Option<Duration> {
    let inner = interaction.timeout().map(|given| (given.clone(), child(pointer, "timeout")));
    let given = inner.or_else(|| outer.map(|given| (given.clone(), "/timeout".to_owned())));
    let Some((given, at)) = given else {
        let default = if interaction.kind() == "review" { limits.review_timeout } else { limits.default_timeout };
        let timeout = default.min(limits.max_timeout);
        interaction.set_timeout(seconds(timeout));
        return Some(timeout);
    };
    let value = given.as_f64().unwrap_or(f64::INFINITY);
    let wrong = if value < 1.0 {
        Finding::new(at, Code::BelowMinimum).with("limit", 1)
    } else if value > limits.max_timeout.as_secs_f64() {
        Finding::new(at, Code::AboveMaximum).with("limit", seconds(limits.max_timeout))
    } else {
        interaction.set_timeout(given);
        return Some(duration(value));
    };
    findings.refuse(wrong);
    None
}

fn settle_extendable(
    interaction: &mut Interaction,
    outer: Option<&Number>,
    findings: &mut Findings,
) -> Option<Duration> {
    if let (None, Some(given)) = (interaction.extendable_seconds(), outer) {
        interaction.set_extendable_seconds(given.clone());
    }
    let value = interaction.extendable_seconds()?.as_f64().unwrap_or(f64::INFINITY);
    if value < 0.0 {
        // The one in the question was judged with the question.
        findings.refuse(Finding::new("/extendable_seconds", Code::BelowMinimum).with("limit", 0));
        return None;
    }
    Some(duration(value))
}

/// Silence may answer only where the kind allows it and a valid answer is there.
fn check_silence(interaction: &Interaction, pointer: &str, findings: &mut Findings) {
    if !interaction.allows_default_on_timeout() {
        findings.refuse(Finding::new("/on_timeout", Code::SilenceNotAllowed).with("kind", interaction.kind()));
    } else if interaction.default_answer().is_none() {
        findings.refuse(Finding::new(child(pointer, "default_value"), Code::InvalidDefault).with("reason", "missing"));
    }
}

/// Saturates: whoever grants centuries means "as long as it takes".
fn duration(seconds: f64) -> Duration {
    whole_millis(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST).min(LONGEST))
}

fn seconds(duration: Duration) -> Number {
    match duration.subsec_nanos() {
        0 => duration.as_secs().into(),
        _ => Number::from_f64(duration.as_secs_f64()).unwrap_or_else(|| duration.as_secs().into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LIMITS: Limits = Limits {
        default_timeout: Duration::from_mins(5),
        review_timeout: Duration::from_mins(20),
        max_timeout: Duration::from_hours(1),
    };

    fn read(body: &Value) -> (Option<Draft>, Findings) {
        let mut findings = Findings::default();
        (Draft::read(body, &LIMITS, &mut findings), findings)
    }

    fn refused(body: &Value) -> Vec<(String, Code)> {
        let (draft, findings) = read(body);
        assert!(draft.is_none(), "{body} was read");
        findings.violations.into_iter().map(|finding| (finding.pointer, finding.code)).collect()
    }

    fn asked(more: Value) -> Value {
        let mut body = json!({"interaction_data":{"interaction_type":"confirmation","title":"t"}});
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        body
    }

    #[test]
    fn reads_the_example_of_the_original() {
        let (draft, findings) = read(&json!({
            "interaction_data": {"interaction_type":"confirmation","title":"确认部署","message":"确定要部署到生产环境吗？",
                "options":[{"value":"confirm","label":"确认"},{"value":"cancel","label":"取消"}],"timeout":300},
            "workflow_id": "deployment-workflow-123", "callback_url": "http://workflow.example.com/callback"}));
        let draft = draft.unwrap();
        assert_eq!(findings, Findings::default());
        assert_eq!(draft.timeout, LIMITS.default_timeout);
        assert_eq!(draft.workflow_id.as_deref(), Some("deployment-workflow-123"));
        let shown = draft.interaction.to_value();
        assert_eq!(shown["timeout"], 300);
        assert!(shown["fields"].is_null() && shown["options"][0]["label"] == "确认");
    }

    #[test]
    fn reads_everything() {
        let (draft, findings) = read(&asked(json!({
            "workflow_id": 7, "on_timeout":"expire", "metadata":{"a":1}, "tags":["x"], "priority":"high", "risk":"low",
            "assignee":"a", "candidates":["b"], "extendable_seconds":60.5, "idempotency_key":"k", "timeout":1.5, "odd":1,
            "callback_url":null,"asked_as":{"shape":"s","given":[1]}})));
        let draft = draft.unwrap();
        assert_eq!(findings.warnings, [Finding::new("/odd", Code::UnknownKey).with("key", "odd")]);
        assert_eq!(draft.workflow_id.as_deref(), Some("7"));
        assert_eq!(
            (draft.timeout, draft.extendable),
            (Duration::from_millis(1500), Some(Duration::from_millis(60_500)))
        );
        assert_eq!((draft.priority, draft.risk), (Priority::High, Some(Risk::Low)));
        assert_eq!(draft.asked_as, Some(AskedAs { shape: "s".into(), given: json!([1]) }));
        let shown = draft.interaction.to_value();
        assert_eq!((&shown["timeout"], &shown["extendable_seconds"]), (&json!(1.5), &json!(60.5)));
    }

    #[test]
    fn reads_a_question_without_a_frame() {
        let (draft, findings) = read(&json!({"interaction_type":"selection","title":"t","description":"d",
            "options":["a"],"timeout":60,"workflow_id":"w","odd":1}));
        let shown = draft.unwrap().interaction.to_value();
        assert_eq!((&shown["message"], &shown["timeout"]), (&json!("d"), &json!(60)));
        assert_eq!(findings.warnings.len(), 1);
        assert_eq!(
            refused(&json!({"interaction_type":"selection","title":"t"})),
            [("/options".into(), Code::MissingField)]
        );
        assert_eq!(
            refused(&json!({"interaction_type":"approval","title":"t","description":[]})),
            [("/description".into(), Code::WrongType)]
        );
        assert_eq!(refused(&json!({"title":"t"})), [("/interaction_data".into(), Code::MissingField)]);
        assert_eq!(refused(&json!([])), [(String::new(), Code::WrongType)]);
    }

    #[test]
    fn deadlines_have_defaults_and_bounds() {
        assert_eq!(read(&asked(json!({}))).0.unwrap().timeout, LIMITS.default_timeout);
        let review = json!({"interaction_data":{"interaction_type":"review","title":"t"}});
        assert_eq!(read(&review).0.unwrap().timeout, LIMITS.review_timeout);
        assert_eq!(refused(&asked(json!({"timeout":0.5}))), [("/timeout".into(), Code::BelowMinimum)]);
        assert_eq!(refused(&asked(json!({"timeout":"60"}))), [("/timeout".into(), Code::WrongType)]);
        let (_, findings) = read(&json!({"interaction_data":{"interaction_type":"review","title":"t","timeout":3601}}));
        assert_eq!(
            findings.violations,
            [Finding::new("/interaction_data/timeout", Code::AboveMaximum).with("limit", 3600)]
        );
    }

    #[test]
    fn silence_answers_only_with_a_valid_default() {
        let silent = |question: Value| json!({"interaction_data": question, "on_timeout":"default"});
        let (draft, _) = read(&silent(json!({"interaction_type":"confirmation","title":"t","default_value":"cancel"})));
        assert_eq!(draft.unwrap().interaction.default_answer(), Some(&json!({"choice":"cancel"})));
        for (question, pointer, code) in [
            (
                json!({"interaction_type":"confirmation","title":"t"}),
                "/interaction_data/default_value",
                Code::InvalidDefault,
            ),
            (
                json!({"interaction_type":"confirmation","title":"t","default_value":"x"}),
                "/interaction_data/default_value",
                Code::InvalidDefault,
            ),
            (
                json!({"interaction_type":"review","title":"t","default_value":"approve"}),
                "/on_timeout",
                Code::SilenceNotAllowed,
            ),
        ] {
            assert_eq!(refused(&silent(question)), [(pointer.into(), code)]);
        }
    }

    #[test]
    fn names_every_violation_with_its_place() {
        let body = asked(json!({"callback_url":"ftp://x","on_timeout":"approve","metadata":[1],"tags":["",1],
            "priority":"p","risk":"none","idempotency_key":"k".repeat(256),"extendable_seconds":-1,"workflow_id":1.5,
            "asked_as":{"given":1}}));
        let mut found = refused(&body);
        found.sort();
        assert_eq!(
            found,
            [
                ("/asked_as/shape".into(), Code::MissingField),
                ("/callback_url".into(), Code::InvalidUrl),
                ("/extendable_seconds".into(), Code::BelowMinimum),
                ("/idempotency_key".into(), Code::TooLong),
                ("/metadata".into(), Code::WrongType),
                ("/on_timeout".into(), Code::NotAllowed),
                ("/priority".into(), Code::NotAllowed),
                ("/risk".into(), Code::NotAllowed),
                ("/tags/0".into(), Code::TooShort),
                ("/tags/1".into(), Code::WrongType),
                ("/workflow_id".into(), Code::WrongType),
            ]
        );
        assert_eq!(
            refused(&asked(json!({"callback_url":"http://u:p@h/"}))),
            [("/callback_url".into(), Code::InvalidUrl)]
        );
        assert_eq!(
            refused(&asked(json!({"metadata":{"a":"x".repeat(17_000)}}))),
            [("/metadata".into(), Code::TooLong)]
        );
    }
}
