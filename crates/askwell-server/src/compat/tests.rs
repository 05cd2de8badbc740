use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::tests_support::{answered, opened};
use super::*;
use crate::wire::problem::Code as Failure;

fn limits() -> Limits {
    Limits {
        default_timeout: Duration::from_mins(5),
        review_timeout: Duration::from_mins(20),
        max_timeout: Duration::from_hours(1),
    }
}

fn now() -> Timestamp {
    "2027-01-15T08:00:00Z".parse().unwrap()
}

fn made(given: &Value) -> Value {
    create(given.clone(), now(), &limits()).unwrap().body
}

fn session(given: &Value) -> Session {
    opened(&made(given))
}

/// What is resumed with after this answer; nothing where it is refused.
fn resumed(given: &Value, response: Value, comment: Option<&str>) -> Option<Value> {
    answered(&session(given), response, comment).map(|session| resume(&session).unwrap())
}

/// The pointers of what is wrong.
fn wrong(given: &Value) -> Vec<String> {
    let problem = create(given.clone(), now(), &limits()).unwrap_err();
    assert_eq!(problem.code(), Failure::ValidationFailed, "{given}");
    let issues = problem.within("");
    issues
        .iter()
        .map(|issue| if let Issue::Body(finding) = issue { finding.pointer.clone() } else { panic!() })
        .collect()
}

const BIG: u64 = 18_446_744_073_709_551_615;

fn inbox(config: &Value) -> Value {
    json!({"action_request": {"action": "transfer", "args": {"amount": 250, "id": BIG, "rate": 1.0, "ok": null}},
        "config": config, "description": "## Pay Ann\nby noon", "callback_url": "https://x.example/", "tags": ["pay"]})
}

fn everything() -> Value {
    json!({"allow_accept": true, "allow_edit": true, "allow_respond": true, "allow_ignore": true})
}

#[test]
fn a_body_of_ours_stays_as_it_is() {
    for body in [
        json!({"interaction_data": {"interaction_type": "confirmation", "title": "t"}, "action_request": 1}),
        json!({"interaction_type": "confirmation", "title": "t", "id": "1", "reason": "r", "interrupts": []}),
        json!({"interaction_data": null, "id": "1"}),
        json!([]),
        json!([{"interaction_data": {}}]),
        json!("x"),
    ] {
        assert_eq!(made(&body), body);
    }
    let plain = json!({"interaction_data": {"interaction_type": "confirmation", "title": "t"}});
    assert!(resume(&answered(&opened(&plain), json!({"choice": "confirm"}), None).unwrap()).is_none());
}

#[test]
fn an_agent_inbox_becomes_a_review() {
    let body = made(&inbox(&everything()));
    assert_eq!(
        body["interaction_data"],
        json!({"interaction_type": "review", "title": "Pay Ann", "message": "## Pay Ann\nby noon", "actions": [{
            "kind": "transfer", "args": inbox(&json!({}))["action_request"]["args"],
            "allowed": ["approve", "edit", "modify", "abort"]}]})
    );
    assert_eq!((&body["callback_url"], &body["tags"]), (&json!("https://x.example/"), &json!(["pay"])));
    assert!(body.get("config").is_none() && body.get("description").is_none());
    assert_eq!(made(&json!([inbox(&everything())])), body);
    let bare = json!({"action_request": {"action": "transfer", "args": {"to": "长".repeat(300)}}});
    let body = made(&bare);
    let title = body["interaction_data"]["title"].as_str().unwrap();
    assert!(title.starts_with("transfer({\"to\":\"长") && title.chars().count() == 200);
    assert_eq!(body["interaction_data"]["actions"][0]["allowed"], json!(["approve", "modify", "abort"]));
}

#[test]
fn an_agent_inbox_is_answered_by_a_list_of_one() {
    let asked = inbox(&everything());
    let edited = json!({"amount": 9_007_199_254_740_993_u64, "id": 1, "rate": 2.0});
    for (response, comment, resumed_with) in [
        (json!({"action": "approve"}), None, json!([{"type": "accept", "args": null}])),
        (
            json!({"action": "approve", "edited": edited}),
            None,
            json!([{"type": "edit", "args": {"action": "transfer", "args": edited}}]),
        ),
        (
            json!({"action": "modify", "modification_instructions": "less"}),
            Some("a lot"),
            json!([{"type": "response", "args": "less\na lot"}]),
        ),
        (json!({"action": "abort"}), Some("no"), json!([{"type": "ignore", "args": null}])),
    ] {
        let given = resumed(&asked, response.clone(), comment).unwrap();
        // To the digit.
        assert_eq!(given.to_string(), resumed_with.to_string(), "{response}");
    }
}

