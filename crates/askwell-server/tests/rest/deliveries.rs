use serde_json::json;

use crate::harness::{Harness, question, yes};

#[tokio::test]
async fn callbacks_are_listed_and_sent_again() {
    let server = Harness::new().await;
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    let path = server.open(&body).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let list = server.get("/api/deliveries").await.expect(200);
    let delivery = &list["deliveries"][0];
    assert_eq!(delivery["url"], "https://hooks.example.com/x");
    assert!(path.ends_with(delivery["session_id"].as_str().unwrap()));
    let id = delivery["delivery_id"].as_str().unwrap();
    let again = server.post(&format!("/api/deliveries/{id}/redeliver"), &json!({})).await.expect(200);
    assert_eq!(again["delivery"]["delivery_id"], id);
    let of_session = format!("/api/deliveries?state=dead&session_id={}", delivery["session_id"].as_str().unwrap());
    assert_eq!(server.get(&of_session).await.expect(200)["deliveries"], json!([]));
    server.get("/api/deliveries?state=lost").await.problem(422, "validation_failed");
    for id in ["nope", "0190a000-0000-7000-8000-000000000000"] {
        server.post(&format!("/api/deliveries/{id}/redeliver"), &json!({})).await.problem(404, "delivery_not_found");
    }
}

#[tokio::test]
async fn a_refused_callback_is_a_warning() {
    let server = Harness::new().await;
    server.sender.refuse("loopback", "egress.allow_hosts");
    let mut body = question();
    body["callback_url"] = json!("https://hooks.example.com/x");
    let opened = server.post("/api/sessions", &body).await.expect(200);
    assert_eq!(opened["warnings"][0]["code"], "callback_refused_by_egress");
    assert!(opened["warnings"][0]["detail"].as_str().unwrap().contains("egress.allow_hosts"));
}
