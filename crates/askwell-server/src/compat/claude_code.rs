//! What Claude Code asks before it acts, and what it is told.
//!
//! Job: read the arguments of a permission prompt into a create body, and write
//! a session as the behaviour that Claude Code takes. Invariants: `allow` always
//! carries the whole input, edited where a person edited it; whatever is not a
//! person's yes is a `deny`; one yes is for one use of a tool, so suggestions to
//! allow more are not read. Neighbours: `questions` is the one tool that asks
//! rather than acts; the tool of MCP and the hook call this.

pub(crate) mod hook;
mod questions;

use askwell_core::session::Limits;
use askwell_core::{Code as Fault, Session, Status};
use serde_json::{Map, Value, json};

use super::decided::{self, Verdict};
use super::wording::{MAX_NAME, MAX_TITLE, first_line, shortened};
use crate::locale::Locale;
use crate::wire::keys::Keys;
use crate::wire::problem::Problem;

/// The name of these shapes in `asked_as`.
const SHAPE: &str = "claude_code";

const MAX_TARGET: usize = 2_000;
const MAX_MESSAGE: usize = 60_000;

/// Where the subject of a tool stands in its input; the first that is there.
const SUBJECTS: [&str; 7] = ["file_path", "notebook_path", "path", "url", "query", "pattern", "plan"];

/// Where a tool says in words what it is about.
const WORDS: [&str; 3] = ["plan", "description", "prompt"];

/// A question of Claude Code's.
#[derive(Debug, PartialEq)]
pub(crate) struct Asked {
    /// The body of a create.
    pub(crate) body: Value,
    /// Names this use of the tool: a repeat finds the session that is there.
    pub(crate) key: String,
}

impl Asked {
    /// The same with as much time for an answer as a review has: whoever lets an agent work looks up now and then.
    pub(crate) fn unhurried(mut self, limits: &Limits) -> Self {
        let time = limits.review_timeout.min(limits.max_timeout);
        self.body["interaction_data"]["timeout"] = match time.subsec_nanos() {
            0 => time.as_secs().into(),
            _ => time.as_secs_f64().into(),
        };
        self
    }
}

/// What a permission prompt asks: `{tool_name, input, tool_use_id}`.
///
/// # Errors
/// What of it is missing or wrong.
pub(crate) fn prompt(given: Value) -> Result<Asked, Problem> {
    let mut keys = Keys::of(given)?;
    let tool = required(&mut keys, "tool_name");
    let tool_use = required(&mut keys, "tool_use_id");
    let input = input(&mut keys, "input");
    keys.done(())?;
    let origin = Origin { way: Way::Prompt, conversation: None, folder: None };
    Ok(Asked { body: body(&tool, input, &origin), key: format!("claude-code tool use {tool_use}") })
}

/// A name that must be there; empty where it is not, which is noted.
fn required(keys: &mut Keys, key: &str) -> String {
    let good = keys.is_good();
    let name = keys.name(key);
    if name.is_none() && keys.is_good() == good {
        keys.issue(askwell_core::Finding::new(format!("/{key}"), Fault::Required));
    }
    name.unwrap_or_default()
}

/// What the tool is to be called with.
fn input(keys: &mut Keys, key: &str) -> Map<String, Value> {
    match keys.take(key) {
        None => Map::new(),
        Some(Value::Object(input)) => input,
        Some(other) => {
            keys.wrong_type(key, "object", &other);
            Map::new()
        }
    }
}

/// Where a question comes from, as far as Claude Code says.
#[derive(Debug)]
struct Origin {
    /// By which way.
    way: Way,
    /// The conversation.
    conversation: Option<String>,
    /// The folder that it is about.
    folder: Option<String>,
}

/// By which way Claude Code asks, and so what silence means to it.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Its permission prompt: silence is a no.
    Prompt,
    /// Its hook: silence is nothing said.
    Hook,
}

impl Way {
    fn on_timeout(self) -> Value {
        match self {
            Self::Prompt => json!({ "en": "Claude Code is refused it.", "zh-CN": "Claude Code 会被拒绝。" }),
            Self::Hook => {
                json!({ "en": "Claude Code asks at its own terminal.", "zh-CN": "Claude Code 改在自己的终端里询问。" })
            }
        }
    }
}

/// The create body for one use of a tool.
fn body(tool: &str, input: Map<String, Value>, origin: &Origin) -> Value {
    let mut body = if tool == questions::TOOL { questions::form(&input) } else { None };
    let body = body.get_or_insert_with(|| review(tool, &input, origin));
    let given = if body["interaction_data"]["interaction_type"] == "review" { Value::Null } else { input.into() };
    body["asked_as"] = json!({ "shape": SHAPE, "given": given });
    body["tags"] = json!(["claude-code"]);
    body["metadata"] = json!({ "requester": "Claude Code" });
    body["workflow_id"] = json!(origin.conversation);
    body.take()
}