#[test]
fn what_an_agent_inbox_does_not_allow_is_refused() {
    let edit_only = inbox(&json!({"allow_edit": true, "allow_accept": false}));
    let given = resumed(&edit_only, json!({"action": "approve"}), None).unwrap();
    assert_eq!(given, json!([{"type": "edit", "args": edit_only["action_request"]}]));
    for response in [json!({"action": "abort"}), json!({"action": "modify", "modification_instructions": "x"})] {
        assert!(resumed(&edit_only, response, None).is_none());
    }
    let accept_only = inbox(&json!({"allow_accept": true}));
    assert!(resumed(&accept_only, json!({"action": "approve", "edited": {}}), None).is_none());
}

#[test]
fn what_is_wrong_with_a_shape_is_named_in_its_own_words() {
    for (given, pointers) in [
        (json!({"action_request": 1}), vec!["/action_request"]),
        (
            json!({"action_request": {"args": []}, "config": 1}),
            vec!["/action_request/action", "/action_request/args", "/config"],
        ),
        (inbox(&json!({"allow_accept": "yes"})), vec!["/config/allow_accept", "/config"]),
        (inbox(&json!({})), vec!["/config"]),
        (json!([{"action_request": {}}]), vec!["/0/action_request/action"]),
        (json!([inbox(&everything()), inbox(&everything())]), vec![""]),
        (json!({"action_requests": []}), vec!["/action_requests"]),
        (
            json!({"action_requests": [{"name": "a"}, {"args": 1}, 2]}),
            vec!["/action_requests/1/name", "/action_requests/1/args", "/action_requests/2"],
        ),
        (
            json!({"action_requests": [{"name": "a"}], "review_configs": [{"action_name": "a", "allowed_decisions": ["ok"]}, {}]}),
            vec!["/review_configs/0/allowed_decisions/0", "/review_configs/1/action_name"],
        ),
        (
            json!({"action_requests": [{"name": "a"}], "review_configs": [{"action_name": "a", "allowed_decisions": []}]}),
            vec!["/review_configs/0/allowed_decisions"],
        ),
        (json!({"interrupts": {}}), vec!["/interrupts"]),
        (json!({"interrupts": []}), vec!["/interrupts"]),
        (
            json!({"interrupts": [{"id": "a", "reason": "r"}, {"id": "a", "reason": "r"}, {"id": "b"}]}),
            vec!["/interrupts/1/id", "/interrupts/2/reason"],
        ),
        (
            json!({"id": 1, "reason": "r", "responseSchema": "x", "expiresAt": "soon"}),
            vec!["/id", "/responseSchema", "/expiresAt"],
        ),
    ] {
        assert_eq!(wrong(&given), pointers, "{given}");
    }
    // And so is what the core finds.
    let create = create(json!([inbox(&everything())]), now(), &limits()).unwrap();
    let found = vec![
        Finding::new("/interaction_data/actions/0/args/x", Code::WrongType),
        Finding::new("/tags", Code::WrongType),
    ];
    let shown = format!("{:?}", create.problem(AppError::Invalid(found)));
    assert!(shown.contains("\"/0/action_request/args/x\"") && shown.contains("\"/0/tags\""), "{shown}");
}

fn middleware() -> Value {
    json!({
        "action_requests": [
            {"name": "send", "args": {"n": 1.0}, "description": "Send it"},
            {"name": "drop", "args": {"table": "t"}},
            {"name": "ask", "args": {}},
        ],
        "review_configs": [
            {"action_name": "ask", "allowed_decisions": ["respond"]},
            {"action_name": "send", "allowed_decisions": ["approve", "edit", "reject", "respond"]},
        ],
    })
}

