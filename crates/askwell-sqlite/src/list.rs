//! Pages of sessions: every filter, every order, by keyset.
//!
//! A list is two walks, one through the open sessions and one through the
//! closed ones, each along its own index, merged by key. So open sessions are
//! found and counted without passing closed ones. A walk through closed
//! sessions along an index of their order examines at most [`EXAMINED`] rows a
//! page: when a filter lets too few of them through, the page is short and says
//! where to go on. Only closed sessions by deadline are sorted.

use askwell_app::ports::{Order, SessionPage, SessionQuery, StoreError};
use askwell_core::Status;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use uuid::Uuid;

use crate::batch::Totals;
use crate::error::Fault;
use crate::rows;

/// How many closed sessions are examined for one page at most.
const EXAMINED: usize = if cfg!(test) { 20 } else { 20_000 };

/// Where in an order a session stands.
type Place = (i64, Uuid);

/// A session of a page.
struct Hit {
    place: Place,
    number: i64,
}

/// Half of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Open,
    Closed,
}

/// What one walk found.
#[derive(Default)]
struct Walk {
    hits: Vec<Hit>,
    /// Where it stopped although there may be more.
    cut: Option<Place>,
}

/// The page that `query` asks for.
pub(crate) fn page(conn: &Connection, query: &SessionQuery) -> Result<SessionPage, Fault> {
    let after = match &query.place {
        Some(text) => Some(parse_place(text).ok_or(Fault::Refused(StoreError::InvalidPlace))?),
        None => None,
    };
    let mut hits = Vec::new();
    let mut cut = None;
    for half in [Half::Open, Half::Closed] {
        let statuses = statuses(half, query);
        if !statuses.is_empty() {
            let walk = walk(conn, query, half, &statuses, after)?;
            hits.extend(walk.hits);
            cut = cut.or(walk.cut);
        }
    }
    let descends = descends(query.order);
    hits.sort_by(|a, b| if descends { b.place.cmp(&a.place) } else { a.place.cmp(&b.place) });
    if let Some(cut) = cut {
        hits.retain(|hit| if descends { hit.place >= cut } else { hit.place <= cut });
    }
    let more = hits.len() > query.limit;
    hits.truncate(query.limit);
    let next = if more { hits.last().map(|hit| hit.place) } else { cut };
    let mut fetch = conn.prepare_cached(&format!("SELECT {} FROM sessions s WHERE s.number = ?1", rows::SESSION))?;
    let sessions = hits.iter().map(|hit| fetch.query_row([hit.number], rows::session)).collect::<Result<_, _>>()?;
    Ok(SessionPage { sessions, total_open: total_open(conn, query)?, next: next.map(place_text) })
}

fn walk(
    conn: &Connection,
    query: &SessionQuery,
    half: Half,
    statuses: &[Status],
    after: Option<Place>,
) -> Result<Walk, Fault> {
    let key = key(query.order, half);
    let direction = if descends(query.order) { "DESC" } else { "ASC" };
    let mut sql = Sql::new(query, half);
    if let Some((value, id)) = after {
        let comparison = if descends(query.order) { "<" } else { ">" };
        sql.fixed(
            &format!("({key}, id) {comparison} (?, ?)"),
            [Value::from(value), Value::from(id.as_bytes().to_vec())],
        );
    }
    sql.filters(query, half, statuses);
    let bounded = sql.streams_closed(query.order) && !sql.varying.is_empty();
    let limit = if bounded { EXAMINED } else { query.limit + 1 };
    let (text, values) = sql.select(&format!("number, {key}, id"), bounded);
    let text = format!("{text} ORDER BY {key} {direction}, id {direction} LIMIT {limit}");
    let mut statement = conn.prepare_cached(&text)?;
    let mut found = statement.query(params_from_iter(values))?;
    let mut walk = Walk::default();
    let mut examined = 0;
    while let Some(row) = found.next()? {
        examined += 1;
        let place = place_of(row)?;
        if row.get::<_, bool>(3)? {
            walk.hits.push(Hit { place, number: row.get(0)? });
            if walk.hits.len() > query.limit {
                return Ok(walk);
            }
        }
        if bounded && examined == EXAMINED {
            walk.cut = Some(place);
        }
    }
    Ok(walk)
}

