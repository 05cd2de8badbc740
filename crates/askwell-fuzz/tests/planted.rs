//! Each target can fail: it is shown what a broken product would give, and must say so.

use askwell_app::ports::{BearerClaims, ExternalIdentity, Permission};
use askwell_core::audit::Head;
use askwell_core::interaction::Checked;
use askwell_core::{Code, Finding, Findings};
use askwell_fuzz::targets::{
    answer, audit_export, callback_url, configuration, draft, egress_rule, file_type, http, json, jwks, jwt, markdown,
    socketio, upload,
};
use askwell_fuzz::world::{Reply, panics};
use askwell_fuzz::{Verdict, targets};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

#[track_caller]
fn noticed(verdict: &Verdict, word: &str) {
    let words = verdict.as_ref().err().map(ToString::to_string).unwrap_or_default();
    assert!(!words.is_empty(), "it goes unnoticed");
    assert!(words.contains(word), "noticed for another reason: {words}");
}

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    Reply { status, headers, bytes: body.as_bytes().to_vec() }
}

fn claims() -> BearerClaims {
    let identity = ExternalIdentity {
        issuer: "jwt".to_owned(),
        subject: "mei".to_owned(),
        login_hint: None,
        name: None,
        email: None,
        groups: None,
    };
    BearerClaims { identity, expires_at: Timestamp::UNIX_EPOCH, id: None }
}

