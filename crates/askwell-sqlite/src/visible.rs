//! What a caller may see, as conditions and as counts.

use askwell_app::ports::{Everybody, Statistics, Visible};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use crate::batch::Totals;
use crate::error::Fault;

/// The condition on a row of sessions, and its values; nothing where all is visible.
pub(crate) fn condition(visible: &Visible) -> Option<(String, Vec<Value>)> {
    match visible {
        Visible::All => None,
        Visible::Workflows(prefix) => Some((prefix_condition().to_owned(), prefix_values(prefix))),
        Visible::Only(id) => Some(("id = ?".to_owned(), vec![Value::from(id.0.as_bytes().to_vec())])),
        Visible::To { subjects, everybody, workflow_prefix } => {
            let by_row = "EXISTS (SELECT 1 FROM eligible own WHERE own.session = number
                           AND own.subject IN (SELECT value FROM json_each(?)))";
            let mut values = vec![subjects_value(subjects)];
            let mut text = match everybody {
                Everybody::Seen => format!("(named = 0 OR {by_row})"),
                Everybody::Unseen => by_row.to_owned(),
            };
            if let Some(prefix) = workflow_prefix {
                text = format!("{text} AND {}", prefix_condition());
                values.extend(prefix_values(prefix));
            }
            Some((text, values))
        }
    }
}

/// Whether workflows tell apart what may be seen.
pub(crate) fn has_prefix(visible: &Visible) -> bool {
    matches!(visible, Visible::Workflows(_) | Visible::To { workflow_prefix: Some(_), .. })
}

/// The condition that a workflow begins so.
pub(crate) fn prefix_condition() -> &'static str {
    "substr(workflow_id, 1, length(?)) = ?"
}

/// Its values.
pub(crate) fn prefix_values(prefix: &str) -> Vec<Value> {
    vec![Value::from(prefix.to_owned()), Value::from(prefix.to_owned())]
}

pub(crate) fn subjects_value(subjects: &[String]) -> Value {
    Value::from(serde_json::json!(subjects).to_string())
}

const COUNTS: &str = "coalesce(sum(pending), 0), coalesce(sum(active), 0), coalesce(sum(completed), 0),
    coalesce(sum(timeout), 0), coalesce(sum(cancelled), 0), coalesce(sum(error), 0)";

/// The counts of what is visible: of the audiences one is in, never of sessions, unless a prefix asks for it.
pub(crate) fn statistics(conn: &Connection, visible: &Visible) -> Result<Statistics, Fault> {
    let counts = match visible {
        Visible::All => Totals::read(conn)?.sessions,
        Visible::To { subjects, everybody, workflow_prefix: None } => {
            let own = "id IN (SELECT audience FROM audience_subjects
                              WHERE subject IN (SELECT value FROM json_each(?1)))";
            // What names nobody is everybody's, whoever asked: not to be counted as one's own besides.
            let counted = match everybody {
                Everybody::Seen => "named = 1 AND",
                Everybody::Unseen => "",
            };
            let sql = format!("SELECT {COUNTS} FROM audiences WHERE {counted} {own}");
            let mut counts = conn.prepare_cached(&sql)?.query_row([subjects_value(subjects)], six)?;
            if *everybody == Everybody::Seen {
                let Totals { sessions, named, .. } = Totals::read(conn)?;
                for ((count, all), named) in counts.iter_mut().zip(sessions).zip(named) {
                    *count += all - named;
                }
            }
            counts
        }
        Visible::To { .. } | Visible::Workflows(_) | Visible::Only(_) => by_session(conn, visible)?,
    };
    let [pending, active, completed, timeout, cancelled, error] = counts.map(|count| u64::try_from(count).unwrap_or(0));
    Ok(Statistics { pending, active, completed, timeout, cancelled, error })
}

/// Where workflows tell apart what may be seen, sessions are counted one by one.
fn by_session(conn: &Connection, visible: &Visible) -> rusqlite::Result<[i64; 6]> {
    let Some((condition, values)) = condition(visible) else { return Ok([0; 6]) };
    let column = |status: &str| format!("coalesce(sum(status = '{status}'), 0)");
    let columns: Vec<_> = askwell_core::Status::ALL.iter().map(|status| column(status.as_str())).collect();
    // The rows of a subject lead to its sessions; else all must be looked at.
    let from = match visible {
        Visible::To { everybody: Everybody::Unseen, .. } => {
            "sessions WHERE number IN (SELECT session FROM eligible WHERE subject IN (SELECT value FROM json_each(?)))"
        }
        _ => "sessions WHERE TRUE",
    };
    let sql = format!("SELECT {} FROM {from} AND {condition}", columns.join(", "));
    let mut bound = Vec::new();
    if let Visible::To { subjects, everybody: Everybody::Unseen, .. } = visible {
        bound.push(subjects_value(subjects));
    }
    bound.extend(values);
    conn.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(bound), six)
}

