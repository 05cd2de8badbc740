use super::super::tests_support::{answered, cancelled, opened};
use super::*;
use crate::wire::problem::Code;

const URL: &str = "https://ask.example/r/1";

fn bash() -> Value {
    json!({"tool_name": "Bash", "tool_use_id": "toolu_1",
        "input": {"command": "rm -rf build\nls", "description": "Clean up", "timeout": 18_446_744_073_709_551_615_u64, "ratio": 1.0}})
}

fn asked(given: &Value) -> Value {
    prompt(given.clone()).unwrap().body
}

fn told(given: &Value, response: Value, comment: Option<&str>) -> Value {
    behaviour(&answered(&opened(&asked(given)), response, comment).unwrap(), URL, Locale::En)
}

#[test]
fn a_tool_becomes_a_review_of_what_it_does() {
    let Asked { body, key } = prompt(bash()).unwrap();
    assert_eq!(key, "claude-code tool use toolu_1");
    let question = &body["interaction_data"];
    assert_eq!(question["title"], "Bash: rm -rf build ⏎ ls");
    assert_eq!(question["message"], "Clean up");
    assert_eq!(
        question["actions"],
        json!([{"kind": "Bash", "target": null, "args": bash()["input"], "allowed": ["approve", "edit", "modify", "abort"]}])
    );
    assert_eq!(body["metadata"]["requester"], "Claude Code");
    assert_eq!(opened(&body).opened.asked_as.as_ref().unwrap().shape, "claude_code");
}

