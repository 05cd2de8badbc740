//! Options, and a server that is not always there.

use clap::Parser;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header_exists, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: AskArgs,
}

fn args(line: &[&str]) -> AskArgs {
    Line::try_parse_from([&["ask"], line].concat()).unwrap_or_else(|error| panic!("{error}")).args
}

fn made(line: &[&str]) -> Value {
    let args = args(line);
    body(&args, args.json.as_deref()).unwrap_or_else(|error| panic!("{error:#}"))
}

fn refused(line: &[&str]) -> String {
    let args = args(line);
    format!("{:#}", body(&args, args.json.as_deref()).unwrap_err())
}

#[test]
fn options_become_a_body() {
    assert_eq!(
        made(&[
            "--title",
            "Deploy?",
            "--confirm",
            "--timeout",
            "60",
            "--risk",
            "high",
            "--consequence",
            "v2 goes live"
        ]),
        json!({
            "interaction_data": {
                "interaction_type": "confirmation", "title": "Deploy?", "message": "", "timeout": 60,
                "consequences": {"on_answer": "v2 goes live"},
            },
            "risk": "high",
        })
    );
    assert_eq!(
        made(&[
            "--title",
            "Where?",
            "--choose",
            "dev",
            "--choose",
            "prod=Production",
            "--multiple",
            "--default",
            "dev,prod",
            "--on-timeout",
            "default",
            "--workflow-id",
            "w",
            "--callback-url",
            "http://a.example/",
        ]),
        json!({
            "interaction_data": {
                "interaction_type": "selection", "title": "Where?", "message": "", "multiple": true,
                "options": [{"value": "dev", "label": "dev"}, {"value": "prod", "label": "Production"}],
                "default_value": ["dev", "prod"],
            },
            "on_timeout": "default", "workflow_id": "w", "callback_url": "http://a.example/",
        })
    );
    assert_eq!(
        made(&[
            "--title",
            "t",
            "--message",
            "m",
            "--text",
            "name",
            "--text",
            "port:integer=8080",
            "--text",
            "note:textarea="
        ])["interaction_data"]["fields"],
        json!([
            {"name": "name", "label": "name", "field_type": "text", "required": true},
            {"name": "port", "label": "port", "field_type": "integer", "required": false, "default": 8080},
            {"name": "note", "label": "note", "field_type": "textarea", "required": false, "default": ""},
        ])
    );
}

#[test]
fn json_is_a_body_or_a_question_and_options_lie_over_it() {
    let question = r#"{"interaction_type":"file_upload","title":"t","message":"m"}"#;
    let whole = format!(r#"{{"interaction_data":{question},"tags":["a"]}}"#);
    assert_eq!(made(&["--json", question])["interaction_data"]["interaction_type"], "file_upload");
    let body = made(&["--json", &whole, "--title", "other"]);
    assert_eq!((&body["tags"], &body["interaction_data"]["title"]), (&json!(["a"]), &json!("other")));
}

#[test]
fn wrong_options_say_what_is_wrong() {
    for (line, part) in [
        (&["--title", "t", "--text", ":text"][..], "found no name"),
        (&["--title", "t", "--confirm", "--timeout", "inf"], "expected a number of seconds"),
        (&["--title", "t", "--text", "a:number=x"], "does not fit the type number"),
        (&["--title", "t", "--choose", "=x"], "found no value"),
        (&["--title", "t", "--confirm", "--on-timeout", "default"], "needs --default"),
        (&["--json", "[]"], "no JSON object"),
    ] {
        assert!(refused(line).contains(part), "{line:?}: {}", refused(line));
    }
    for line in [
        &["--title", "t"][..],
        &["--confirm"],
        &["--title", "t", "--confirm", "--choose", "a"],
        &["--title", "t", "--confirm", "--multiple"],
        &["--title", "t", "--confirm", "--risk", "huge"],
    ] {
        assert!(Line::try_parse_from([&["ask"], line].concat()).is_err(), "{line:?}");
    }
    assert!(
        Client::new("ftp://a", None, Duration::ZERO).unwrap_err().to_string().contains("expected an http or https")
    );
}

fn closed(status: &str) -> Value {
    json!({"success": true, "session": {
        "status": status, "interaction_data": {"options": [{"value": "confirm"}, {"value": "cancel"}]},
        "response": {"response_data": {"choice": "confirm"}},
    }})
}

async fn asked(server: &MockServer, more: &[&str]) -> u8 {
    let uri = server.uri();
    let line = [&["--title", "t", "--confirm", "--server", &uri], more].concat();
    let args = args(&line);
    let (client, body) = prepare(&args).unwrap();
    ask(&args, &client, &body).await
}

#[tokio::test]
async fn a_question_survives_a_server_that_restarts() {
    let server = MockServer::start().await;
    let create = || Mock::given(method("POST")).and(path("/api/sessions")).and(header_exists("Idempotency-Key"));
    create()
        .respond_with(ResponseTemplate::new(503).insert_header("Retry-After", "0"))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    create()
        .and(body_partial_json(json!({"interaction_data": {"title": "t"}})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true, "session_id": "s1"})))
        .mount(&server)
        .await;
    let wait = || Mock::given(method("GET")).and(path("/api/sessions/s1")).and(query_param("wait", "30"));
    wait()
        .respond_with(ResponseTemplate::new(200).set_body_json(closed("pending")))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    wait().respond_with(ResponseTemplate::new(502)).up_to_n_times(1).mount(&server).await;
    wait().respond_with(ResponseTemplate::new(200).set_body_json(closed("completed"))).mount(&server).await;
    assert_eq!(asked(&server, &[]).await, 0);

    let requests = server.received_requests().await.unwrap();
    let keys: Vec<_> = requests.iter().filter_map(|request| request.headers.get("Idempotency-Key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "one key for all tries");
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    let server = MockServer::start().await;
    let body = json!({"success": false, "detail": "no", "errors": [{"pointer": "/x", "detail": "wrong"}]});
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(422).set_body_json(body))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(asked(&server, &[]).await, 2);
}

#[tokio::test]
async fn a_server_that_stays_away_is_given_up() {
    let args = args(&["--title", "t", "--confirm", "--server", "http://127.0.0.1:1", "--give-up-after", "0"]);
    let (client, body) = prepare(&args).unwrap();
    assert_eq!(ask(&args, &client, &body).await, 5);
}

#[test]
fn a_password_in_the_address_is_not_shown() {
    for (address, shown) in [
        ("http://127.0.0.1:8096/", "http://127.0.0.1:8096"),
        ("https://ci:s3cret@gate.example/askwell/", "https://gate.example/askwell"),
        ("https://:s3cret@gate.example", "https://gate.example"),
    ] {
        assert_eq!(Client::new(address, None, Duration::ZERO).unwrap().shown(), shown);
    }
}
