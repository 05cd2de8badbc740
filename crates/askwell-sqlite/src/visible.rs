//! What a caller may see, as conditions and as counts.

use askwell_app::ports::{Everybody, Statistics, Visible};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

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

/// The counts of what is visible: of audiences, never of sessions, unless a prefix asks for it.
pub(crate) fn statistics(conn: &Connection, visible: &Visible) -> Result<Statistics, Fault> {
    let counts = match visible {
        Visible::All => Totals::read(conn)?.sessions,
        Visible::To { subjects, everybody, workflow_prefix: None } => {
            let seen = *everybody == Everybody::Seen;
            let sql = format!(
                "SELECT {COUNTS} FROM audiences WHERE (?1 AND named = 0) OR id IN
                    (SELECT audience FROM audience_subjects WHERE subject IN (SELECT value FROM json_each(?2)))"
            );
            let mut counts = conn.prepare_cached(&sql)?.query_row(params![seen, subjects_value(subjects)], six)?;
            if seen {
                // Sessions of no audience: all of them, less those of any.
                let all = Totals::read(conn)?.sessions;
                let told = conn.prepare_cached(&format!("SELECT {COUNTS} FROM audiences"))?.query_row([], six)?;
                for ((count, all), told) in counts.iter_mut().zip(all).zip(told) {
                    *count += all - told;
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
