//! Messages that cannot be worked with, and whom to tell.
//!
//! Job: whoever waits for an answer is given one that they can match, even
//! where no more of their message was read than its id. Invariant: what is told
//! is an error, and of `permission_prompt` a no.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::tools::Name;

/// What JSON-RPC calls a text that is no JSON.
const PARSE_ERROR: i32 = -32_700;
/// And a request whose parameters are wrong.
const INVALID_PARAMS: i32 = -32_602;

/// As much as must be known of a request. The rest is passed over, however deep it lies and large it is.
#[derive(Deserialize)]
struct Envelope<'a> {
    id: Value,
    method: String,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Params {
    name: Option<String>,
    #[serde(rename = "_meta")]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<IgnoredAny>,
}

/// What a client is told whose message cannot be worked with.
#[derive(Debug, PartialEq)]
pub struct Unreadable {
    /// The message to tell.
    pub message: Value,
    /// Whether it answers a request of the client's.
    pub is_answer: bool,
}

/// What a client is told whose message, for this `reason`, cannot be worked with.
#[must_use]
pub fn unreadable(bytes: &[u8], reason: &str) -> Unreadable {
    let envelope = serde_json::from_slice(bytes).ok();
    let Some(Envelope { id, method, params }) = envelope.filter(|asked: &Envelope<'_>| !asked.id.is_null()) else {
        let error = json!({ "code": PARSE_ERROR, "message": reason });
        return Unreadable { message: json!({ "jsonrpc": "2.0", "id": null, "error": error }), is_answer: false };
    };
    let mut message = json!({ "jsonrpc": "2.0", "id": id });
    let params: Option<Params> = params.and_then(|params| serde_json::from_str(params.get()).ok());
    let tool = params.as_ref().filter(|_| method == "tools/call").and_then(|params| Name::parse(params.name.as_ref()?));
    match tool {
        // For the model to read, which can say it otherwise.
        Some(tool) => message["result"] = refused(tool, reason),
        None => message["error"] = json!({ "code": INVALID_PARAMS, "message": reason }),
    }
    if tool.is_some() && params.and_then(|params| params.meta?.version).is_some() {
        message["result"]["resultType"] = "complete".into();
    }
    Unreadable { message, is_answer: true }
}

fn refused(tool: Name, reason: &str) -> Value {
    if tool == Name::PermissionPrompt {
        let behaviour = json!({ "behavior": "deny", "message": reason });
        return json!({ "content": [{ "type": "text", "text": behaviour.to_string() }] });
    }
    json!({ "content": [{ "type": "text", "text": reason }], "isError": true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Value {
        unreadable(text.as_bytes(), "too large").message
    }

    #[test]
    fn whoever_asked_is_answered() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for odd in ["1e999", "18446744073709551616", r#"{"a":1,"a":2}"#, &deep] {
            let call = |name: &str, meta: &str| {
                told(&format!(
                    r#"{{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{{"name":"{name}","arguments":{{"a":{odd}}}{meta}}}}}"#
                ))
            };
            let refused = call("ask_human", "");
            assert_eq!((&refused["id"], &refused["result"]["isError"]), (&json!("x"), &json!(true)), "{refused}");
            assert_eq!(refused["result"]["content"][0]["text"], "too large");
            let denied =
                call("permission_prompt", r#","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#);
            let behaviour: Value =
                serde_json::from_str(denied["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
            assert_eq!(behaviour, json!({"behavior": "deny", "message": "too large"}));
            assert_eq!(denied["result"]["resultType"], "complete");
            assert_eq!(call("nothing", "")["error"]["code"], INVALID_PARAMS);
        }
        for params in [r#"{"uri":1e999}"#, r#"{"name":5,"_meta":1e999}"#, "[1e999]", "1e999"] {
            let refused = told(&format!(r#"{{"id":7,"method":"tools/call","params":{params}}}"#));
            assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(7), &json!(INVALID_PARAMS)), "{params}");
        }
    }

    #[test]
    fn nobody_is_answered_who_did_not_ask() {
        for text in ["", "{", r#"{"id":1}"#, r#"{"method":"x","n":1e999}"#, r#"{"id":1,"id":2,"method":"x"}"#, "\u{7}"]
        {
            let error = json!({"code": PARSE_ERROR, "message": "too large"});
            assert_eq!(told(text), json!({"jsonrpc": "2.0", "id": null, "error": error}), "{text}");
        }
    }
}
