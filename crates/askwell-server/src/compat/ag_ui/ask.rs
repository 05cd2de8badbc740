//! How an interrupt is asked: as an action to decide on, or as something to fill in.

use askwell_core::reader::Reader;
use askwell_core::{Code, Findings};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::wording::{MAX_MESSAGE, MAX_NAME, MAX_TITLE, first_line, shortened};
use super::instant;

const MAX_ID: usize = 500;
const MAX_TARGET: usize = 2_000;
const MAX_LABEL: usize = 1_000;
const MAX_DESCRIPTION: usize = 10_000;

/// One thing that a run waits for.
pub(super) struct Interrupt {
    pub(super) id: String,
    reason: String,
    pub(super) message: String,
    tool_call: Option<String>,
    /// Name and arguments of the tool, where the metadata say them.
    tool: Option<String>,
    args: Option<Value>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) way: Way,
}

/// How it is asked.
pub(super) enum Way {
    /// To be approved or not; the payload's form, and whether the arguments may be edited.
    Act { form: &'static str, edit: Edit },
    /// A payload of this schema.
    Fill(Value),
    /// A payload that is a single value.
    FillValue(Value),
}

/// Whether arguments may be edited.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Edit {
    May,
    MayNot,
}

impl Interrupt {
    pub(super) fn read(value: &Value, at: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = Reader::new(value, at, findings)?;
        let id = reader.required("id").and_then(|_| reader.string("id", MAX_ID));
        let reason = reader.required("reason").and_then(|_| reader.string("reason", MAX_NAME));
        let message = reader.remark("message", MAX_MESSAGE).unwrap_or_default();
        let tool_call = reader.remark("toolCallId", MAX_TARGET);
        let schema = super::super::object(&mut reader, "responseSchema").cloned();
        let expires_at = reader.remark("expiresAt", MAX_NAME).and_then(|text| {
            let at = instant(&text);
            if at.is_none() {
                reader.refuse("expiresAt", Code::InvalidDatetime);
            }
            at
        });
        let metadata = super::super::object(&mut reader, "metadata");
        let known = |key: &str| metadata.and_then(|metadata| metadata.get(key));
        let args = known("args").filter(|args| args.is_object()).cloned();
        let tool = known("toolName").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
        let (id, reason) = (id?, reason?);
        let way = Way::of(&reason, schema, args.is_some());
        let tool = tool.map(|name| shortened(name, MAX_NAME));
        Some(Self { id, reason, message, tool_call, tool, args, expires_at, way })
    }

    /// The first line of its message, else what it is about.
    pub(super) fn title(&self) -> String {
        let name = self.tool.as_deref().unwrap_or(&self.reason);
        shortened(first_line(&self.message).unwrap_or(name), MAX_TITLE)
    }

    /// As an action of a review.
    pub(super) fn action(&self) -> Value {
        let edit = matches!(self.way, Way::Act { edit: Edit::May, .. });
        json!({
            "kind": self.tool.as_deref().unwrap_or(&self.reason),
            "target": self.tool_call,
            "args": self.args,
            "description": Some(shortened(&self.message, MAX_DESCRIPTION)).filter(|text| !text.is_empty()),
            "allowed": if edit { json!(["approve", "edit", "abort"]) } else { json!(["approve", "abort"]) },
        })
    }

    /// Whether something runs of which tool or arguments are known.
    pub(super) fn acts(&self) -> bool {
        self.tool.is_some() || self.args.is_some()
    }

    /// As a part of a larger schema.
    pub(super) fn schema(&self) -> Value {
        let mut schema = match &self.way {
            Way::Fill(schema) | Way::FillValue(schema) => schema.clone(),
            Way::Act { form: "boolean", .. } => json!({ "type": "boolean" }),
            Way::Act { edit, .. } => {
                let mut properties = json!({ "approved": { "type": "boolean" } });
                if *edit == Edit::May {
                    properties["editedArgs"] = json!({ "type": "object" });
                }
                json!({ "type": "object", "properties": properties, "required": ["approved"],
                    "additionalProperties": false })
            }
        };
        if schema.get("title").is_none() {
            let title = if self.message.is_empty() { &self.reason } else { &self.message };
            schema["title"] = shortened(title, MAX_LABEL).into();
        }
        schema
    }

