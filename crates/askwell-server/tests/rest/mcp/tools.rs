//! What each tool does.

use serde_json::{Value, json};

use super::client::Client;
use crate::harness::Harness;

async fn respond(server: &Harness, id: &Value, response: Value) {
    let path = format!("/api/sessions/{}/respond", id.as_str().unwrap());
    server.post(&path, &json!({"response": response, "user_id": "ann", "comment": "so be it"})).await.expect(200);
}

#[tokio::test]
async fn a_question_is_asked_answered_and_fetched() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let asked = client.told("ask_human", &json!({"title": "Deploy?", "wait_seconds": 0})).await;
    assert_eq!(asked["status"], "pending");
    let id = asked["request_id"].as_str().unwrap();
    assert_eq!(asked["url"], format!("http://localhost:8096/r/{id}"));
    assert!(asked["expires_at"].is_string() && asked["retry_after_seconds"].is_number());
    let literal = format!("get_response with {{\"request_id\":\"{id}\",\"wait_seconds\":50}}");
    assert!(asked["hint"].as_str().unwrap().contains(&literal), "{asked}");
    respond(&server, &asked["request_id"], json!({"choice": "confirm"})).await;
    let fetched = client.told("get_response", &json!({"request_id": id})).await;
    assert_eq!((&fetched["status"], &fetched["response"]), (&json!("completed"), &json!({"choice": "confirm"})));
    assert_eq!(fetched["comment"], "so be it");
    assert!(fetched["retry_after_seconds"].is_null());
}

#[tokio::test]
async fn every_kind_of_question_can_be_asked() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let table = [
        (json!({"title": "a"}), "confirmation", json!({"choice": "cancel"})),
        (
            json!({"title": "b", "interaction_type": "selection", "options": ["x", {"value": "y", "label": "Y"}],
            "multiple": "true"}),
            "selection",
            json!({"selection": ["x", "y"]}),
        ),
        (json!({"title": "c", "interaction_type": "text_input"}), "text_input", json!({"answer": "words"})),
        (json!({"title": "c", "interaction_type": "form", "fields": []}), "text_input", json!({"answer": "words"})),
        // As clients ask that send every key there is.
        (
            json!({"title": "a", "options": [], "fields": [], "multiple": false, "default_value": null, "risk": ""}),
            "confirmation",
            json!({"choice": "confirm"}),
        ),
        (
            json!({"title": "d", "fields": "[{\"name\":\"n\",\"label\":\"N\",\"field_type\":\"number\"}]"}),
            "text_input",
            json!({"n": 3}),
        ),
        (json!({"title": "e", "interaction_type": "file_upload"}), "file_upload", Value::Null),
    ];
    for (mut arguments, kind, response) in table {
        arguments["wait_seconds"] = json!("0");
        let asked = client.told("ask_human", &arguments).await;
        let path = format!("/api/sessions/{}", asked["request_id"].as_str().unwrap());
        let session = server.get(&path).await.expect(200)["session"].clone();
        assert_eq!(session["interaction_data"]["interaction_type"], kind);
        assert_eq!(session["requester"], "probe");
        if response.is_null() {
            continue;
        }
        respond(&server, &asked["request_id"], response.clone()).await;
        let fetched = client.told("get_response", &json!({"request_id": asked["request_id"]})).await;
        assert_eq!(fetched["response"], response, "{arguments}");
    }
}

#[tokio::test]
async fn a_wrong_question_is_refused_by_its_arguments() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let table = [
        (json!({}), "/title"),
        (json!({"title": ["x"]}), "/title"),
        (json!({"title": "x", "interaction_type": "poll"}), "/interaction_type"),
        (json!({"title": "x", "interaction_type": "selection", "options": []}), "/options"),
        (json!({"title": "x", "options": [{"value": "a"}, {"value": "a"}]}), "/options/1"),
        (json!({"title": "x", "timeout_seconds": "soon"}), "/timeout_seconds"),
        (json!({"title": "x", "risk": "huge"}), "/risk"),
        (json!({"title": "x", "wait_seconds": {}}), "/wait_seconds"),
    ];
    for (arguments, place) in table {
        let text = client.refused("ask_human", &arguments).await;
        assert!(text.contains(&format!("\n{place}: ")), "{arguments}: {text}");
    }
    assert_eq!(server.get("/api/sessions").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn deadlines_that_models_guess_are_clamped_and_said() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    for (seconds, taken) in [(json!(1e9), 3_600), (json!("999999"), 3_600), (json!(0.01), 1), (json!(-1), 300)] {
        let arguments = json!({"title": "x", "timeout_seconds": seconds, "wait_seconds": 0});
        let asked = client.told("ask_human", &arguments).await;
        assert!(asked["notes"][0].as_str().unwrap().contains("timeout_seconds"), "{asked}");
        let path = format!("/api/sessions/{}", asked["request_id"].as_str().unwrap());
        let session = server.get(&path).await.expect(200)["session"].clone();
        assert_eq!(session["interaction_data"]["timeout"], taken);
    }
}

