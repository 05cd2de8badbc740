//! `review`: a plan, or actions that wait, to approve, send back or end.
//!
//! Answer: `{"action": …}` with `edited`, `modification_instructions`,
//! `step_comments` and `fields`; for several actions `{"decisions": […]}`, one
//! for each in the same order. An unknown action is never an approval.

use serde_json::{Map, Value, json};

use super::action::{Action, Verb};
use super::form::{Form, Strictness};
use crate::finding::{Code, Finding, Findings};
use crate::reader::{Reader, child, wrong_type};

const MAX_INSTRUCTIONS: usize = 64 * 1024;
const MAX_COMMENT: usize = 4 * 1024;
const MAX_STEP_COMMENTS: usize = 1_000;

#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) form: Option<Form>,
}

impl Review {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        if reader.value("fields").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            reader.list("fields", 0);
            return Some(Self { form: None });
        }
        Form::read(reader).map(|form| Self { form: Some(form) })
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        out.insert("fields".into(), self.form.as_ref().map_or(Value::Null, Form::to_value));
    }

    pub(super) fn check(
        &self,
        response: &Value,
        actions: &[Action],
        pointer: &str,
        findings: &mut Findings,
    ) -> Option<Value> {
        let mut reader = Reader::new(response, pointer, findings)?;
        let instructions = reader.remark("modification_instructions", MAX_INSTRUCTIONS);
        let mut data = match actions {
            [] => decide(&mut reader, &Verb::DEFAULT, "modification_instructions", instructions.as_deref())?,
            [action] => decide(&mut reader, &action.allowed, "modification_instructions", instructions.as_deref())?,
            several => decide_each(&mut reader, several, instructions.as_deref())?,
        };
        if let Some(instructions) = instructions {
            data.insert("modification_instructions".into(), instructions.into());
        }
        if let Some(comments) = step_comments(&mut reader) {
            data.insert("step_comments".into(), comments);
        }
        if let Some(form) = &self.form {
            let approved = data.get("action").is_none_or(|action| action == "approve");
            let strictness = if approved { Strictness::Complete } else { Strictness::Partial };
            let at = reader.at("fields");
            match reader.value("fields") {
                Some(Value::Object(given)) => {
                    data.insert("fields".into(), form.check(given, strictness, &at, reader.findings).into());
                }
                Some(other) => reader.findings.refuse(wrong_type(&at, "object", other)),
                None => {
                    let given = form.check(&Map::new(), strictness, &at, reader.findings);
                    data.insert("fields".into(), given.into());
                }
            }
        }
        reader.finish();
        Some(Value::Object(data))
    }
}

/// One decision: its action and what belongs to it. `reason_key` is where instructions are looked for.
fn decide(
    reader: &mut Reader<'_, '_>,
    allowed: &[Verb],
    reason_key: &'static str,
    instructions: Option<&str>,
) -> Option<Map<String, Value>> {
    let mut data = Map::new();
    let at = reader.at("action");
    let edited = reader.value("edited");
    let verb = match reader.value("action") {
        None => {
            reader.refuse("action", Code::Required);
            return None;
        }
        Some(Value::String(word)) => {
            // `edit` is a right, not an action: it is taken as `approve` with `edited`.
            Verb::WORDS.iter().find(|(known, verb)| known == word && *verb != Verb::Edit && allowed.contains(verb))
        }
        Some(other) => {
            reader.findings.refuse(wrong_type(&at, "string", other));
            return None;
        }
    };
    let Some((word, verb)) = verb else {
        let given = reader.value("action").and_then(Value::as_str).unwrap_or_default();
        refuse_action(reader, &at, given, allowed);
        return None;
    };
    data.insert("action".into(), (*word).into());
    if *verb == Verb::Modify && instructions.is_none_or(|text| text.trim().is_empty()) {
        reader.refuse(reason_key, Code::InstructionsRequired);
    }
    if let Some(edited) = edited {
        let at = reader.at("edited");
        if *verb != Verb::Approve || !allowed.contains(&Verb::Edit) {
            refuse_action(reader, &at, "edit", allowed);
        } else if edited.is_object() {
            data.insert("edited".into(), edited.clone());
        } else {
            reader.findings.refuse(wrong_type(&at, "object", edited));
        }
    }
    Some(data)
}