#[test]
fn a_middleware_gets_a_decision_for_each_in_order() {
    let body = made(&middleware());
    let question = &body["interaction_data"];
    assert_eq!(question["title"], "Send it (+2)");
    let allowed: Vec<&Value> =
        question["actions"].as_array().unwrap().iter().map(|action| &action["allowed"]).collect();
    assert_eq!(
        allowed,
        [&json!(["approve", "edit", "modify", "abort"]), &json!(["approve", "modify", "abort"]), &json!(["modify"])]
    );
    let response = json!({"decisions": [
        {"action": "approve", "edited": {"n": 2}}, {"action": "abort", "comment": "never"},
        {"action": "modify", "comment": "the answer is 42"}]});
    assert_eq!(
        resumed(&middleware(), response, None).unwrap(),
        json!({"decisions": [
            {"type": "edit", "edited_action": {"name": "send", "args": {"n": 2}}},
            {"type": "reject", "message": "never"},
            {"type": "respond", "message": "the answer is 42"}]})
    );
    let no = json!({"decisions": [{"action": "modify", "comment": "later"}, {"action": "approve"}, {"action": "modify"}],
        "modification_instructions": "42"});
    let given = resumed(&middleware(), no, None).unwrap();
    assert_eq!(given["decisions"][0], json!({"type": "reject", "message": "later"}));
    assert_eq!(given["decisions"][2], json!({"type": "respond", "message": "42"}));
}

#[test]
fn a_middleware_never_gets_a_no_as_a_response() {
    let one = json!({"action_requests": [{"name": "a", "args": {}}], "review_configs": [
        {"action_name": "a", "allowed_decisions": ["respond", "reject", "edit"]}]});
    assert_eq!(
        resumed(&one, json!({"action": "modify", "modification_instructions": "no"}), None).unwrap(),
        json!({"decisions": [{"type": "reject", "message": "no"}]})
    );
    assert_eq!(resumed(&one, json!({"action": "abort"}), None).unwrap(), json!({"decisions": [{"type": "reject"}]}));
    assert_eq!(
        resumed(&one, json!({"action": "approve"}), None).unwrap(),
        json!({"decisions": [{"type": "edit", "edited_action": {"name": "a", "args": {}}}]})
    );
    let respond = json!({"action_requests": [{"name": "a"}], "review_configs": [
        {"action_name": "a", "allowed_decisions": ["respond"]}]});
    assert!(resumed(&respond, json!({"action": "abort"}), None).is_none());
    assert!(resumed(&respond, json!({"action": "approve"}), None).is_none());
}

#[test]
fn a_call_of_the_middleware_gets_one_decision() {
    let mut call = json!({"type": "tool_approval", "tool_call_id": "c-1", "name": "send", "args": {"n": 1.0}, "description": "Send it"});
    let action = &made(&call)["interaction_data"]["actions"][0];
    assert_eq!((&action["target"], &action["allowed"]), (&json!("c-1"), &json!(["approve", "modify", "abort"])));
    let no = json!({"action": "modify", "modification_instructions": "later"});
    assert_eq!(resumed(&call, json!({"action": "approve"}), None).unwrap(), json!({"type": "approve"}));
    assert_eq!(resumed(&call, no, None).unwrap(), json!({"type": "reject", "message": "later"}));
    let edit = json!({"action": "approve", "edited": {"n": 2.0}});
    assert!(resumed(&call, edit.clone(), None).is_none());
    call["response_schema"] = json!({"discriminator": {"mapping": {"approve": "#/a", "edit": "#/e", "other": "#/o"}}});
    let edited = json!({"type": "edit", "edited_action": {"name": "send", "args": {"n": 2.0}}});
    assert_eq!(resumed(&call, edit, None).unwrap().to_string(), edited.to_string());
    assert!(resumed(&call, json!({"action": "abort"}), None).is_none());
    for (schema, allowed) in [
        (json!({"properties": {"type": {"const": "approve"}}}), json!(["approve"])),
        (json!({"properties": {"type": {"enum": ["reject"]}}}), json!(["modify", "abort"])),
        (
            json!({"oneOf": [{"$ref": "#/$defs/E"}, {"properties": {"type": {"const": "reject"}}}],
                "$defs": {"E": {"properties": {"type": {"const": "edit"}}}}}),
            json!(["edit", "modify", "abort"]),
        ),
        (json!({"oneOf": [{"$ref": "#/gone"}, 1]}), json!(["approve", "modify", "abort"])),
    ] {
        call["response_schema"] = schema;
        assert_eq!(made(&call)["interaction_data"]["actions"][0]["allowed"], allowed);
    }
    assert_eq!(wrong(&json!({"type": "tool_approval", "name": "x", "args": 1})), ["/args"]);
}