    /// What its entry needs.
    pub(super) fn given(&self) -> Value {
        match &self.way {
            Way::Act { form, .. } => json!({ "id": self.id, "as": form }),
            Way::Fill(_) => json!({ "id": self.id }),
            Way::FillValue(_) => json!({ "id": self.id, "as": super::VALUE }),
        }
    }
}

impl Way {
    fn of(reason: &str, schema: Option<Value>, has_args: bool) -> Self {
        let Some(schema) = schema else {
            return match reason {
                "input_required" => Self::FillValue(json!({ "type": "string", "minLength": 1 })),
                "confirmation" => Self::Act { form: "boolean", edit: Edit::MayNot },
                "tool_call" => Self::Act { form: "approved", edit: Edit::MayNot },
                _ => Self::Act { form: "open", edit: Edit::MayNot },
            };
        };
        // What a yes means stands in the schema's own words, if it has any: then those are to be answered.
        let is_plain = schema.get("title").is_none() && schema.get("description").is_none();
        if is_boolean(&schema) && is_plain && matches!(reason, "confirmation" | "tool_call") {
            return Self::Act { form: "boolean", edit: Edit::MayNot };
        }
        match decision(&schema) {
            Some(Edit::May) if !has_args => Self::Act { form: "approved", edit: Edit::MayNot },
            Some(edit) => Self::Act { form: "approved", edit },
            None => {
                let mut schema = schema;
                leave_open(&mut schema);
                if is_single(&schema) { Self::FillValue(schema) } else { Self::Fill(schema) }
            }
        }
    }
}

/// Whether a value of the schema is neither an object nor a list.
fn is_single(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("string" | "number" | "integer" | "boolean"))
}

/// Takes away what would have a yes or no stand there before anybody has said it.
fn leave_open(schema: &mut Value) {
    if schema["type"] == "boolean" {
        schema.as_object_mut().map(|schema| schema.shift_remove("default"));
    }
    for keyword in ["properties", "$defs"] {
        let parts = schema.get_mut(keyword).and_then(Value::as_object_mut);
        parts.into_iter().flat_map(Map::values_mut).for_each(leave_open);
    }
}

/// Words about a value, which bind nobody.
const REMARKS: [&str; 3] = ["title", "description", "default"];

fn only(schema: &Map<String, Value>, keys: &[&str]) -> bool {
    schema.keys().all(|key| keys.contains(&key.as_str()) || REMARKS.contains(&key.as_str()))
}

fn is_boolean(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| only(schema, &["type"]) && schema.get("type") == Some(&json!("boolean")))
}

/// Whether the schema says no more than `approved`, and perhaps `editedArgs`. Nothing where it says more: then it is
/// filled in, and held to every word.
fn decision(schema: &Value) -> Option<Edit> {
    let schema = schema.as_object()?;
    let properties = schema.get("properties")?.as_object()?;
    let plain = only(schema, &["type", "properties", "required", "additionalProperties"]);
    let known = properties.keys().all(|key| key == "approved" || key == "editedArgs");
    let asks = schema.get("required").is_none_or(|required| *required == json!(["approved"]));
    if !(plain && known && asks && is_boolean(properties.get("approved")?)) {
        return None;
    }
    match properties.get("editedArgs") {
        None => Some(Edit::MayNot),
        Some(edited) => {
            let edited = edited.as_object()?;
            (only(edited, &["type"]) && edited.get("type") == Some(&json!("object"))).then_some(Edit::May)
        }
    }
}
