//! The written reference names everything that the program has.

use std::path::Path;

fn reference(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn every_route_is_in_the_reference() {
    let text = reference("api.md");
    let description = askwell_server::openapi();
    let paths = description["paths"].as_object().into_iter().flatten();
    // The reference writes what belongs to a session as `…/{id}/…`.
    let missing: Vec<&str> = paths
        .map(|(path, _)| path.as_str())
        .filter(|path| {
            let tail = path.strip_prefix("/api/sessions/{session_id}").unwrap_or(path);
            !tail.is_empty() && !text.contains(tail)
        })
        .collect();
    assert!(missing.is_empty(), "docs/reference/api.md says nothing of {missing:?}");
}

#[test]
fn every_kind_field_type_and_event_is_in_the_reference() {
    let text = reference("api.md");
    for (kind, _) in askwell_core::interaction::examples() {
        assert!(text.contains(&format!("`{kind}`")), "api.md says nothing of {kind}");
    }
    for key in askwell_core::interaction::KEYS {
        assert!(text.contains(&format!("`{key}`")), "api.md says nothing of {key}");
    }
    let events = reference("events.md");
    for event in ["opened", "claimed", "released", "extended", "answered", "timed_out", "cancelled", "failed"] {
        assert!(events.contains(&format!("`{event}`")), "events.md says nothing of {event}");
    }
}
