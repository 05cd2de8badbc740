//! What is asked, one arm per kind.
//!
//! Job: read what a requester sends into a question, bring it to its normal
//! form, and judge answers against it. Invariants: the normal form reads back
//! to itself; an answer that [`Interaction::check`] lets pass is in the kind's
//! normal form; nothing here panics on any JSON. Neighbours: each kind is one
//! file with its own rules and tests; [`crate::session`] stores the normal form.
//!
//! A new kind is one file, one arm of `Kind` and one row of `KINDS`.

mod accept;
mod action;
mod check;
mod confirmation;
mod consequence;
mod context;
mod custom;
mod field;
mod field_answer;
mod field_type;
mod file_upload;
mod form;
mod format;
mod normal_form;
mod option;
mod pattern;
mod review;
mod schema;
mod selection;
#[cfg(test)]
mod tests_support;
mod text_input;

use serde_json::{Map, Number, Value};

pub(crate) use self::format::{has_userinfo, is_http_url};
pub use self::normal_form::{Entries, NormalForm};

use self::confirmation::Confirmation;
use self::context::Context;
use self::custom::Custom;
use self::file_upload::FileUpload;
use self::review::Review;
use self::selection::Selection;
use self::text_input::TextInput;
use crate::finding::{Code, Finding, Findings};
use crate::ids::FileId;
use crate::reader::{Reader, child};
use crate::text::Text;

/// Every key of the normal form, in the order of the wire.
pub const KEYS: [&str; 20] = [
    "interaction_type",
    "title",
    "message",
    "fields",
    "options",
    "default_value",
    "timeout",
    "multiple",
    "accept_types",
    "max_file_size",
    "min_choices",
    "max_choices",
    "consequences",
    "actions",
    "extendable_seconds",
    "data_for_review",
    "checkpoint_name",
    "node_id",
    "attempt",
    "schema",
];

/// The keys that only some kinds use.
const KEYS_OF_KINDS: [&str; 8] =
    ["fields", "options", "multiple", "accept_types", "max_file_size", "min_choices", "max_choices", "schema"];

const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 64 * 1024;

/// What is known of an upload when an answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFact {
    /// Its id.
    pub id: FileId,
    /// The person's name for it.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its type, judged by content.
    pub content_type: String,
}

/// An answer that fits, in the kind's normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The normal form (wire: `response_data`).
    pub data: Value,
    /// The uploads that it names.
    pub files: Vec<FileId>,
    /// Keys that were dropped.
    pub warnings: Vec<Finding>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Interaction {
    title: Text,
    message: Text,
    timeout: Option<Number>,
    context: Context,
    kind: Kind,
    default: Option<Value>,
}

#[derive(Clone, Debug)]
enum Kind {
    Confirmation(Confirmation),
    Selection(Selection),
    TextInput(TextInput),
    FileUpload(FileUpload),
    Review(Review),
    Custom(Custom),
}

type ReadKind = fn(&mut Reader<'_, '_>) -> Option<Kind>;
type Example = fn() -> Value;

/// Every kind: its name, the other names it is known by, its reader, its example.
const KINDS: [(&str, &[&str], ReadKind, Example); 6] = [
    ("confirmation", &["approval"], |r| Confirmation::read(r).map(Kind::Confirmation), confirmation::example),
    ("selection", &["choice"], |r| Selection::read(r).map(Kind::Selection), selection::example),
    ("text_input", &["input", "form"], |r| TextInput::read(r).map(Kind::TextInput), text_input::example),
    ("file_upload", &["upload"], |r| Some(Kind::FileUpload(FileUpload::read(r))), file_upload::example),
    ("review", &["expert_review"], |r| Review::read(r).map(Kind::Review), review::example),
    ("custom", &[], |r| Custom::read(r).map(Kind::Custom), custom::example),
];

/// The kinds that exist, each with an example of what a requester sends.
#[must_use]
pub fn examples() -> Vec<(&'static str, Value)> {
    KINDS.iter().map(|(name, _, _, example)| (*name, example())).collect()
}