/// One decision for each action, in the same order.
fn decide_each(
    reader: &mut Reader<'_, '_>,
    actions: &[Action],
    instructions: Option<&str>,
) -> Option<Map<String, Value>> {
    let at = reader.at("decisions");
    if reader.value("decisions").is_none() {
        reader.refuse("decisions", Code::Required);
        return None;
    }
    let given = reader.list("decisions", actions.len())?;
    if given.len() < actions.len() {
        let finding = Finding::new(&at, Code::TooFew).with("limit", actions.len()).with("actual", given.len());
        reader.findings.refuse(finding);
        return None;
    }
    let mut decisions = Vec::with_capacity(actions.len());
    for (index, (decision, action)) in given.iter().zip(actions).enumerate() {
        let Some(mut inner) = Reader::new(decision, &child(&at, index), reader.findings) else { continue };
        let comment = inner.remark("comment", MAX_COMMENT);
        let reason = comment.as_deref().filter(|text| !text.trim().is_empty()).or(instructions);
        if let Some(mut data) = decide(&mut inner, &action.allowed, "comment", reason) {
            if let Some(comment) = comment {
                data.insert("comment".into(), comment.into());
            }
            decisions.push(Value::Object(data));
        }
        inner.finish();
    }
    Some(Map::from_iter([("decisions".to_owned(), decisions.into())]))
}

fn refuse_action(reader: &mut Reader<'_, '_>, at: &str, given: &str, allowed: &[Verb]) {
    let shown: String = given.chars().take(100).collect();
    let words: Vec<&str> = allowed.iter().map(|verb| verb.word()).collect();
    let finding = Finding::new(at, Code::ActionNotAllowed).with("value", shown).with("allowed", words.join(", "));
    reader.findings.refuse(finding);
}