#[tokio::test]
async fn the_same_key_asks_once() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let arguments = json!({"title": "x", "idempotency_key": "k", "wait_seconds": 0});
    let first = client.told("ask_human", &arguments).await;
    // How long a call waits is no part of what it asks.
    let longer = json!({"title": "x", "idempotency_key": "k", "wait_seconds": "0.0"});
    let second = client.told("ask_human", &longer).await;
    assert_eq!(first["request_id"], second["request_id"]);
    assert!(second["notes"][0].as_str().unwrap().contains("idempotency_key"));
    respond(&server, &first["request_id"], json!({"choice": "confirm"})).await;
    let third = client.told("ask_human", &json!({"title": "x", "idempotency_key": "k"})).await;
    assert_eq!((&third["status"], &third["request_id"]), (&json!("completed"), &first["request_id"]));
    // Nor is what the client calls itself.
    let renamed = Client::new(&server).named("cursor");
    let fourth = renamed.told("ask_human", &json!({"title": "x", "idempotency_key": "k"})).await;
    assert_eq!(fourth["request_id"], first["request_id"]);
    let text = client.refused("ask_human", &json!({"title": "y", "idempotency_key": "k", "wait_seconds": 0})).await;
    assert!(text.contains("idempotency_mismatch"), "{text}");
}

#[tokio::test]
async fn an_approval_comes_back_in_its_own_words() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let table = [
        (json!({"action": "approve"}), "approve", Value::Null, Value::Null),
        (json!({"action": "approve", "edited": {"replicas": 2}}), "approve", json!({"replicas": 2}), Value::Null),
        (json!({"action": "modify", "modification_instructions": "less"}), "modify", Value::Null, json!("so be it")),
        (json!({"action": "abort"}), "reject", Value::Null, json!("so be it")),
    ];
    for (response, decision, edited, comment) in table {
        let arguments = json!({"action": "scale", "args": {"replicas": 3}, "allow_edit": "true", "risk": "high",
            "consequences": "It costs more.", "wait_seconds": 0});
        let asked = client.told("request_approval", &arguments).await;
        assert!(asked["decision"].is_null());
        let path = format!("/api/sessions/{}", asked["request_id"].as_str().unwrap());
        let session = server.get(&path).await.expect(200)["session"].clone();
        let question = &session["interaction_data"];
        assert_eq!((&question["interaction_type"], &session["risk"]), (&json!("review"), &json!("high")));
        assert_eq!(question["actions"][0]["args"], json!({"replicas": 3}));
        assert_eq!(question["consequences"]["on_answer"], "It costs more.");
        respond(&server, &asked["request_id"], response).await;
        let told = client.told("get_response", &json!({"request_id": asked["request_id"]})).await;
        assert_eq!((&told["decision"], &told["edited_args"]), (&json!(decision), &edited), "{told}");
        if !comment.is_null() {
            assert_eq!(told["comment"], comment);
        }
    }
}

#[tokio::test]
async fn a_request_is_cancelled_once_and_stays_so() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let asked = client.told("ask_human", &json!({"title": "x", "wait_seconds": 0})).await;
    let arguments = json!({"request_id": asked["request_id"], "reason": "found out"});
    for _ in 0..2 {
        let told = client.told("cancel_request", &arguments).await;
        assert_eq!((&told["status"], &told["reason"]), (&json!("cancelled"), &json!("found out")));
    }
    let answered = client.told("ask_human", &json!({"title": "y", "wait_seconds": 0})).await;
    respond(&server, &answered["request_id"], json!({"choice": "confirm"})).await;
    let told = client.told("cancel_request", &json!({"request_id": answered["request_id"]})).await;
    assert_eq!(told["status"], "completed");
}

#[tokio::test]
async fn what_is_not_there_is_an_error_of_the_tool() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        for tool in ["get_response", "cancel_request"] {
            let text = client.refused(tool, &json!({ "request_id": id })).await;
            assert!(text.contains("session_not_found"), "{text}");
        }
    }
}

#[tokio::test]
async fn ones_own_requests_come_first() {
    let server = Harness::new().await;
    let (one, two) = (Client::new(&server).named("one"), Client::new(&server).named("two"));
    for (client, title) in [(&one, "a"), (&two, "b"), (&one, "c"), (&two, "d")] {
        client.told("ask_human", &json!({"title": title, "wait_seconds": 0})).await;
    }
    let listed = one.told("list_requests", &json!({})).await;
    let titles: Vec<_> = listed["requests"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
    assert_eq!(titles, ["c", "a", "d", "b"]);
    assert_eq!((&listed["total"], &listed["requests"][0]["whose"]), (&json!(4), &json!("own")));
    assert_eq!(one.told("list_requests", &json!({"limit": "1"})).await["requests"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_notice_can_only_be_seen() {
    let server = Harness::new().await;
    let client = Client::hearing(&server);
    let told = client.told("notify_human", &json!({"title": "Done", "message": "All **went** well"})).await;
    assert_eq!(told["status"], "pending");
    let path = format!("/api/sessions/{}", told["request_id"].as_str().unwrap());
    let session = server.get(&path).await.expect(200)["session"].clone();
    let options = session["interaction_data"]["options"].as_array().unwrap().clone();
    assert_eq!((options.len(), &options[0]["value"]), (1, &json!("seen")));
}
