//! The tools as clients see them: names, words, schemas, annotations.
//!
//! Written out, as some clients take no schema with a nullable type, a
//! reference or a combination. What is taken is more lenient than this says.

use std::sync::{Arc, LazyLock};

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::Name;

static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| Name::ALL.into_iter().map(define).collect());

/// One tool.
pub(super) fn of(name: Name) -> Tool {
    TOOLS.iter().find(|tool| tool.name == name.as_str()).cloned().unwrap_or_else(|| define(name))
}

fn define(name: Name) -> Tool {
    let (title, description, input, output, annotations) = match name {
        Name::AskHuman => (
            "Ask a person",
            "Ask a person a question and wait for the answer. Without interaction_type it is a confirmation (yes or \
             no, or the buttons in `options`); `selection` chooses among `options`; `text_input` fills in `fields`, \
             or one free text; `file_upload` asks for files. Returns the answer in `response`, or status `pending` \
             with the next call to make.",
            ask_human(),
            Some(outcome(false)),
            asking(),
        ),
        Name::RequestApproval => (
            "Request approval",
            "Ask a person whether an action may run, before running it. Returns `decision`: on `approve` run it, with \
             `edited_args` in place of yours where they are given; on `modify` do what `comment` says and ask again; \
             on `reject` do not run it. Status `pending` is not an approval, nor is `timeout`.",
            request_approval(),
            Some(outcome(true)),
            asking(),
        ),
        Name::GetResponse => (
            "Get the response",
            "Fetch, or go on waiting for, the answer to an earlier request. Works after a restart and from another \
             conversation.",
            object(&json!({ "request_id": request_id(), "wait_seconds": wait_seconds() }), &["request_id"]),
            Some(outcome(true)),
            asking(),
        ),
        Name::CancelRequest => (
            "Cancel a request",
            "Close a question that is no longer needed, so that nobody spends time on it. It is never answered then.",
            object(
                &json!({ "request_id": request_id(), "reason": text("Why, for the people who were asked.") }),
                &["request_id"],
            ),
            Some(outcome(true)),
            ToolAnnotations::new().read_only(false).destructive(false).idempotent(true).open_world(true),
        ),
        Name::ListRequests => (
            "List open requests",
            "List the questions that wait for a person, your own first.",
            object(
                &json!({
                    "workflow_id": text("Only those of this workflow."),
                    "limit": json!({ "type": "integer", "description": "At most so many; 50 where nothing is said." }),
                }),
                &[],
            ),
            Some(listing()),
            asking(),
        ),
        Name::NotifyHuman => (
            "Notify a person",
            "Tell a person something without waiting for them. They can mark it as seen, and no more.",
            object(
                &json!({
                    "title": text("What it is about, in a few words."),
                    "message": text("What they should know; Markdown."),
                    "timeout_seconds": timeout_seconds(),
                    "workflow_id": workflow_id(),
                    "idempotency_key": idempotency_key(),
                }),
                &["title"],
            ),
            Some(outcome(false)),
            asking(),
        ),
        Name::PermissionPrompt => (
            "Claude Code's permission prompt",
            "For `claude --permission-prompt-tool`: a person allows, edits or denies the use of a tool. Not for models \
             to call; use request_approval instead.",
            object(
                &json!({
                    "tool_name": text("The tool that is to be used."),
                    "input": json!({ "type": "object", "description": "With which input." }),
                    "tool_use_id": text("Names this use of it."),
                }),
                &["tool_name", "input", "tool_use_id"],
            ),
            None,
            asking(),
        ),
    };
    let tool = Tool::new(name.as_str(), description, input).with_title(title).with_annotations(annotations);
    match output {
        Some(output) => tool.with_raw_output_schema(output),
        None => tool,
    }
}

/// Nothing that is at hand changes; people are the open world.
fn asking() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).destructive(false).open_world(true)
}

fn ask_human() -> Arc<JsonObject> {
    object(
        &json!({
            "title": text("The question, in at most 200 characters."),
            "message": text("All one has to know to answer it; Markdown."),
            "interaction_type": json!({
                "type": "string",
                "enum": ["confirmation", "selection", "text_input", "file_upload"],
                "description": "What kind of answer; a confirmation where nothing is said.",
            }),
            "options": json!({
                "type": "array",
                "description": "What one may choose from.",
                "items": {
                    "type": "object",
                    "properties": {
                        "value": text("What you get back."),
                        "label": text("What people read."),
                        "description": text("What it means."),
                    },
                    "required": ["value"],
                },
            }),
            "multiple": json!({ "type": "boolean", "description": "Whether several may be chosen." }),
            "fields": json!({
                "type": "array",
                "description": "What to fill in.",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": text("The key of the answer."),
                        "label": text("What people read."),
                        "field_type": text("text, textarea, number, email, date, select, checkbox …"),
                        "options": json!({ "type": "array", "description": "What a select, radio or checkbox offers." }),
                        "required": json!({ "type": "boolean" }),
                        "default": json!({ "description": "What stands there beforehand." }),
                    },
                    "required": ["name", "label"],
                },
            }),
            "default_value": json!({ "description": "The answer that you suggest." }),
            "on_timeout": json!({
                "type": "string",
                "enum": ["expire", "default"],
                "description": "What silence means: nothing, or default_value (then the status is still `timeout`).",
            }),
            "risk": risk(),
            "consequences": consequences(),
            "timeout_seconds": timeout_seconds(),
            "wait_seconds": wait_seconds(),
            "workflow_id": workflow_id(),
            "idempotency_key": idempotency_key(),
        }),
        &["title"],
    )
}

