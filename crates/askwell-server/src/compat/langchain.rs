//! LangChain's human-in-the-loop middleware: `HITLRequest` in, `{decisions}` out.
//!
//! Job: each action request as an action of one review, each decision in the
//! same order. Invariants: what a review config does not allow is neither
//! offered nor answered; a no is always a `reject`. `respond` makes the words of
//! a person the tool's own result, so it stands for a no only nowhere, and for
//! words only where the tool may not be rejected. Neighbours: `langgraph`.

use askwell_core::reader::{Reader, child};
use askwell_core::{Code, Finding, Findings, Session};
use serde_json::{Map, Value, json};

use super::decided::{self, Decided, Verdict};
use super::wording::{MAX_MESSAGE, MAX_NAME, MAX_TITLE, shortened, titled};
use super::{Below, Recognised, Shape, arguments};

pub(super) const SHAPE: Shape = Shape {
    name: "langchain",
    keys: &["action_requests", "review_configs"],
    renamed: &[("/interaction_data/actions", "/action_requests", Below::Same)],
};

/// The newer way of the same middleware: an interrupt for each call, answered by one decision.
pub(super) const CALL: Shape = Shape {
    name: "langchain_call",
    keys: &["type", "tool_call_id", "name", "args", "description", "response_schema"],
    renamed: &[
        ("/interaction_data/actions/0/kind", "/name", Below::Same),
        ("/interaction_data/actions/0", "", Below::Same),
    ],
};

/// The `type` of such an interrupt.
pub(super) const CALL_TYPE: &str = "tool_approval";

const MAX_ACTIONS: usize = 100;
const MAX_DESCRIPTION: usize = 10_000;
const MAX_TARGET: usize = 2_000;

/// The decisions that are known.
const DECISIONS: [&str; 4] = ["approve", "edit", "reject", "respond"];

/// What is allowed of an action that no config names.
const USUAL: [&str; 2] = ["approve", "reject"];

pub(super) fn recognise(body: &Value, at: &str, findings: &mut Findings) -> Option<Recognised> {
    let configs = configs(body, at, findings);
    let mut outer = Reader::new(body, at, findings)?;
    let pointer = outer.at("action_requests");
    let requests = outer.list("action_requests", MAX_ACTIONS)?;
    if requests.is_empty() {
        findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
        return None;
    }
    let mut actions = Vec::with_capacity(requests.len());
    let (mut allowed, mut first) = (Vec::with_capacity(requests.len()), None);
    for (index, request) in requests.iter().enumerate() {
        let Some(mut reader) = Reader::new(request, &child(&pointer, index), findings) else { continue };
        let name = reader.required("name").and_then(|_| reader.string("name", MAX_NAME));
        let args = super::object(&mut reader, "args");
        let limit = if requests.len() == 1 { MAX_MESSAGE } else { MAX_DESCRIPTION };
        let description = reader.remark("description", limit);
        let Some(name) = name else { continue };
        let theirs = configs.iter().find(|(known, _)| *known == name).map_or(&USUAL[..], |(_, allowed)| allowed);
        allowed.push(json!(theirs));
        let words = description.unwrap_or_default();
        first.get_or_insert_with(|| (titled(&words, &name, args), words.clone()));
        let own = (requests.len() > 1 && !words.is_empty()).then_some(words);
        actions.push(json!({
            "kind": name, "args": arguments(args), "description": explained(own, theirs), "allowed": verbs(theirs),
        }));
    }
    let (title, words) = first?;
    let several = requests.len() > 1;
    Some(Recognised {
        question: json!({
            "interaction_type": "review",
            "title": if several { shortened(&format!("{title} (+{})", requests.len() - 1), MAX_TITLE) } else { title },
            "message": if several { String::new() } else { words },
            "actions": actions,
        }),
        given: allowed.into(),
        expires_at: None,
    })
}

pub(super) fn recognise_call(body: &Value, at: &str, findings: &mut Findings) -> Option<Recognised> {
    let mut reader = Reader::new(body, at, findings)?;
    let name = reader.required("name").and_then(|_| reader.string("name", MAX_NAME));
    let args = super::object(&mut reader, "args");
    let description = reader.remark("description", MAX_MESSAGE).unwrap_or_default();
    let call = reader.remark("tool_call_id", MAX_TARGET);
    // What is allowed stands in the interrupt beside this value, as a schema of the answer.
    let schema = super::object(&mut reader, "response_schema");
    let said = schema.map(decisions).filter(|said| !said.is_empty());
    let allowed = said.unwrap_or_else(|| USUAL.to_vec());
    let name = name?;
    Some(Recognised {
        question: json!({
            "interaction_type": "review",
            "title": titled(&description, &name, args),
            "message": description,
            "actions": [{ "kind": name, "target": call, "args": arguments(args),
                "description": explained(None, &allowed), "allowed": verbs(&allowed) }],
        }),
        given: json!(allowed),
        expires_at: None,
    })
}