fn total_open(conn: &Connection, query: &SessionQuery) -> Result<u64, Fault> {
    let statuses = statuses(Half::Open, query);
    if statuses.is_empty() {
        return Ok(0);
    }
    let mut sql = Sql::new(query, Half::Open);
    if sql.fixed.len() == 1 && !has_varying(query) {
        let totals = Totals::read(conn)?;
        return Ok(statuses.iter().map(|status| totals.of(*status)).sum());
    }
    sql.filters(query, Half::Open, &statuses);
    let (text, values) = sql.select("count(*)", false);
    Ok(conn.prepare_cached(&text)?.query_row(params_from_iter(values), |row| row.get(0))?)
}

/// A statement being put together. The fixed conditions belong to the index
/// that is walked; the varying ones are judged for each row that is passed.
struct Sql {
    index: &'static str,
    fixed: Vec<String>,
    fixed_values: Vec<Value>,
    varying: Vec<String>,
    varying_values: Vec<Value>,
}

impl Sql {
    fn new(query: &SessionQuery, half: Half) -> Self {
        let open = half == Half::Open;
        let choose = |of_open, of_closed| if open { of_open } else { of_closed };
        let (index, equal) = if let Some(node) = &query.node_id {
            (choose("sessions_open_node", "sessions_closed_node"), Some(("node_id", node)))
        } else if let Some(workflow) = &query.workflow_id {
            (choose("sessions_open_workflow", "sessions_closed_workflow"), Some(("workflow_id", workflow)))
        } else if let Some(assignee) = &query.assignee {
            (choose("sessions_open_assignee", "sessions_closed_assignee"), Some(("assignee", assignee)))
        } else if open && query.order == Order::ExpiresAsc {
            ("sessions_open_expires", None)
        } else if !open && query.order == Order::UpdatedDesc {
            ("sessions_closed_at", None)
        } else {
            (choose("sessions_open_created", "sessions_closed_created"), None)
        };
        let mut sql = Self {
            index,
            fixed: vec![choose("closed_at IS NULL", "closed_at IS NOT NULL").to_owned()],
            fixed_values: Vec::new(),
            varying: Vec::new(),
            varying_values: Vec::new(),
        };
        if let Some((column, value)) = equal {
            sql.fixed(&format!("{column} = ?"), [Value::from(value.clone())]);
        }
        for (comparison, at) in [(">=", query.created_after), ("<", query.created_before)] {
            if let Some(at) = at {
                sql.fixed(&format!("created_at {comparison} ?"), [Value::from(at.as_millisecond())]);
            }
        }
        sql
    }

    /// Whether it walks closed sessions along an index of their order, and so can stop anywhere.
    fn streams_closed(&self, order: Order) -> bool {
        match order {
            Order::CreatedDesc | Order::CreatedAsc => self.index.starts_with("sessions_closed"),
            Order::UpdatedDesc => self.index == "sessions_closed_at",
            Order::ExpiresAsc => false,
        }
    }

    fn fixed<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.fixed.push(condition.to_owned());
        self.fixed_values.extend(values);
    }

    fn varying<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.varying.push(condition.to_owned());
        self.varying_values.extend(values);
    }

    fn filters(&mut self, query: &SessionQuery, half: Half, statuses: &[Status]) {
        if statuses.len() < of_half(half).count() {
            let names: Vec<_> = statuses.iter().map(|status| status.as_str()).collect();
            self.varying("status IN (SELECT value FROM json_each(?))", [json(&names)]);
        }
        if !query.kinds.is_empty() {
            self.varying("kind IN (SELECT value FROM json_each(?))", [json(&query.kinds)]);
        }
        // One of these may be the index's own already; judging it twice costs nothing.
        for (column, value) in [("workflow_id", &query.workflow_id), ("assignee", &query.assignee)] {
            if let Some(value) = value
                && !self.index.ends_with(column.trim_end_matches("_id"))
            {
                self.varying(&format!("{column} = ?"), [Value::from(value.clone())]);
            }
        }
        for tag in &query.tags {
            self.varying(
                "EXISTS (SELECT 1 FROM json_each(opened, '$.tags') tag WHERE tag.value = ?)",
                [Value::from(tag.clone())],
            );
        }
        if let Some(text) = &query.text {
            let folded = text.to_lowercase();
            self.varying(
                "(contains_folded(json_extract(opened, '$.interaction.title'), ?)
                  OR contains_folded(json_extract(opened, '$.interaction.message'), ?))",
                [Value::from(folded.clone()), Value::from(folded)],
            );
        }
    }

    /// With `judged`, the varying conditions are a last column instead of a condition.
    fn select(self, columns: &str, judged: bool) -> (String, Vec<Value>) {
        let varying = if self.varying.is_empty() { "TRUE".to_owned() } else { self.varying.join(" AND ") };
        let fixed = self.fixed.join(" AND ");
        let from = format!("FROM sessions INDEXED BY {}", self.index);
        if judged {
            let values = self.varying_values.into_iter().chain(self.fixed_values).collect();
            return (format!("SELECT {columns}, ({varying}) IS TRUE {from} WHERE {fixed}"), values);
        }
        let values = self.fixed_values.into_iter().chain(self.varying_values).collect();
        (format!("SELECT {columns}, TRUE {from} WHERE {fixed} AND {varying}"), values)
    }
}

