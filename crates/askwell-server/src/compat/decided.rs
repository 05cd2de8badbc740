//! What a person decided about the actions of a review, one by one.

use askwell_core::Session;
use serde_json::Value;

/// The decision about one action.
#[derive(Debug)]
pub(super) struct Decided {
    /// The action as it was shown: `kind`, `args`.
    pub(super) action: Value,
    /// What is to become of it.
    pub(super) verdict: Verdict,
    /// What the person said about it; empty where nothing.
    pub(super) words: String,
}

/// What is to become of an action.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Run it as it is.
    Approve,
    /// Run it with these arguments.
    Edit(Value),
    /// Do not run it; the words say what to do instead.
    SendBack,
    /// Do not run it.
    Abort,
}

impl Decided {
    /// The arguments to run with: the edited ones, else those that were shown.
    pub(super) fn arguments(&self) -> Value {
        match &self.verdict {
            Verdict::Edit(edited) => edited.clone(),
            _ => super::arguments(self.action.get("args").filter(|args| !args.is_null())),
        }
    }
}

/// A decision for each action, in the order in which they were asked. Nothing where the session is no answered review
/// of actions.
pub(super) fn of(session: &Session) -> Option<Vec<Decided>> {
    let response = session.state.response.as_ref()?;
    let Value::Array(actions) = session.opened.interaction.get("actions") else { return None };
    let data = &response.data;
    let overall = [data["modification_instructions"].as_str(), response.comment.as_deref()];
    if let [_] = actions.as_slice() {
        let words = joined(overall);
        return actions.into_iter().map(|action| one(action, data, words.clone())).collect();
    }
    let decisions = data["decisions"].as_array().filter(|decisions| decisions.len() == actions.len())?;
    let each = actions.into_iter().zip(decisions).map(|(action, decision)| {
        let own = joined([decision["comment"].as_str(), None]);
        // What is to be done instead is said of what is sent back, and of nothing else.
        let all = if decision["action"] == "modify" { overall } else { [None, overall[1]] };
        one(action, decision, if own.is_empty() { joined(all) } else { own })
    });
    each.collect()
}

fn one(action: Value, decision: &Value, words: String) -> Option<Decided> {
    let verdict = match decision["action"].as_str()? {
        "approve" if decision["edited"].is_object() => Verdict::Edit(decision["edited"].clone()),
        "approve" => Verdict::Approve,
        "modify" => Verdict::SendBack,
        _ => Verdict::Abort,
    };
    Some(Decided { action, verdict, words })
}

fn joined(texts: [Option<&str>; 2]) -> String {
    texts.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n")
}