/// The decisions that a schema of one decision admits: of several, or of a single one.
fn decisions(schema: &Value) -> Vec<&'static str> {
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let own = std::slice::from_ref(schema);
    let kinds = branches.map_or(own, Vec::as_slice).iter().flat_map(|branch| {
        let target = branch["$ref"].as_str().and_then(|to| schema.pointer(to.strip_prefix('#')?));
        let kind = &target.unwrap_or(branch)["properties"]["type"];
        let several = kind["enum"].as_array().into_iter().flatten();
        kind.get("const").into_iter().chain(several).collect::<Vec<_>>()
    });
    let kinds: Vec<&Value> = kinds.collect();
    let mapping = schema["discriminator"]["mapping"].as_object();
    let is_named = |decision: &str| {
        kinds.iter().any(|kind| *kind == decision) || mapping.is_some_and(|mapping| mapping.contains_key(decision))
    };
    DECISIONS.into_iter().filter(|decision| is_named(decision)).collect()
}

/// What is said of an action; and, where a person's words become the tool's own result, that they do.
fn explained(own: Option<String>, allowed: &[&str]) -> Value {
    if !allowed.contains(&"respond") || allowed.contains(&"reject") {
        return json!(own);
    }
    let words = own.map(|own| format!("{}\n\n", shortened(&own, MAX_DESCRIPTION - 200))).unwrap_or_default();
    json!({
        "en": format!("{words}What you write is given to the agent as this tool's own result."),
        "zh-CN": format!("{words}您写下的话会作为这个工具的结果交给智能体。"),
    })
}

/// The decisions allowed for each name.
fn configs<'v>(body: &'v Value, at: &str, findings: &mut Findings) -> Vec<(String, Vec<&'v str>)> {
    let mut found = Vec::new();
    let Some(mut outer) = Reader::new(body, at, findings) else { return found };
    let pointer = outer.at("review_configs");
    for (index, config) in outer.list("review_configs", MAX_ACTIONS).unwrap_or_default().iter().enumerate() {
        let Some(mut reader) = Reader::new(config, &child(&pointer, index), findings) else { continue };
        let Some(name) = reader.required("action_name").and_then(|_| reader.string("action_name", MAX_NAME)) else {
            continue;
        };
        let pointer = reader.at("allowed_decisions");
        if reader.value("allowed_decisions").is_none() {
            continue;
        }
        let Some(words) = reader.list("allowed_decisions", 20) else { continue };
        let known = |word: &'v Value| DECISIONS.into_iter().find(|decision| word == decision);
        let allowed: Vec<&str> = words.iter().filter_map(known).collect();
        for (index, word) in words.iter().enumerate().filter(|(_, word)| known(word).is_none()) {
            let shown: String = word.as_str().unwrap_or("…").chars().take(100).collect();
            let finding = Finding::new(child(&pointer, index), Code::NotAllowed).with("value", shown);
            reader.findings.refuse(finding.with("allowed", DECISIONS.join(", ")));
        }
        if words.is_empty() {
            reader.findings.refuse(Finding::new(pointer, Code::TooFew).with("limit", 1).with("actual", 0));
        }
        found.push((name, allowed));
    }
    found
}

/// As what we offer what is allowed.
fn verbs(allowed: &[&str]) -> Vec<&'static str> {
    let has = |word| allowed.contains(&word);
    let mut verbs = Vec::new();
    verbs.extend(has("approve").then_some("approve"));
    verbs.extend(has("edit").then_some("edit"));
    verbs.extend((has("reject") || has("respond")).then_some("modify"));
    verbs.extend(has("reject").then_some("abort"));
    verbs
}

pub(super) fn render(session: &Session, given: &Value) -> Option<Value> {
    let decided = decided::of(session)?;
    let decisions: Vec<Value> = decided.iter().enumerate().map(|(index, each)| decision(each, &given[index])).collect();
    Some(json!({ "decisions": decisions }))
}

pub(super) fn render_call(session: &Session, given: &Value) -> Option<Value> {
    decided::of(session)?.first().map(|decided| decision(decided, given))
}

fn decision(decided: &Decided, allowed: &Value) -> Value {
    let has = |word: &str| allowed.as_array().is_some_and(|allowed| allowed.iter().any(|each| each == word));
    match &decided.verdict {
        Verdict::Approve if has("approve") => json!({ "type": "approve" }),
        // An edit without a change, where nothing may be approved as it is.
        Verdict::Approve | Verdict::Edit(_) => json!({
            "type": "edit",
            "edited_action": { "name": decided.action["kind"], "args": decided.arguments() },
        }),
        Verdict::SendBack if !has("reject") => json!({ "type": "respond", "message": decided.words }),
        Verdict::SendBack | Verdict::Abort => {
            let mut decision = Map::from_iter([("type".to_owned(), json!("reject"))]);
            if !decided.words.is_empty() {
                decision.insert("message".to_owned(), json!(decided.words));
            }
            decision.into()
        }
    }
}