fn has_varying(query: &SessionQuery) -> bool {
    !query.kinds.is_empty() || !query.tags.is_empty() || query.text.is_some()
}

fn of_half(half: Half) -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().filter(move |status| status.is_closed() == (half == Half::Closed))
}

fn statuses(half: Half, query: &SessionQuery) -> Vec<Status> {
    of_half(half).filter(|status| query.statuses.is_empty() || query.statuses.contains(status)).collect()
}

fn key(order: Order, half: Half) -> &'static str {
    match (order, half) {
        (Order::CreatedDesc | Order::CreatedAsc, _) => "created_at",
        (Order::ExpiresAsc, _) => "expires_at",
        (Order::UpdatedDesc, Half::Open) => "updated_at",
        // A closed session changes no more, so both are the same, and this one has an index.
        (Order::UpdatedDesc, Half::Closed) => "closed_at",
    }
}

fn descends(order: Order) -> bool {
    matches!(order, Order::CreatedDesc | Order::UpdatedDesc)
}

fn json<T: serde::Serialize>(values: &[T]) -> Value {
    Value::from(serde_json::json!(values).to_string())
}

fn place_of(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok((row.get(1)?, rows::uuid(row, 2)?))
}

fn place_text((key, id): Place) -> String {
    format!("{key}.{}", id.simple())
}

fn parse_place(text: &str) -> Option<Place> {
    let (key, id) = text.split_once('.')?;
    Some((key.parse().ok()?, Uuid::parse_str(id).ok()?))
}

#[cfg(test)]
mod tests {
    use askwell_app::ports::{Clock, Ids, SessionStore};
    use askwell_testkit::fixtures::{Question, cancelled, then};
    use askwell_testkit::{TestClock, TestIds};

    use super::*;
    use crate::{SqliteOptions, SqliteStore};

    #[tokio::test]
    async fn a_filtered_walk_is_bounded_and_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap();
        let (ids, clock) = (TestIds::default(), TestClock::new());
        let mut expected = Vec::new();
        for index in 0..130 {
            let wanted = matches!(index, 2 | 3 | 55 | 60 | 110);
            let title = if wanted { "a needle" } else { "hay" };
            let commit = Question::new(ids.session(), &clock.now()).words(title, "").open();
            let session = commit.session.clone();
            store.commit(commit).await.unwrap();
            if index % 10 != 0 {
                store.commit(then(&session, &clock.now(), [cancelled("ci")])).await.unwrap();
            }
            if wanted {
                expected.push(session.id());
            }
            clock.advance(std::time::Duration::from_secs(1));
        }
        for order in [Order::CreatedDesc, Order::CreatedAsc, Order::UpdatedDesc] {
            let (mut found, mut pages, mut place) = (Vec::new(), 0, None);
            loop {
                let text = Some("Needle".to_owned());
                let query = SessionQuery { text, order, limit: 2, place, ..SessionQuery::default() };
                let page = store.sessions(query).await.unwrap();
                assert_eq!(page.total_open, 2);
                found.extend(page.sessions.iter().map(|stored| stored.session.id()));
                pages += 1;
                place = page.next;
                if place.is_none() {
                    break;
                }
            }
            if order != Order::CreatedAsc {
                found.reverse();
            }
            assert_eq!(found, expected, "{order:?}");
            assert!(pages > 5, "{pages}");
        }
    }
}