fn request_approval() -> Arc<JsonObject> {
    object(
        &json!({
            "action": text("What will run, in a few words, such as the name of a tool."),
            "args": json!({ "type": "object", "description": "With which arguments; shown as they are." }),
            "risk": risk(),
            "allow_edit": json!({ "type": "boolean", "description": "Whether the person may change the arguments." }),
            "consequences": consequences(),
            "timeout_seconds": timeout_seconds(),
            "wait_seconds": wait_seconds(),
            "workflow_id": workflow_id(),
            "idempotency_key": idempotency_key(),
        }),
        &["action"],
    )
}

fn object(properties: &Value, required: &[&str]) -> Arc<JsonObject> {
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    shared(schema)
}

fn shared(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn request_id() -> Value {
    text("The request_id that an earlier call returned.")
}

fn risk() -> Value {
    json!({ "type": "string", "enum": ["low", "medium", "high"], "description": "What a wrong answer would cost." })
}

fn consequences() -> Value {
    json!({
        "type": "object",
        "description": "What will happen, in a sentence each.",
        "properties": { "on_answer": text("Once it is answered."), "on_timeout": text("If nobody answers.") },
    })
}

fn timeout_seconds() -> Value {
    json!({
        "type": "number",
        "description": "Seconds until the question closes unanswered. People need minutes to hours: leave it out, or \
                        give at least 300.",
    })
}

fn wait_seconds() -> Value {
    json!({
        "type": "number",
        "description": "Seconds that this call waits before it returns `pending`; the question stays open. 0 returns \
                        at once. Leave it out where you have nothing else to do.",
    })
}

fn workflow_id() -> Value {
    text("The piece of work that it belongs to.")
}

fn idempotency_key() -> Value {
    text("The same key and question again finds the same request instead of asking twice.")
}

/// How a request stands.
fn outcome(decides: bool) -> Arc<JsonObject> {
    let mut properties = json!({
        "request_id": text("For get_response and cancel_request."),
        "status": json!({ "type": "string", "enum": ["pending", "completed", "timeout", "cancelled", "error"] }),
        "response": json!({ "description": "The answer, once there is one." }),
        "resume": json!({ "description": "The same in the shape of the framework that asked." }),
        "source": text("`timeout` where the answer is your own default_value, as nobody answered."),
        "comment": text("What the person added."),
        "reason": text("Why it was cancelled or failed."),
        "url": text("Where people answer."),
        "expires_at": text("When it closes unanswered."),
        "retry_after_seconds": json!({ "type": "number" }),
        "hint": text("What to do next."),
        "notes": json!({ "type": "array", "items": { "type": "string" } }),
    });
    if decides {
        properties["decision"] = json!({ "type": "string", "enum": ["approve", "modify", "reject"] });
        properties["edited_args"] = json!({ "type": "object" });
    }
    object(&properties, &["request_id", "status", "url", "expires_at", "hint"])
}

fn listing() -> Arc<JsonObject> {
    object(
        &json!({
            "requests": json!({ "type": "array", "items": { "type": "object" } }),
            "total": json!({ "type": "integer", "description": "How many are open in all." }),
            "notes": json!({ "type": "array", "items": { "type": "string" } }),
        }),
        &["requests", "total"],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every schema within this one.
    fn within(schema: &Value, all: &mut Vec<Value>) {
        all.push(schema.clone());
        for inner in schema["properties"].as_object().into_iter().flat_map(|inner| inner.values()) {
            within(inner, all);
        }
        if schema["items"].is_object() {
            within(&schema["items"], all);
        }
    }

    #[test]
    fn schemas_are_what_every_client_takes() {
        for name in Name::ALL {
            let tool = of(name);
            let output = tool.output_schema.as_deref().cloned().unwrap_or_default();
            let mut all = Vec::new();
            within(&Value::Object((*tool.input_schema).clone()), &mut all);
            within(&Value::Object(output), &mut all);
            for schema in all {
                assert!(schema["type"].is_null() || schema["type"].is_string(), "{}: {schema}", tool.name);
                for word in ["anyOf", "oneOf", "allOf", "$ref", "nullable", "format"] {
                    assert!(schema.get(word).is_none(), "{}: {schema}", tool.name);
                }
            }
            let required = tool.input_schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            for key in required {
                assert!(tool.input_schema["properties"].get(key.as_str().unwrap()).is_some(), "{}", tool.name);
            }
        }
    }
}