impl Interaction {
    /// Reads what a requester sent under `pointer`. Nothing is returned when there are violations.
    pub fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let before = findings.violations.len();
        let mut interaction = Self::parse(value, pointer, findings)?;
        interaction.settle_default(&child(pointer, "default_value"), findings);
        match &mut interaction.kind {
            Kind::TextInput(kind) => kind.form.settle_defaults(&child(pointer, "fields"), findings),
            Kind::Review(Review { form: Some(form) }) => form.settle_defaults(&child(pointer, "fields"), findings),
            _ => {}
        }
        (findings.violations.len() == before).then_some(interaction)
    }

    /// Reads back what [`Self::to_value`] made.
    ///
    /// # Errors
    /// Why the stored form no longer loads, in English for the log.
    pub fn from_stored(value: &Value) -> Result<Self, String> {
        let mut findings = Findings::default();
        match Self::parse(value, "", &mut findings) {
            Some(interaction) if findings.violations.is_empty() => Ok(interaction),
            _ => Err(findings
                .violations
                .iter()
                .map(|f| format!("{} {}", f.pointer, f.code))
                .collect::<Vec<_>>()
                .join("; ")),
        }
    }

    /// The normal form: aliases resolved, unset keys left out. The wire shows them as null, in the order of [`KEYS`].
    pub fn to_value(&self) -> Value {
        let mut out = Map::with_capacity(KEYS.len());
        let mut set = |key: &str, value: Value| {
            out.insert(key.to_owned(), value);
        };
        set("interaction_type", self.kind().into());
        set("title", self.title.to_value());
        set("message", self.message.to_value());
        set("timeout", self.timeout.clone().map_or(Value::Null, Value::Number));
        set("default_value", self.default.clone().unwrap_or_default());
        self.context.write(&mut out);
        match &self.kind {
            Kind::Confirmation(kind) => kind.write(&mut out),
            Kind::Selection(kind) => kind.write(&mut out),
            Kind::TextInput(kind) => kind.write(&mut out),
            Kind::FileUpload(kind) => kind.write(&mut out),
            Kind::Review(kind) => kind.write(&mut out),
            Kind::Custom(kind) => kind.write(&mut out),
        }
        out.retain(|_, value| !value.is_null());
        Value::Object(out)
    }

    /// The kind's name on the wire.
    pub fn kind(&self) -> &'static str {
        match &self.kind {
            Kind::Confirmation(_) => "confirmation",
            Kind::Selection(_) => "selection",
            Kind::TextInput(_) => "text_input",
            Kind::FileUpload(_) => "file_upload",
            Kind::Review(_) => "review",
            Kind::Custom(_) => "custom",
        }
    }

    /// The question in one line.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// The `default_value` as the kind's whole answer.
    pub fn default_answer(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    /// The `timeout` as it was given, in seconds.
    pub fn timeout(&self) -> Option<&Number> {
        self.timeout.as_ref()
    }

    /// Shows the deadline that holds, in seconds.
    pub(crate) fn set_timeout(&mut self, seconds: Number) {
        self.timeout = Some(seconds);
    }

    /// The `extendable_seconds` as they were given.
    pub fn extendable_seconds(&self) -> Option<&Number> {
        self.context.extendable.as_ref()
    }

    /// Shows by how much the deadline may be extended, in seconds.
    pub(crate) fn set_extendable_seconds(&mut self, seconds: Number) {
        self.context.extendable = Some(seconds);
    }

    /// Whether silence may stand for an answer. Never for a review: nobody has looked.
    pub fn allows_default_on_timeout(&self) -> bool {
        !matches!(self.kind, Kind::Review(_))
    }

    fn parse(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = Reader::new(value, pointer, findings)?;
        let kind = read_kind(&mut reader);
        let title = reader.required("title").and_then(|_| reader.text("title", MAX_TITLE));
        if title.as_ref().is_some_and(Text::is_blank) {
            let finding = Finding::new(reader.at("title"), Code::TooShort).with("limit", 1).with("actual", 0);
            reader.findings.refuse(finding.with("unit", "characters"));
        }
        let message = reader.text("message", MAX_MESSAGE).unwrap_or_else(|| Text::from(""));
        let timeout = reader.number("timeout").cloned();
        let default = reader.value("default_value").cloned();
        let context = Context::read(&mut reader);
        reader.finish();
        Some(Self { title: title?, message, timeout, context, kind: kind?, default })
    }

    /// Brings a bare `default_value` to the kind's whole answer and holds it to the same rules as an answer.
    fn settle_default(&mut self, pointer: &str, findings: &mut Findings) {
        let Some(given) = self.default.take() else { return };
        match self.check(&self.whole_answer(given), &[], "") {
            Ok(checked) => self.default = Some(checked.data),
            Err(violations) => {
                for found in violations {
                    let reason = format!("{} {}", found.code, found.pointer);
                    findings.refuse(Finding::new(pointer, Code::InvalidDefault).with("reason", reason.trim()));
                }
            }
        }
    }
}

fn read_kind(reader: &mut Reader<'_, '_>) -> Option<Kind> {
    reader.required("interaction_type")?;
    let given = reader.string("interaction_type", 100)?;
    let known = KINDS.iter().find(|(name, aliases, ..)| *name == given || aliases.contains(&given.as_str()));
    let Some((name, _, read, _)) = known else {
        let allowed: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
        let finding = Finding::new(reader.at("interaction_type"), Code::UnknownKind)
            .with("value", given)
            .with("allowed", allowed.join(", "));
        reader.findings.refuse(finding);
        // What it would have used is not known, so nothing of it is odd.
        for key in KEYS_OF_KINDS {
            reader.value(key);
        }
        return None;
    };
    let kind = read(reader);
    for key in KEYS_OF_KINDS {
        if !reader.has_read(key) {
            reader.ignore(key, name);
        }
    }
    kind
}

/// `null` for what is unset.
fn or_null<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}
