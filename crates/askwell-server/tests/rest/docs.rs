use crate::harness::Harness;

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let server = Harness::new().await;
    for path in ["/docs", "/docs/errors", "/docs/docs.css", "/docs/docs.js"] {
        let reply = server.get(path).await;
        let text = String::from_utf8(reply.bytes.clone()).unwrap();
        assert_eq!(reply.status, 200, "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && policy.contains("require-trusted-types-for 'script'"));
        for bad in ["http://", "https://", "innerHTML", "eval(", "new Function", "style=", "onclick", "<script>"] {
            assert!(!text.contains(bad), "{path} has {bad}");
        }
    }
    let page = String::from_utf8(server.get("/docs").await.bytes).unwrap();
    for asset in page.split('"').filter(|part| part.starts_with("/docs/")) {
        assert_eq!(server.get(asset).await.status, 200, "{asset}");
    }
}
