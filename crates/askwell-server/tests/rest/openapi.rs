//! What the documentation says, against what the code says. `UPDATE_DOCS=1` writes it anew.

use std::path::Path;

use crate::harness::Harness;

fn holds(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/reference/{file} is out of date: UPDATE_DOCS=1 cargo test -p askwell-server");
}

#[tokio::test]
async fn the_description_is_the_one_in_the_repository() {
    let server = Harness::new().await;
    let reply = server.get("/api/openapi.json").await;
    let description = reply.expect(200);
    assert_eq!(description, askwell_server::openapi());
    assert_eq!(description["openapi"], "3.1.0");
    holds("openapi.json", std::str::from_utf8(&reply.bytes).unwrap());
}

#[test]
fn the_errors_are_those_in_the_repository() {
    holds("errors.md", &askwell_server::error_reference());
}
