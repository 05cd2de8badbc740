//! Requests as resources, and hearing of their changes.

use serde_json::{Value, json};

use super::client::Client;
use crate::harness::Harness;

const PENDING: &str = "askwell://requests/pending";

async fn asked(client: &Client<'_>, title: &str) -> String {
    let told = client.told("ask_human", &json!({"title": title, "wait_seconds": 0})).await;
    told["request_id"].as_str().unwrap().to_owned()
}

async fn respond(server: &Harness, id: &str) {
    let body = json!({"response": {"choice": "confirm"}, "user_id": "ann"});
    server.post(&format!("/api/sessions/{id}/respond"), &body).await.expect(200);
}

fn read(answer: &Value) -> Value {
    let contents = &answer["result"]["contents"][0];
    assert_eq!(contents["mimeType"], "application/json", "{answer}");
    serde_json::from_str(contents["text"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn requests_can_be_read() {
    let server = Harness::new().await;
    for client in [Client::new(&server), Client::new(&server).legacy("2025-06-18").await] {
        let listed = client.ask("resources/list", &json!({})).await;
        assert_eq!(listed["result"]["resources"][0]["uri"], PENDING, "{listed}");
        let templates = client.ask("resources/templates/list", &json!({})).await;
        assert_eq!(templates["result"]["resourceTemplates"][0]["uriTemplate"], "askwell://requests/{id}");
        let id = asked(&client, "x").await;
        let pending = read(&client.ask("resources/read", &json!({ "uri": PENDING })).await);
        assert_eq!((&pending["requests"][0]["request_id"], &pending["total"]), (&json!(id), &json!(1)));
        respond(&server, &id).await;
        let one = read(&client.ask("resources/read", &json!({"uri": format!("askwell://requests/{id}")})).await);
        assert_eq!((&one["status"], &one["response"]["choice"]), (&json!("completed"), &json!("confirm")));
    }
}

#[tokio::test]
async fn the_id_of_an_open_request_is_completed() {
    let server = Harness::new().await;
    for client in [Client::new(&server), Client::new(&server).legacy("2025-11-25").await] {
        let (id, closed) = (asked(&client, "x").await, asked(&client, "y").await);
        respond(&server, &closed).await;
        let ask = async |uri: &str, value: &str| {
            let params =
                json!({"ref": {"type": "ref/resource", "uri": uri}, "argument": {"name": "id", "value": value}});
            client.ask("completion/complete", &params).await["result"]["completion"]["values"].clone()
        };
        assert!(ask("askwell://requests/{id}", &id[..20]).await.as_array().unwrap().contains(&json!(id)));
        assert_eq!(ask("askwell://requests/{id}", &closed).await, json!([]));
        assert_eq!(ask("file:///{id}", "").await, json!([]));
    }
}

#[tokio::test]
async fn there_are_no_prompts() {
    let server = Harness::new().await;
    for client in [Client::new(&server), Client::new(&server).legacy("2025-06-18").await] {
        assert_eq!(client.ask("prompts/list", &json!({})).await["result"]["prompts"], json!([]));
        assert_eq!(client.ask("prompts/get", &json!({"name": "x"})).await["error"]["code"], -32_602);
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_read() {
    let server = Harness::new().await;
    let (new, old) = (Client::new(&server), Client::new(&server).legacy("2025-06-18").await);
    for uri in ["askwell://requests/x", "askwell://requests/00000000-0000-7000-8000-000000000000", "file:///etc/passwd"]
    {
        let params = json!({ "uri": uri });
        assert_eq!(new.ask("resources/read", &params).await["error"]["code"], -32_602, "{uri}");
        assert_eq!(old.ask("resources/read", &params).await["error"]["code"], -32_002, "{uri}");
    }
}

#[tokio::test]
async fn a_stream_tells_of_what_it_was_asked_for() {
    let server = Harness::new().await;
    let client = Client::new(&server);
    let id = asked(&client, "x").await;
    let one = format!("askwell://requests/{id}");
    let filter = json!({"notifications": {"resourceSubscriptions": [one, PENDING, "file:///etc/passwd"]}});
    let mut stream = client.open(&client.message(3, "subscriptions/listen", &filter)).await;
    let acknowledged = stream.next().await.unwrap();
    assert_eq!(
        acknowledged["params"]["notifications"]["resourceSubscriptions"],
        json!([one, PENDING]),
        "{acknowledged}"
    );
    let other = asked(&client, "y").await;
    let mut heard = Vec::new();
    heard.push(stream.next().await.unwrap()["params"]["uri"].clone());
    respond(&server, &id).await;
    for _ in 0..2 {
        heard.push(stream.next().await.unwrap()["params"]["uri"].clone());
    }
    assert_eq!(heard, [json!(PENDING), json!(one), json!(PENDING)], "{other}");
    let ((), last) = futures::future::join(server.app.stop(), stream.next()).await;
    assert!(last.unwrap()["result"].is_object(), "the stop ends it well");
}

#[tokio::test]
async fn what_changed_while_nobody_listened_is_told_afterwards() {
    let server = Harness::new().await;
    for place in [None, Some("0")] {
        let client = Client::new(&server).legacy("2025-11-25").await;
        assert!(client.ask("resources/subscribe", &json!({ "uri": PENDING })).await["error"].is_null());
        let mut first = client.listen(place).await;
        asked(&client, "x").await;
        assert_eq!(first.next().await.unwrap()["params"]["uri"], PENDING);
        let seen = first.last_event_id.take().unwrap();
        drop(first);
        for _ in 0..6 {
            asked(&client, "y").await;
        }
        for (place, missed) in [(seen.as_str(), 6), ("0", 7)] {
            let mut again = client.listen(Some(place)).await;
            for _ in 0..missed {
                assert_eq!(again.next().await.unwrap()["params"]["uri"], PENDING, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn an_older_client_subscribes_and_hears_beside_its_requests() {
    let server = Harness::new().await;
    let client = Client::new(&server).legacy("2025-06-18").await;
    let mut beside = client.listen(None).await;
    assert_eq!(beside.status, 200);
    let id = asked(&client, "x").await;
    let one = format!("askwell://requests/{id}");
    for uri in [one.as_str(), PENDING] {
        let answer = client.ask("resources/subscribe", &json!({ "uri": uri })).await;
        assert!(answer["error"].is_null(), "{answer}");
    }
    assert_eq!(client.ask("resources/subscribe", &json!({"uri": "file:///x"})).await["error"]["code"], -32_002);
    // The telling begins beside the answer: the first of these may come before it has.
    let mut heard = Value::Null;
    let hears = async {
        heard = beside.next().await.unwrap();
        beside.next().await.unwrap()
    };
    let happens = async {
        tokio::task::yield_now().await;
        server.clock.asleep(4).await;
        asked(&client, "y").await;
        respond(&server, &id).await;
    };
    let (second, ()) = futures::future::join(hears, happens).await;
    assert_eq!(heard["method"], "notifications/resources/updated", "{heard}");
    assert!([json!(PENDING), json!(one)].contains(&second["params"]["uri"]), "{second}");
}