fn approval(id: &str) -> Value {
    json!({"id": id, "reason": "tool_call", "toolCallId": "tc-1", "message": "Send?", "metadata": {"toolName": "send", "args": {"n": 1}},
        "responseSchema": {"type": "object", "properties": {"approved": {"type": "boolean"},
            "editedArgs": {"type": "object", "description": "whole"}}, "required": ["approved"]}})
}

#[test]
fn an_interrupt_is_approved_in_its_payload() {
    let action = &made(&approval("i"))["interaction_data"]["actions"][0];
    assert_eq!(
        (&action["kind"], &action["target"], &action["allowed"]),
        (&json!("send"), &json!("tc-1"), &json!(["approve", "edit", "abort"]))
    );
    let of = |given: Value, response: Value| resumed(&given, response, None).unwrap();
    let (yes, no) = (json!({"action": "approve"}), json!({"action": "abort"}));
    let resolved = |payload: Value| json!({"interruptId": "i", "status": "resolved", "payload": payload});
    assert_eq!(of(approval("i"), yes.clone()), resolved(json!({"approved": true})));
    assert_eq!(of(approval("i"), no.clone()), resolved(json!({"approved": false})));
    assert_eq!(
        of(approval("i"), json!({"action": "approve", "edited": {"n": 2}})),
        resolved(json!({"approved": true, "editedArgs": {"n": 2}}))
    );
    let confirmation = json!({"id": "i", "reason": "confirmation"});
    assert_eq!(of(confirmation.clone(), yes), resolved(json!(true)));
    assert_eq!(of(confirmation, no.clone()), resolved(json!(false)));
    let foreign = json!({"id": "i", "reason": "mastra:workflow_suspend"});
    assert_eq!(of(foreign, no), json!({"interruptId": "i", "status": "cancelled"}));
}

