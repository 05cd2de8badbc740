use axum::http::Method;
use serde_json::json;

use crate::harness::{Harness, question, yes};

#[tokio::test]
async fn counts_and_health() {
    let server = Harness::new().await;
    let path = server.open(&question()).await;
    server.open(&question()).await;
    server.post(&format!("{path}/respond"), &yes("ann")).await.expect(200);
    let counts = json!({
        "active_sessions": 1, "total_sessions": 2, "completed_sessions": 1,
        "timeout_sessions": 0, "cancelled_sessions": 0, "error_sessions": 0,
    });
    assert_eq!(server.get("/api/statistics").await.expect(200), json!({"success": true, "statistics": counts}));
    let health = server.get("/api/health").await.expect(200);
    assert_eq!((&health["status"], &health["service"]), (&json!("healthy"), &json!("human_loop_mcp")));
    assert_eq!((&health["initialized"], &health["statistics"]), (&json!(true), &counts));
    server.get("/ready").await.expect(200);
    server.app.stop().await;
    assert_eq!(server.get("/api/health").await.expect(503)["status"], "unhealthy");
    server.get("/ready").await.expect(503);
}

#[tokio::test]
async fn every_template_opens() {
    let server = Harness::new().await;
    let chinese = server.get("/api/templates").await.expect(200);
    let english = server.call(Method::GET, "/api/templates", &[("accept-language", "en")], "").await.expect(200);
    assert_eq!(chinese["templates"]["confirmation"]["name"], "确认对话框");
    assert_eq!(english["templates"]["confirmation"]["name"], "Confirmation");
    for (kind, template) in chinese["templates"].as_object().unwrap() {
        assert_eq!(template["example"]["interaction_type"], json!(kind));
        let opened = server.post("/api/sessions", &json!({"interaction_data": template["example"]})).await.expect(200);
        assert!(opened.get("warnings").is_none(), "{kind}: {opened}");
    }
}
