//! A database as the original writes it, and what becomes of it.

use std::collections::HashMap;
use std::sync::Mutex;

use askwell_app::ports::Cursor;
use askwell_core::ids::SessionId;
use askwell_core::session::Source;
use askwell_core::{Event, Session};
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::*;

/// Takes sessions as an engine does.
#[derive(Default)]
struct Taken(Mutex<HashMap<SessionId, (Session, Vec<Event>)>>);

impl Taken {
    fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let id = commit.session.id();
        let mut sessions = self.0.lock().unwrap();
        if sessions.contains_key(&id) {
            return Err(StoreError::Stale);
        }
        assert!(commit.deliveries.is_empty());
        let wakes_at = commit.session.wakes_at();
        sessions.insert(id, (commit.session, commit.events));
        Ok(Committed { session: id, cursor: Cursor("1".into()), wakes_at, owes_delivery: false })
    }

    async fn import(&self, original: &Original) -> Report {
        import(original, &converter(), async |commit| self.commit(commit), &SystemClock::start()).await.unwrap()
    }
}

const PENDING: &str = "11111111-1111-4111-8111-111111111111";
const ANSWERED: &str = "22222222-2222-4222-8222-222222222222";
const CANCELLED: &str = "33333333-3333-4333-8333-333333333333";
const EXPIRED: &str = "44444444-4444-4444-8444-444444444444";

/// The original's schema, with a row for each fate.
fn fixture(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, workflow_id TEXT, callback_url TEXT, interaction_data TEXT,
               status TEXT, created_at TEXT, updated_at TEXT, expires_at TEXT, response_data TEXT, error_message TEXT);
             CREATE INDEX idx_sessions_status ON sessions(status);
             CREATE INDEX idx_sessions_workflow ON sessions(workflow_id);
             CREATE INDEX idx_sessions_expires ON sessions(expires_at);",
        )
        .unwrap();
    let asked = json!({
        "interaction_type": "confirmation", "title": "确认部署", "message": "?", "fields": null,
        "options": [{"value": "confirm", "label": "确认"}, {"value": "cancel", "label": "取消"}],
        "default_value": "cancel", "timeout": 300, "multiple": false, "accept_types": null, "max_file_size": null,
    })
    .to_string();
    let answer = json!({
        "session_id": ANSWERED, "response_data": {"choice": "confirm"},
        "submitted_at": "2025-06-17T10:31:00.250000", "user_id": "user-123",
    })
    .to_string();
    let row = |id: &str, status: &str, asked: &str, expires: &str, answer: Option<&str>, error: Option<&str>| {
        connection
            .execute(
                "INSERT INTO sessions VALUES (?1, 'wf', 'http://a.example/cb', ?2, ?3, '2025-06-17T10:30:00.123456',
                   '2025-06-17T10:31:00.250099', ?4, ?5, ?6)",
                (id, asked, status, expires, answer, error),
            )
            .unwrap();
    };
    row(PENDING, "pending", &asked, "2099-01-01T00:00:00", None, None);
    row(ANSWERED, "completed", &asked, "2025-06-17T10:35:00.123456", Some(&answer), None);
    row(CANCELLED, "cancelled", &asked, "2025-06-17T10:35:00", Some(&answer), Some("用户取消操作"));
    row(EXPIRED, "timeout", &asked, "2025-06-17T10:35:00", None, None);
    row("session-uuid-12345", "pending", &asked, "2025-06-17T10:35:00", None, None);
    row("bad-json", "pending", "{", "2025-06-17T10:35:00", None, None);
    row("bad-status", "sleeping", &asked, "2025-06-17T10:35:00", None, None);
    row("bad-time", "pending", &asked, "tomorrow", None, None);
    row("no-answer", "completed", &asked, "2025-06-17T10:35:00", None, None);
}

fn converter() -> Converter {
    Converter::new(TimeZone::UTC, SystemClock::start().now().run)
}

fn imported(sessions: &Taken, id: &str) -> (Session, Vec<Event>) {
    sessions.0.lock().unwrap()[&id.parse().unwrap()].clone()
}