/// Comments on single steps, by the step's index.
fn step_comments(reader: &mut Reader<'_, '_>) -> Option<Value> {
    let at = reader.at("step_comments");
    let given = match reader.value("step_comments")? {
        Value::Object(given) => given,
        other => {
            reader.findings.refuse(wrong_type(&at, "object", other));
            return None;
        }
    };
    if given.len() > MAX_STEP_COMMENTS {
        let finding = Finding::new(at, Code::TooMany).with("limit", MAX_STEP_COMMENTS).with("actual", given.len());
        reader.findings.refuse(finding);
        return None;
    }
    let mut comments = Map::new();
    for (step, comment) in given.iter().filter(|(_, comment)| !comment.is_null()) {
        let at = child(&at, step);
        let is_index = (1..=9).contains(&step.len()) && step.bytes().all(|byte| byte.is_ascii_digit());
        match comment {
            _ if !is_index => {
                reader
                    .findings
                    .refuse(Finding::new(at, Code::NotAllowed).with("value", step).with("allowed", "0, 1, 2 …"));
            }
            Value::String(text) if text.chars().count() > MAX_COMMENT => reader.findings.refuse(
                Finding::new(at, Code::TooLong)
                    .with("limit", MAX_COMMENT)
                    .with("actual", text.chars().count())
                    .with("unit", "characters"),
            ),
            Value::String(text) if text.trim().is_empty() => {}
            Value::String(text) => {
                comments.insert(step.clone(), text.clone().into());
            }
            other => reader.findings.refuse(wrong_type(&at, "string", other)),
        }
    }
    (!comments.is_empty()).then_some(Value::Object(comments))
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "review",
        "title": "审核执行计划",
        "message": "请审核以下计划，批准后立即执行。",
        "checkpoint_name": "PlanGeneration",
        "node_id": "root",
        "attempt": 1,
        "data_for_review": {"planned_sub_tasks": [
            {"id": "1", "goal": "备份数据库", "node_type": "EXECUTE"},
            {"id": "2", "goal": "执行迁移", "node_type": "EXECUTE", "depends_on": ["1"]},
        ]},
        "actions": [{
            "kind": "db.migrate",
            "target": "orders",
            "args": {"version": "20250617", "dry_run": false},
            "description": "迁移订单库",
            "allowed": ["approve", "edit", "modify", "abort"],
        }],
        "consequences": {"on_answer": "批准后立即迁移订单库", "on_timeout": "计划被放弃"},
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{answer, read, refused};
    use super::*;

    fn plain() -> super::super::Interaction {
        read(json!({"interaction_type":"review","title":"t"}))
    }

    #[test]
    fn approves_sends_back_or_ends() {
        for given in [
            json!({"action":"approve"}),
            json!({"action":"abort","modification_instructions":"why"}),
            json!({"action":"modify","modification_instructions":"more","step_comments":{"0":"x"}}),
        ] {
            assert_eq!(answer(&plain(), given.clone()), given);
        }
        for (given, pointer, code) in [
            (json!({}), "/response/action", Code::Required),
            (json!({"action":"yes"}), "/response/action", Code::ActionNotAllowed),
            (json!({"action":"edit"}), "/response/action", Code::ActionNotAllowed),
            (json!({"action":true}), "/response/action", Code::WrongType),
            (json!({"action":"modify"}), "/response/modification_instructions", Code::InstructionsRequired),
            (
                json!({"action":"modify","modification_instructions":" "}),
                "/response/modification_instructions",
                Code::InstructionsRequired,
            ),
            (json!({"action":"approve","edited":{}}), "/response/edited", Code::ActionNotAllowed),
            (json!({"action":"approve","step_comments":{"x":"y"}}), "/response/step_comments/x", Code::NotAllowed),
            (json!({"action":"approve","step_comments":[]}), "/response/step_comments", Code::WrongType),
        ] {
            assert_eq!(refused(&plain(), given.clone()), [(pointer.into(), code)], "{given}");
        }
    }

    #[test]
    fn edits_only_where_allowed() {
        let asked = read(example());
        assert_eq!(asked.to_value()["actions"][0]["allowed"], json!(["approve", "edit", "modify", "abort"]));
        let given = json!({"action":"approve","edited":{"version":"1"}});
        assert_eq!(answer(&asked, given.clone()), given);
        assert_eq!(
            refused(&asked, json!({"action":"approve","edited":[1]})),
            [("/response/edited".into(), Code::WrongType)]
        );
        assert_eq!(
            refused(&asked, json!({"action":"abort","edited":{}})),
            [("/response/edited".into(), Code::ActionNotAllowed)]
        );
    }

    #[test]
    fn several_actions_need_a_decision_each() {
        let asked = read(json!({"interaction_type":"review","title":"t","actions":[
            {"kind":"a"},{"kind":"b","allowed":["edit"]}]}));
        assert_eq!(asked.to_value()["actions"][1]["allowed"], json!(["approve", "edit"]));
        let given = json!({"decisions":[{"action":"modify","comment":"no"},{"action":"approve","edited":{"x":1}}]});
        assert_eq!(answer(&asked, given.clone()), given);
        for (given, pointer, code) in [
            (json!({"action":"approve"}), "/response/decisions", Code::Required),
            (json!({"decisions":[{"action":"approve"}]}), "/response/decisions", Code::TooFew),
            (
                json!({"decisions":[{"action":"approve"},{"action":"abort"}]}),
                "/response/decisions/1/action",
                Code::ActionNotAllowed,
            ),
            (
                json!({"decisions":[{"action":"modify"},{"action":"approve"}]}),
                "/response/decisions/0/comment",
                Code::InstructionsRequired,
            ),
            (json!({"decisions":[1,{"action":"approve"}]}), "/response/decisions/0", Code::WrongType),
        ] {
            assert_eq!(refused(&asked, given.clone()), [(pointer.into(), code)], "{given}");
        }
    }

    #[test]
    fn an_expert_fills_fields_when_approving() {
        let asked = read(json!({"interaction_type":"expert_review","title":"t",
            "fields":[{"name":"score","type":"integer","required":true}]}));
        assert_eq!(asked.kind(), "review");
        assert_eq!(
            answer(&asked, json!({"action":"approve","fields":{"score":"5"}})),
            json!({"action":"approve","fields":{"score":5}})
        );
        assert_eq!(refused(&asked, json!({"action":"approve"})), [("/response/fields/score".into(), Code::Required)]);
        assert_eq!(answer(&asked, json!({"action":"abort"})), json!({"action":"abort","fields":{}}));
    }
}