#[test]
fn an_interrupt_with_a_schema_is_held_to_it() {
    let given = json!({"id": "i", "reason": "input_required", "message": "How many?", "responseSchema":
        {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}});
    let of = |response: Value| resumed(&given, response, None);
    assert_eq!(
        of(json!({"n": BIG})).unwrap().to_string(),
        format!(r#"{{"interruptId":"i","status":"resolved","payload":{{"n":{BIG}}}}}"#)
    );
    assert!(of(json!({"n": "1"})).is_none() && of(json!({"n": 0})).is_none());
    // One that says more of the edited arguments than that they are an object, too.
    let mut strict = approval("i");
    strict["responseSchema"]["properties"]["editedArgs"]["required"] = json!(["n"]);
    assert!(resumed(&strict, json!({"approved": true, "editedArgs": {}}), None).is_none());
    assert!(resumed(&strict, json!({"approved": true, "editedArgs": {"n": 1}}), None).is_some());
}

#[test]
fn all_interrupts_of_a_run_are_answered_together() {
    let acts = json!({"interrupts": [approval("a"), {"id": "b", "reason": "confirmation"}]});
    let response = json!({"decisions": [{"action": "abort"}, {"action": "approve"}]});
    assert_eq!(
        resumed(&acts, response, None).unwrap(),
        json!([{"interruptId": "a", "status": "resolved", "payload": {"approved": false}},
            {"interruptId": "b", "status": "resolved", "payload": true}])
    );
    let mixed = json!({"interrupts": [{"id": "x/y", "reason": "input_required", "message": "Why?"}, approval("b")]});
    assert_eq!(made(&mixed)["interaction_data"]["schema"]["properties"]["x/y"]["title"], "Why?");
    assert_eq!(
        resumed(&mixed, json!({"x/y": "so", "b": {"approved": true}}), None).unwrap(),
        json!([{"interruptId": "x/y", "status": "resolved", "payload": "so"},
            {"interruptId": "b", "status": "resolved", "payload": {"approved": true}}])
    );
    assert!(resumed(&mixed, json!({"x/y": "so"}), None).is_none());
    let edited = json!({"approved": true, "editedArgs": {"n": 2}});
    assert_eq!(resumed(&mixed, json!({"x/y": "so", "b": edited}), None).unwrap()[1]["payload"], edited);
    let asked = &made(&mixed)["interaction_data"];
    assert_eq!((&asked["message"], &asked["actions"][0]["args"]), (&json!("Why?\n\nSend?"), &json!({"n": 1})));
    let one = json!({"interrupts": [approval("a")]});
    assert!(resumed(&one, json!({"action": "approve"}), None).unwrap().is_array());
}

#[test]
fn definitions_hold_for_one_schema_among_several() {
    let of = |kinds: Value| {
        json!({"type": "object", "properties": {"to": {"$ref": "#/$defs/To"}},
            "required": ["to"], "$defs": {"To": {"$ref": "#/$defs/Kind"}, "Kind": {"type": "string", "enum": kinds}}})
    };
    let ask = |id: &str, kinds: Value| json!({"id": id, "reason": "input_required", "message": id, "responseSchema": of(kinds)});
    let given = json!({"interrupts": [ask("a b/%", json!(["ann"])), {"id": "plain", "reason": "confirmation"},
        ask("c~", json!(["bob"]))]});
    let says = |first: &str, last: &str| {
        resumed(&given, json!({"a b/%": {"to": first}, "plain": true, "c~": {"to": last}}), None)
    };
    assert_eq!(says("ann", "bob").unwrap()[2]["payload"], json!({"to": "bob"}));
    assert!(says("bob", "bob").is_none() && says("ann", "ann").is_none(), "each has its own");
    let asked = &made(&given)["interaction_data"]["schema"];
    assert_eq!(asked["$defs"]["0"]["title"], "a b/%");
    // A value by itself, too.
    let single = json!({"id": "i", "reason": "input_required", "responseSchema":
        {"type": "string", "$ref": "#/$defs/Kind", "$defs": {"Kind": {"enum": ["x", "y"]}}}});
    assert_eq!(resumed(&single, json!({"single_value": "y"}), None).unwrap()["payload"], "y");
    assert!(resumed(&single, json!({"single_value": "z"}), None).is_none());
}

#[test]
fn a_yes_means_what_the_schema_says() {
    let given = json!({"id": "i", "reason": "input_required", "message": "Error rate is 12 %",
        "responseSchema": {"type": "boolean", "title": "Abort the deployment?", "default": true}});
    let asked = &made(&given)["interaction_data"];
    assert_eq!(asked["interaction_type"], "custom");
    let field = &asked["schema"]["properties"]["single_value"];
    assert_eq!((&field["title"], &field["default"]), (&json!("Abort the deployment?"), &Value::Null));
    let resolved = |payload: Value| json!({"interruptId": "i", "status": "resolved", "payload": payload});
    assert_eq!(resumed(&given, json!({"single_value": false}), None).unwrap(), resolved(json!(false)));
    let open = json!({"id": "i", "reason": "input_required", "message": "Which region?"});
    assert_eq!(resumed(&open, json!({"single_value": "eu-west"}), None).unwrap(), resolved(json!("eu-west")));
    // Where the tool is known, what will run is shown beside what is to be filled in.
    let mut more = approval("i");
    more["responseSchema"]["properties"]["approved"]["default"] = json!(true);
    more["responseSchema"]["properties"]["note"] = json!({"type": "string"});
    let asked = &made(&more)["interaction_data"];
    assert_eq!((&asked["actions"][0]["kind"], &asked["actions"][0]["args"]), (&json!("send"), &json!({"n": 1})));
    assert!(asked["schema"]["properties"]["approved"]["default"].is_null());
}

#[test]
fn whose_words_become_a_tools_result_is_told_so() {
    let described = |allowed: Value| {
        let given = json!({"action_requests": [{"name": "a", "args": {}}],
            "review_configs": [{"action_name": "a", "allowed_decisions": allowed}]});
        made(&given)["interaction_data"]["actions"][0]["description"].clone()
    };
    assert!(described(json!(["approve", "respond"]))["en"].as_str().unwrap().contains("own result"));
    assert!(described(json!(["approve", "reject", "respond"])).is_null());
}

#[test]
fn what_is_to_be_done_instead_is_told_of_what_is_sent_back() {
    let two = json!({"action_requests": [{"name": "transfer", "args": {}}, {"name": "delete", "args": {}}]});
    let response =
        json!({"decisions": [{"action": "modify"}, {"action": "abort"}], "modification_instructions": "make it 50"});
    assert_eq!(
        resumed(&two, response, None).unwrap(),
        json!({"decisions": [{"type": "reject", "message": "make it 50"}, {"type": "reject"}]})
    );
}

#[test]
fn an_interrupt_is_asked_no_longer_than_it_lasts() {
    let timeout = |expires_at: &str, timeout: Value| {
        let mut given = approval("i");
        given["expiresAt"] = expires_at.into();
        given["timeout"] = timeout;
        made(&given)["interaction_data"]["timeout"].as_f64().unwrap()
    };
    assert!((timeout("2027-01-15T08:01:30Z", Value::Null) - 90.0).abs() < 1e-9);
    assert!((timeout("2027-01-15T09:01:30+01:00", json!(30)) - 30.0).abs() < 1e-9);
    assert!((timeout("2030-01-01T00:00:00Z", Value::Null) - 3600.0).abs() < 1e-9);
    assert!(timeout("2020-01-01T00:00:00Z", Value::Null) < 0.0);
}

/// Any small object, with numbers of every kind.
fn args() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..3).prop_map(|map| map.into_iter().collect()),
        ]
    });
    prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(|map| map.into_iter().collect())
}