fn six(row: &Row<'_>) -> rusqlite::Result<[i64; 6]> {
    let mut counts = [0; 6];
    for (index, count) in counts.iter_mut().enumerate() {
        *count = row.get(index)?;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use askwell_app::ports::{Clock, Ids, SessionQuery, SessionStore};
    use askwell_core::Change;
    use askwell_core::session::Parties;
    use askwell_testkit::fixtures::{Question, cancelled, person, then};
    use askwell_testkit::{TestClock, TestIds};

    use super::*;
    use crate::{SqliteOptions, SqliteStore, list};

    struct Scene {
        folder: tempfile::TempDir,
        store: SqliteStore,
        ids: TestIds,
        clock: TestClock,
    }

    impl Scene {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap();
            Self { folder, store, ids: TestIds::default(), clock: TestClock::new() }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("askwell.db")
        }

        async fn open(&self, make: impl FnOnce(Question) -> Question) -> askwell_core::Session {
            let commit = make(Question::new(self.ids.session(), &self.clock.now())).open();
            let session = commit.session.clone();
            self.store.commit(commit).await.unwrap();
            session
        }

        fn steps<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> u64 {
            crate::steps::steps(&self.path(), work)
        }
    }

    #[tokio::test]
    async fn whoever_counts_passes_no_audience_of_others() {
        let scene = Scene::new();
        let ann = Visible::To {
            subjects: vec!["user:ann".to_owned(), "asked:ann".to_owned()],
            everybody: Everybody::Seen,
            workflow_prefix: None,
        };
        scene.open(|question| question.requester("ann")).await;
        scene.open(|question| question.requester("bob").candidate("ann")).await;
        let made_up = async |from: usize, to: usize| {
            for name in (from..to).map(|index| format!("made-up-{index}")) {
                scene.open(|question| question.requester("bob").on_behalf_of(&name)).await;
                scene.open(|question| question.requester("bob").candidate(&name)).await;
            }
        };
        made_up(0, 2).await;
        let before = scene.steps(|conn| statistics(conn, &ann));
        made_up(2, 50).await;
        assert_eq!(scene.steps(|conn| statistics(conn, &ann)), before);
        assert_eq!(scene.store.statistics(ann).await.unwrap().pending, 52);
    }

    #[tokio::test]
    async fn a_page_of_a_prefix_passes_no_closed_sessions_to_be_counted() {
        let scene = Scene::new();
        let asked = || vec!["asked:ann".to_owned()];
        let prefix = || "deploy".to_owned();
        let tokens = [
            Visible::Workflows(prefix()),
            Visible::To { subjects: asked(), everybody: Everybody::Unseen, workflow_prefix: Some(prefix()) },
        ];
        let close = async || {
            for _ in 0..30 {
                let session = scene.open(|question| question.requester("ann").workflow("deploy-eu")).await;
                let closing = then(&session, &scene.clock.now(), [cancelled("ann")]);
                scene.store.commit(closing).await.unwrap();
            }
        };
        let page = |visible: &Visible| SessionQuery { visible: visible.clone(), limit: 3, ..SessionQuery::default() };
        for _ in 0..3 {
            scene.open(|question| question.requester("ann").workflow("deploy-eu")).await;
        }
        close().await;
        let steps = || tokens.each_ref().map(|token| scene.steps(|conn| list::page(conn, &page(token))));
        let before = steps();
        close().await;
        close().await;
        assert_eq!(steps(), before);
        for token in &tokens {
            assert_eq!(scene.store.sessions(page(token)).await.unwrap().total_open, 3);
        }
    }

    #[tokio::test]
    async fn an_audience_that_counts_nothing_any_more_is_removed() {
        let scene = Scene::new();
        let mut session = scene.open(|question| question.candidate("x-0").candidate("y")).await;
        for index in 1..20 {
            let candidates = vec![format!("x-{index}"), "y".to_owned()];
            let parties = Parties { assignee: None, candidates, watchers: Vec::new() };
            let commit = then(&session, &scene.clock.now(), [Change::CandidatesSet { by: person("ann"), parties }]);
            session = commit.session.clone();
            scene.store.commit(commit).await.unwrap();
        }
        let conn = Connection::open(scene.path()).unwrap();
        let count = |table: &str| -> i64 {
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        // Those two, and whoever asked.
        assert_eq!((count("audiences"), count("audience_subjects")), (1, 3));
    }
}