#[tokio::test]
async fn every_fate_is_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("human_loop.db");
    fixture(&path);
    let before = std::fs::read(&path).unwrap();
    let original = Original::open(&path).unwrap();
    let sessions = Taken::default();
    let report = sessions.import(&original).await;
    assert_eq!((report.imported, report.open, report.overdue, report.renamed, report.present), (5, 2, 1, 1, 0));
    let reasons =
        ["interaction_data is no JSON", "\"sleeping\" is no status", "expires_at: \"tomorrow\"", "no response_data"];
    assert_eq!(report.skipped.len(), reasons.len());
    for (skipped, reason) in report.skipped.iter().zip(reasons) {
        assert!(skipped.contains(reason), "{skipped}");
    }

    let (pending, events) = imported(&sessions, PENDING);
    assert_eq!((pending.status, pending.version.0, events.len()), (Status::Pending, 1, 1));
    assert_eq!(pending.opened.at.to_string(), "2025-06-17T10:30:00.123Z");
    assert_eq!(pending.state.deadline.expires_at.to_string(), "2099-01-01T00:00:00Z");
    assert_eq!(pending.opened.workflow_id.as_deref(), Some("wf"));
    assert_eq!(pending.opened.metadata, None);

    let (answered, events) = imported(&sessions, ANSWERED);
    assert_eq!((answered.status, answered.version.0, events.len()), (Status::Completed, 2, 2));
    let response = answered.state.response.clone().unwrap();
    assert_eq!((response.data, response.source), (json!({"choice": "confirm"}), Source::Person));
    assert_eq!(response.by.unwrap().id, "user-123");
    assert_eq!(response.at.to_string(), "2025-06-17T10:31:00.25Z");

    let (cancelled, _) = imported(&sessions, CANCELLED);
    assert_eq!(cancelled.state.error_message.as_deref(), Some("用户取消操作"));
    assert_eq!(cancelled.state.response, None);
    assert_eq!(cancelled.opened.metadata.as_ref().unwrap()["original_response"], json!({"choice": "confirm"}));
    assert_eq!(imported(&sessions, EXPIRED).0.status, Status::Timeout);

    for (session, events) in sessions.0.lock().unwrap().values() {
        let made = events[1..].iter().fold(Session::from_opened(session.opened.clone()), Session::apply);
        assert_eq!(&made, session, "events and row agree");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before, "the original is only read");
}

#[tokio::test]
async fn a_second_run_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("human_loop.db");
    fixture(&path);
    let original = Original::open(&path).unwrap();
    let sessions = Taken::default();
    sessions.import(&original).await;
    let again = sessions.import(&original).await;
    assert_eq!((again.imported, again.present), (0, 5));
}

#[test]
fn strict_lists_all_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("human_loop.db");
    fixture(&path);
    let refusal = refuse_unreadable(&Original::open(&path).unwrap(), &converter()).unwrap_err().to_string();
    assert!(refusal.starts_with("4 rows cannot be read"), "{refusal}");
    assert!(refusal.contains("bad-time (row 8): expires_at"), "{refusal}");
}

#[test]
fn an_id_that_is_no_uuid_is_mapped_the_same_each_time() {
    let row = OriginalRow {
        session_id: Some("session-uuid-12345".into()),
        status: Some("pending".into()),
        interaction_data: Some(r#"{"interaction_type": "confirmation", "title": "?", "message": ""}"#.into()),
        created_at: Some("2025-06-17T10:30:00".into()),
        updated_at: Some("2025-06-17T10:30:00".into()),
        expires_at: Some("2025-06-17T10:35:00".into()),
        ..OriginalRow::default()
    };
    let one = converter().convert(&row).unwrap();
    let two = converter().convert(&row).unwrap();
    assert!(one.renamed);
    assert_eq!(one.session.id(), two.session.id());
    assert_eq!(one.session.opened.metadata.as_ref().unwrap()["original_session_id"], Value::from("session-uuid-12345"));
}

#[test]
fn only_a_database_of_the_original_is_one() {
    let is_original = |path: &Path| Original::open(path).is_ok();
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("human_loop.db");
    fixture(&original);
    assert!(is_original(&original));
    assert!(!is_original(&folder.path().join("none.db")));
    assert!(!folder.path().join("none.db").exists());
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE sessions (id TEXT, version INTEGER)").unwrap();
    assert!(!is_original(&other));
    let text = folder.path().join("text.db");
    std::fs::write(&text, "not a database at all, only some text").unwrap();
    assert!(!is_original(&text));
}