#[test]
fn titles_say_what_it_does() {
    let of = |tool: &str, input: Value| {
        asked(&json!({"tool_name": tool, "tool_use_id": "t", "input": input}))["interaction_data"]["title"].clone()
    };
    for (tool, input, title) in [
        ("Edit", json!({"file_path": "/a/b.rs", "old_string": "x"}), "Edit: /a/b.rs"),
        ("WebFetch", json!({"url": "https://x.example/", "prompt": "sum up"}), "WebFetch: https://x.example/"),
        ("ExitPlanMode", json!({"plan": "\n# The plan\n1. x"}), "ExitPlanMode: The plan"),
        ("mcp__db__drop", json!({"table": "t", "n": 1}), r#"mcp__db__drop({"table":"t","n":1})"#),
        ("Bash", json!({"command": " "}), r#"Bash({"command":" "})"#),
        ("Clear", json!({}), "Clear"),
    ] {
        assert_eq!(of(tool, input), title);
    }
    let long = of("Bash", json!({"command": "长".repeat(300)}));
    assert_eq!(long.as_str().unwrap().chars().count(), 200);
}

#[test]
fn what_is_wrong_is_named() {
    for (given, pointers) in [
        (json!({}), vec!["/tool_name", "/tool_use_id"]),
        (json!({"tool_name": " ", "tool_use_id": "t"}), vec!["/tool_name"]),
        (json!({"tool_name": ["x"], "tool_use_id": "t", "input": "ls"}), vec!["/tool_name", "/input"]),
        (json!({"tool_name": "Bash", "tool_use_id": "t".repeat(256), "input": {}}), vec!["/tool_use_id"]),
    ] {
        let problem = prompt(given.clone()).unwrap_err();
        assert_eq!(problem.code(), Code::ValidationFailed, "{given}");
        let shown = format!("{problem:?}");
        assert!(pointers.iter().all(|pointer| shown.contains(&format!("\"{pointer}\""))), "{shown}");
    }
    assert!(prompt(json!([1])).is_err());
    let bare = json!({"tool_name": "Clear", "tool_use_id": 7, "input": null});
    assert_eq!(told(&bare, json!({"action": "approve"}), None), json!({"behavior": "allow", "updatedInput": {}}));
}

#[test]
fn a_yes_carries_the_whole_input() {
    let whole = bash()["input"].clone();
    let allow = told(&bash(), json!({"action": "approve"}), Some("fine"));
    assert_eq!(allow, json!({"behavior": "allow", "updatedInput": whole}));
    // To the digit: a number is what it was, in kind and in value.
    assert_eq!(allow["updatedInput"].to_string(), whole.to_string());
    let edited = json!({"command": "rm -rf build/tmp", "timeout": 9_007_199_254_740_993_i64, "ratio": 2.0});
    let allow = told(&bash(), json!({"action": "approve", "edited": edited}), None);
    assert_eq!(allow["updatedInput"].to_string(), edited.to_string());
}

#[test]
fn suggestions_to_allow_more_are_not_read() {
    let mut given = bash();
    given["permission_suggestions"] = json!([{"type": "addRules", "behavior": "allow", "destination": "session"}]);
    assert_eq!(prompt(given.clone()).unwrap(), prompt(bash()).unwrap());
    assert!(told(&given, json!({"action": "approve"}), None).get("updatedPermissions").is_none());
}

#[test]
fn whatever_is_no_yes_is_a_no() {
    let message = |told: Value| {
        assert_eq!(told["behavior"], "deny");
        assert!(told.get("updatedInput").is_none() && told.get("interrupt").is_none());
        told["message"].as_str().unwrap().to_owned()
    };
    let back =
        message(told(&bash(), json!({"action": "modify", "modification_instructions": "use trash"}), Some("safer")));
    assert!(back.ends_with("use trash\nsafer"), "{back}");
    assert!(!message(told(&bash(), json!({"action": "abort"}), None)).contains("They said"));
    assert!(message(told(&bash(), json!({"action": "abort"}), Some("never"))).ends_with("They said: never"));

    let open = opened(&asked(&bash()));
    assert!(message(behaviour(&open, URL, Locale::En)).contains(URL));
    let cancelled = message(behaviour(&cancelled(&open, "agent left"), URL, Locale::ZhCn));
    assert!(cancelled.contains(URL) && cancelled.contains("agent left"), "{cancelled}");
    let mut over = open.clone();
    for status in [Status::Timeout, Status::Error, Status::Completed] {
        over.status = status;
        assert!(message(behaviour(&over, URL, Locale::ZhCn)).contains(URL), "{status:?}");
    }
}

fn questions() -> Value {
    json!({"tool_name": "AskUserQuestion", "tool_use_id": "t", "input": {"questions": [
        {"question": "Which colour?", "header": "Colour", "multiSelect": false, "options": [
            {"label": "Red", "description": "warm", "preview": "<b>"}, {"label": "Blue", "description": ""}]},
        {"question": "Which sizes?", "header": "Size", "multiSelect": true, "options": [
            {"label": "S"}, {"label": "M"}, {"label": "M"}]},
        {"question": "Anything else?"},
    ], "more": 1.0}})
}

#[test]
fn questions_become_one_form() {
    let body = asked(&questions());
    let question = &body["interaction_data"];
    assert_eq!(question["interaction_type"], "text_input");
    assert_eq!(question["title"]["en"], "3 questions: Colour, Size, Anything else?");
    let fields = question["fields"].as_array().unwrap();
    let kinds: Vec<_> = fields.iter().map(|field| (&field["name"], &field["field_type"])).collect();
    assert_eq!(
        format!("{kinds:?}").replace("String", "").replace([')', '('], ""),
        r#"["q1", "radio", "q1_other", "text", "q2", "checkbox", "q2_other", "text", "q3", "textarea"]"#
    );
    assert_eq!(fields[0]["label"], "Which colour?");
    assert_eq!(fields[0]["options"][0], json!({"value": "Red", "label": "Red", "description": "warm"}));
    assert_eq!(fields[2]["options"][2], json!({"value": "M (2)", "label": "M", "description": null}));
    opened(&body);
}

#[test]
fn answers_come_back_by_the_questions_text() {
    let answer = |response: Value| {
        let told = told(&questions(), response, None);
        assert_eq!(told["behavior"], "allow");
        let mut input = told["updatedInput"].clone();
        let answers = input.as_object_mut().unwrap().remove("answers").unwrap();
        assert_eq!(input.to_string(), questions()["input"].to_string());
        answers
    };
    assert_eq!(
        answer(json!({"q1": "Blue", "q2": ["S", "M (2)"], "q2_other": "XL", "q3": "no"})),
        json!({"Which colour?": "Blue", "Which sizes?": "S, M, XL", "Anything else?": "no"})
    );
    assert_eq!(
        answer(json!({"q1_other": "Green", "q2": [], "q3": "no"})),
        json!({"Which colour?": "Green", "Anything else?": "no"})
    );
    let twice = json!({"tool_name": "AskUserQuestion", "tool_use_id": "t", "input": {"questions": [
        {"question": "Which?", "options": ["A", "B"]}, {"question": "Which?", "options": ["Y", "Z"]}]}});
    assert_eq!(told(&twice, json!({"q1": "A", "q2": "Z"}), None)["updatedInput"]["answers"], json!({"Which?": "A, Z"}));
    let said = told(&questions(), json!({"q1": "Blue", "q3": "no"}), Some("but soon"));
    assert_eq!(said["updatedInput"]["annotations"], json!({"Anything else?": {"notes": "but soon"}}));
    let open = opened(&asked(&questions()));
    assert!(answered(&open, json!({"q1": "Green", "q3": "no"}), None).is_none());
    assert_eq!(behaviour(&open, URL, Locale::En)["behavior"], "deny");
}

#[test]
fn whoever_answers_nothing_has_not_said_to_go_on() {
    let given = json!({"tool_name": "AskUserQuestion", "tool_use_id": "t",
        "input": {"questions": [{"question": "Which?", "options": ["a", "b"]}]}});
    assert_eq!(told(&given, json!({}), None)["behavior"], "deny");
    let words = told(&given, json!({"q1_other": " "}), Some("None of these, wait for me"));
    assert_eq!(words["behavior"], "deny");
    assert!(words["message"].as_str().unwrap().contains("None of these, wait for me"));
}

#[test]
fn questions_that_no_form_could_ask_are_reviewed() {
    for input in
        [json!({"questions": []}), json!({"questions": [{"question": " "}]}), json!({}), json!({"questions": 1})]
    {
        let given = json!({"tool_name": "AskUserQuestion", "tool_use_id": "t", "input": input});
        assert_eq!(asked(&given)["interaction_data"]["interaction_type"], "review");
        assert_eq!(told(&given, json!({"action": "approve"}), None)["updatedInput"], input);
    }
    let one = json!({"tool_name": "AskUserQuestion", "tool_use_id": "t",
        "input": {"questions": [{"question": "长".repeat(2_000), "options": ["是", "否"]}]}});
    let told = told(&one, json!({"q1": "是"}), None);
    assert_eq!(told["updatedInput"]["answers"], json!({"长".repeat(2_000): "是"}));
}