fn review(tool: &str, input: &Map<String, Value>, origin: &Origin) -> Value {
    let file = || input.get("file_path").or_else(|| input.get("notebook_path")).and_then(Value::as_str);
    let target = origin.folder.as_deref().or_else(file).filter(|target| target.chars().count() <= MAX_TARGET);
    let words = WORDS.iter().find_map(|key| input.get(*key).and_then(Value::as_str)).unwrap_or_default();
    json!({ "interaction_data": {
        "interaction_type": "review",
        "title": title(tool, input),
        "message": shortened(words, MAX_MESSAGE),
        "actions": [{
            "kind": shortened(tool, MAX_NAME),
            "target": target.filter(|target| !target.trim().is_empty()),
            "args": input,
            "allowed": ["approve", "edit", "modify", "abort"],
        }],
        "consequences": {
            "on_answer": { "en": "Claude Code runs it at once.", "zh-CN": "Claude Code 立即执行。" },
            "on_timeout": origin.way.on_timeout(),
        },
    }})
}

/// The tool and what it is about: what it will do rather than what it says of it.
fn title(tool: &str, input: &Map<String, Value>) -> String {
    // A command in one line, for its first line may be the harmless one.
    let command = input.get("command").and_then(Value::as_str).map(in_one_line).filter(|line| !line.is_empty());
    let subject = || SUBJECTS.iter().find_map(|key| first_line(input.get(*key)?.as_str()?)).map(str::to_owned);
    let title = match command.or_else(subject) {
        Some(subject) => format!("{tool}: {subject}"),
        None if input.is_empty() => tool.to_owned(),
        None => format!("{tool}({})", Value::Object(input.clone())),
    };
    shortened(&title, MAX_TITLE)
}

fn in_one_line(command: &str) -> String {
    let lines: Vec<&str> = command.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ⏎ ")
}

/// What Claude Code is told of a session as it stands. `url` is where people find it.
pub(crate) fn behaviour(session: &Session, url: &str, locale: Locale) -> Value {
    let reason = session.state.error_message.clone().unwrap_or_default();
    let deny = |id, more: &[(&'static str, String)]| {
        let mut args = vec![("url", url.to_owned())];
        args.extend_from_slice(more);
        json!({ "behavior": "deny", "message": locale.text(id, &args) })
    };
    match session.status {
        Status::Pending | Status::Active => deny("agent-waits", &[]),
        Status::Timeout => deny("agent-unanswered", &[]),
        Status::Cancelled => deny("agent-cancelled", &[("reason", reason)]),
        Status::Error => deny("agent-failed", &[("reason", reason)]),
        Status::Completed => match outcome(session) {
            Some(Outcome::Allow(input)) => json!({ "behavior": "allow", "updatedInput": input }),
            Some(Outcome::SendBack(words)) => deny("agent-sent-back", &[("instructions", words)]),
            Some(Outcome::Refuse(words)) if words.is_empty() => deny("agent-refused", &[]),
            Some(Outcome::Refuse(words)) => deny("agent-refused-because", &[("reason", words)]),
            None => deny("agent-failed", &[("reason", reason)]),
        },
    }
}

/// What a person decided.
enum Outcome {
    /// Go on with this input.
    Allow(Value),
    /// Do not; do this instead.
    SendBack(String),
    /// Do not; perhaps they said why.
    Refuse(String),
}

/// Nothing where the session is none that this module made.
fn outcome(session: &Session) -> Option<Outcome> {
    if session.opened.interaction.kind() == "text_input" {
        let input = session.opened.asked_as.as_ref()?.given.as_object()?;
        let response = session.state.response.as_ref()?;
        let comment = response.comment.clone().unwrap_or_default();
        let answered = questions::answered(input, &response.data, &comment);
        // Whoever answers nothing has not said to go on.
        return Some(if answered["answers"].as_object().is_some_and(|answers| !answers.is_empty()) {
            Outcome::Allow(answered)
        } else if comment.is_empty() {
            Outcome::Refuse(comment)
        } else {
            Outcome::SendBack(comment)
        });
    }
    let decided = decided::of(session)?.into_iter().next()?;
    Some(match decided.verdict {
        Verdict::Approve | Verdict::Edit(_) => Outcome::Allow(decided.arguments()),
        Verdict::SendBack => Outcome::SendBack(decided.words),
        Verdict::Abort => Outcome::Refuse(decided.words),
    })
}

#[cfg(test)]
mod tests;