/// One decision of ours.
fn decision() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"action": "approve"})),
        args().prop_map(|edited| json!({"action": "approve", "edited": edited})),
        Just(json!({"action": "modify", "comment": "w", "modification_instructions": "w"})),
        Just(json!({"action": "abort"})),
    ]
}

/// What was admitted of a decision must come back as a type that is allowed, with arguments to the digit.
fn fits(kind: &str, allowed: &[&str]) -> Result<(), TestCaseError> {
    prop_assert!(allowed.contains(&kind), "{} is none of {:?}", kind, allowed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_agent_inbox_gets_only_what_it_allows(
        args in args(),
        allowed in subsequence(vec!["accept", "edit", "respond", "ignore"], 1..=4),
        decision in decision(),
    ) {
        let config: Map<String, Value> = allowed.iter().map(|word| (format!("allow_{word}"), true.into())).collect();
        let given = json!({"action_request": {"action": "f", "args": args}, "config": config});
        let Some(resumed) = resumed(&given, decision.clone(), None) else { return Ok(()) };
        let [one] = resumed.as_array().unwrap().as_slice() else { panic!("{resumed}") };
        let kind = one["type"].as_str().unwrap();
        fits(&kind.replace("response", "respond"), &allowed)?;
        match kind {
            "edit" => {
                let ran = if decision["edited"].is_object() { &decision["edited"] } else { &args };
                prop_assert_eq!(one["args"]["args"].to_string(), ran.to_string());
                prop_assert_eq!(&one["args"]["action"], "f");
            }
            "response" => prop_assert!(one["args"].is_string()),
            _ => prop_assert!(one["args"].is_null()),
        }
    }

    #[test]
    fn a_middleware_gets_only_what_it_allows(
        asked in prop::collection::vec((args(), subsequence(vec!["approve", "edit", "reject", "respond"], 1..=4)), 1..4),
        decisions in prop::collection::vec(decision(), 4),
    ) {
        let requests: Vec<Value> =
            asked.iter().enumerate().map(|(n, (args, _))| json!({"name": format!("f{n}"), "args": args})).collect();
        let configs: Vec<Value> = asked.iter().enumerate()
            .map(|(n, (_, allowed))| json!({"action_name": format!("f{n}"), "allowed_decisions": allowed})).collect();
        let given = json!({"action_requests": requests, "review_configs": configs});
        let decisions = &decisions[..asked.len()];
        let response = if let [one] = decisions { one.clone() } else { json!({ "decisions": decisions }) };
        let Some(resumed) = resumed(&given, response, None) else { return Ok(()) };
        let resumed = resumed["decisions"].as_array().unwrap();
        prop_assert_eq!(resumed.len(), asked.len());
        for (n, ((one, (args, allowed)), decision)) in resumed.iter().zip(&asked).zip(decisions).enumerate() {
            let kind = one["type"].as_str().unwrap();
            fits(kind, allowed)?;
            if decision["action"] == "abort" {
                prop_assert_eq!(kind, "reject");
            }
            if kind == "edit" {
                let ran = if decision["edited"].is_object() { &decision["edited"] } else { args };
                prop_assert_eq!(one["edited_action"]["args"].to_string(), ran.to_string());
                prop_assert_eq!(&one["edited_action"]["name"], &format!("f{n}"));
            }
        }
    }

    #[test]
    fn no_body_breaks_the_recognisers(body in args(), key in "action_requests?|interrupts|action_request|id|config|review_configs", value in args()) {
        let mut body = body;
        body[&key] = value.clone();
        body["reason"] = value;
        if let Ok(made) = create(body, now(), &limits()) {
            prop_assert!(made.body.is_object());
        }
    }
}