#[test]
fn a_key_that_stands_twice() {
    noticed(&json::judge(br#"{"a":1,"a":2}"#, &Ok(json!({"a": 2}))), "2 keys were written");
    let deep = (0..65).fold(json!(1), |inner, _| json!([inner]));
    noticed(&json::judge(deep.to_string().as_bytes(), &Ok(deep)), "nesting");
    let no_json = askwell_core::json::parse(b"[").unwrap_err();
    noticed(&json::judge(b"[]", &Err(no_json)), "called no JSON");
}

#[test]
fn a_draft_refused_without_a_reason_or_with_one_that_leads_nowhere() {
    noticed(&draft::judge(&json!({}), None, &Findings::default()), "a draft: false");
    let finding = Finding::new("/interaction_data/title", Code::TooLong);
    let findings = Findings { violations: vec![finding], warnings: Vec::new() };
    noticed(&draft::judge(&json!({"interaction_data": {}}), None, &findings), "where there is nothing");
}

#[test]
fn an_answer_that_is_none() {
    let question = answer::question("confirmation").unwrap();
    let taken = Checked { data: json!({"choice": "maybe"}), files: Vec::new(), warnings: Vec::new() };
    noticed(&answer::judge(&question, &json!({}), &Ok(taken)), "no normal form");
    noticed(&answer::judge(&question, &json!({}), &Err(Vec::new())), "without a reason");
}

#[test]
fn tampering() {
    let export = audit_export::export(r#"{"actor":"mei"}"#);
    let tampered = export.replace("mei", "eve");
    let head = Head::EMPTY;
    noticed(&audit_export::judge(&export, tampered.as_bytes(), &Ok(head)), "unnoticed");
    assert!(audit_export::verify(tampered.as_bytes()).is_err());
}

#[test]
fn a_callback_that_reaches_inside() {
    for inside in [
        "http://127.0.0.1/",
        "http://0x7f000001/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fd00::1]/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://8.8.8.8:22/",
        "http://user@8.8.8.8/",
        "ftp://8.8.8.8/",
    ] {
        noticed(&callback_url::judge(inside, &Permission::Allowed), "was let through");
    }
    let refused = |setting: &str| Permission::Refused { reason: "x".to_owned(), setting: setting.to_owned() };
    noticed(&callback_url::judge("http://10.0.0.1/", &refused("egress.allow_everything")), "allows nothing");
    assert_eq!(callback_url::judge("http://8.8.8.8/", &Permission::Allowed), Ok(()));
}

#[test]
fn a_refusal_to_start_that_does_not_say_where() {
    let refusal = |words: &str| configuration::judge_refusal("c.yaml".as_ref(), "a: 1\n", words);
    noticed(&refusal("the configuration does not hold:"), "without a reason");
    noticed(&refusal("the configuration does not hold:\n  something is wrong"), "does not say of what");
    noticed(&refusal("the configuration does not hold:\n  c.yaml:9: server.port: found 1"), "does not say of what");
    assert_eq!(refusal("the configuration does not hold:\n  c.yaml:1: server.port: found 1"), Ok(()));
}

#[test]
fn a_rule_that_reads_back_as_another() {
    noticed(&egress_rule::judge_host("b.org", &"*".parse()), "does not name");
}

#[test]
fn a_type_by_the_name_alone() {
    noticed(&file_type::judge("a.html", b"\xff", "text/html"), "no text");
    noticed(&file_type::judge("a.png", b"letters", "image/png"), "plain letters");
    noticed(&file_type::judge("a", b"", "text"), "no type");
}

#[test]
fn a_reply_that_is_not_as_documented() {
    let judge = |reply: &Reply, sent: &[u8]| http::judge("POST", "/api/sessions", sent, reply);
    noticed(&judge(&reply(500, &[], "oops"), b""), "500");
    noticed(&judge(&reply(418, &[], ""), b""), "not documented");
    noticed(&judge(&reply(405, &[("allow", "GET,POST")], ""), b""), "and allowed is");
    let headers = [("content-type", "application/problem+json"), ("x-request-id", "r")];
    let problem = |errors: &Value| {
        let told = json!({"type": "t", "title": "t", "detail": "d", "error": "e", "code": "c", "status": 422, "success": false,
            "request_id": "r", "errors": errors});
        reply(422, &headers, &told.to_string())
    };
    assert_eq!(judge(&problem(&json!([])), b"{}"), Ok(()));
    noticed(
        &judge(&problem(&json!([{"pointer": "/a/b", "code": "too_long"}])), br#"{"a":{}}"#),
        "where there is nothing",
    );
    noticed(&judge(&reply(422, &headers, "{}"), b""), "says {}");
}

#[test]
fn a_token_that_nobody_signed() {
    noticed(&jwks::judge("none", &Ok(claims())), "a signature of nobody's");
    let good = br#"{"sub":"mei","exp":4102444800}"#;
    assert_eq!(jwt::judge(br#"{"alg":"HS256"}"#, good, &Ok(claims())), Ok(()));
    noticed(&jwt::judge(br#"{"alg":"none"}"#, good, &Ok(claims())), "algorithm");
    noticed(&jwt::judge(br#"{"alg":"HS256","crit":["x"]}"#, good, &Ok(claims())), "crit");
    noticed(&jwt::judge(br#"{"alg":"HS256"}"#, br#"{"sub":"mei","exp":1}"#, &Ok(claims())), "although it ended");
    noticed(&jwt::judge(br#"{"alg":"HS256"}"#, br#"{"sub":"eve","exp":4102444800}"#, &Ok(claims())), "is taken for");
}

#[test]
fn html_that_runs() {
    for (html, word) in [
        ("<p>x</p><script>alert(1)</script>", "the tag"),
        ("<a href=\"javascript:alert(1)\">x</a>", "a link to"),
        ("<a href=\"//evil.example\">x</a>", "a link to"),
        ("<p onclick=\"x\">y</p>", "the attribute"),
        ("<p onclick=x>y</p>", "without quotes"),
        ("<img src=\"x\">", "the tag"),
        ("<p", "does not end"),
    ] {
        noticed(&markdown::judge(html), word);
    }
}

#[test]
fn an_acknowledgement_that_says_nothing() {
    noticed(&socketio::judge("hello"), "no packet");
    noticed(&socketio::judge("431[{}]"), "neither well nor badly");
    noticed(&socketio::judge(r#"431[{"success":false}]"#), "without a reason");
    noticed(&socketio::judge(r#"431[{"success":false,"code":"internal","status":500}]"#), "500");
}

#[test]
fn a_file_that_leaves_its_folder() {
    let file = |name: &str| {
        let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        json!({"name": name, "size": 5, "sha256": sha256})
    };
    let safe = [
        ("content-disposition", "attachment; filename=\"a\"; filename*=UTF-8''a"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox"),
    ];
    let download = |body: &str| reply(200, &safe, body);
    assert_eq!(upload::judge(b"a", &file("a"), &download("hello")), Ok(()));
    noticed(&upload::judge(b"../a", &file("../a"), &download("hello")), "a way, not a name");
    noticed(&upload::judge(b"b", &file("a"), &download("hello")), "not what was sent");
    noticed(&upload::judge(b"a", &file("a"), &download("other")), "other bytes");
    noticed(&upload::judge(b"a", &file("a"), &reply(200, &safe[1..], "hello")), "a browser shows it");
    noticed(&upload::judge(b"a", &file("a"), &reply(200, &safe[..2], "hello")), "a browser runs it");

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("files/0a")).unwrap();
    assert_eq!(upload::judge_disk(folder.path()), Ok(()));
    std::fs::write(folder.path().join("files/0a/passwd"), "x").unwrap();
    noticed(&upload::judge_disk(folder.path()), "lies among the files");
    std::fs::write(folder.path().join("passwd"), "x").unwrap();
    noticed(&upload::judge_disk(folder.path()), "lies beside the files");
}

#[test]
fn a_task_that_falls() {
    let before = panics();
    assert!(std::thread::spawn(|| panic!("as a task of the server's would")).join().is_err());
    assert_eq!(panics(), before + 1);
}

#[test]
fn every_target_is_shown_something() {
    let shown = include_str!("planted.rs");
    for target in targets::TARGETS {
        assert!(shown.contains(&format!("{}::judge", target.name)), "nothing is shown to {}", target.name);
    }
}
