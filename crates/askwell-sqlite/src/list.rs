//! Pages of sessions: every filter, every order, by keyset.
//!
//! A list is a few walks, each along an index, merged by key: apart for open and
//! closed sessions, so that open ones are found and counted without passing
//! closed ones; and apart for what names nobody and for each subject that the
//! caller is, so that what one may not see is not passed either. A walk through
//! closed sessions along an index of their order examines at most [`EXAMINED`]
//! rows a page: when a filter lets too few of them through, the page is short
//! and says where to go on. Neighbours: `list/sql.rs` puts the statements
//! together; `visible` says what is seen.

mod sql;

use std::collections::HashSet;

use askwell_app::ports::{Everybody, Order, SessionPage, SessionQuery, StoreError, Visible};
use askwell_core::Status;
use rusqlite::{Connection, Row, params_from_iter};
use uuid::Uuid;

use self::sql::{Sql, Varying};
use crate::error::Fault;
use crate::{rows, visible};

/// How many closed sessions are examined for one page at most.
const EXAMINED: usize = if cfg!(test) { 20 } else { 20_000 };

/// Where in an order a session stands.
type Place = (i64, Uuid);

/// A session of a page.
struct Hit {
    place: Place,
    number: i64,
}

/// Whether sessions are open or closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Open,
    Closed,
}

/// The part of a half that one walk goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slice<'a> {
    /// All of it; what may not be seen is passed over.
    Whole,
    /// What names nobody.
    Unnamed,
    /// What names somebody.
    Named,
    /// What this subject has a row for.
    Of(&'a str),
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
    let descends = descends(query.order);
    let mut hits = Vec::new();
    // The first place, in order, beyond which some walk has not looked.
    let mut cut: Option<Place> = None;
    for half in [Half::Open, Half::Closed] {
        let statuses = statuses(half, query);
        if statuses.is_empty() {
            continue;
        }
        for slice in slices(query, half) {
            let walk = walk(conn, query, half, &slice, &statuses, after)?;
            hits.extend(walk.hits);
            cut = match (cut, walk.cut) {
                (Some(a), Some(b)) => Some(if descends { a.max(b) } else { a.min(b) }),
                (a, b) => a.or(b),
            };
        }
    }
    hits.sort_by(|a, b| if descends { b.place.cmp(&a.place) } else { a.place.cmp(&b.place) });
    // The same session may have been met as several subjects.
    hits.dedup_by_key(|hit| hit.number);
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

/// The walks that make a half. A filter with an index of its own is walked whole: it is narrow already.
fn slices(query: &SessionQuery, half: Half) -> Vec<Slice<'_>> {
    if matches!(query.visible, Visible::Only(_)) || sql::has_own_index(query) {
        return vec![Slice::Whole];
    }
    // Open sessions by deadline have one index, which the clock needs whole.
    let by_deadline = half == Half::Open && query.order == Order::ExpiresAsc;
    let by_end = half == Half::Closed && query.order == Order::UpdatedDesc;
    match &query.visible {
        Visible::To { subjects, everybody, .. } => {
            let unnamed = (*everybody == Everybody::Seen).then_some(Slice::Unnamed);
            unnamed.into_iter().chain(subjects.iter().map(|subject| Slice::Of(subject))).collect()
        }
        _ if by_deadline || by_end => vec![Slice::Whole],
        _ => vec![Slice::Unnamed, Slice::Named],
    }
}

fn walk(
    conn: &Connection,
    query: &SessionQuery,
    half: Half,
    slice: &Slice<'_>,
    statuses: &[Status],
    after: Option<Place>,
) -> Result<Walk, Fault> {
    let direction = if descends(query.order) { "DESC" } else { "ASC" };
    let mut sql = Sql::new(query, half, slice);
    let (key, id) = sql.order();
    if let Some(place) = after {
        sql.after(place, query.order);
    }
    sql.filters(query, half, statuses);
    let bounded = sql.is_bounded();
    let varying = if bounded { Varying::Judged } else { Varying::Required };
    let limit = if bounded { EXAMINED } else { query.limit + 1 };
    let (text, values) = sql.select(&format!("number, {key}, {id}"), varying);
    let text = format!("{text} ORDER BY {key} {direction}, {id} {direction} LIMIT {limit}");
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
                walk.cut = Some(place);
                return Ok(walk);
            }
        }
        if bounded && examined == EXAMINED {
            walk.cut = Some(place);
        }
    }
    Ok(walk)
}

/// How many open sessions match. Without a filter they are counted by audience, never one by one; a prefix of workflows
/// is a filter, too, as no audience is told apart by it.
fn total_open(conn: &Connection, query: &SessionQuery) -> Result<u64, Fault> {
    let statuses = statuses(Half::Open, query);
    if statuses.is_empty() {
        return Ok(0);
    }
    if !sql::has_filters(query) && !visible::has_prefix(&query.visible) {
        let counts = visible::statistics(conn, &query.visible)?;
        let count = |status: &Status| if *status == Status::Pending { counts.pending } else { counts.active };
        return Ok(statuses.iter().map(count).sum());
    }
    let mut numbers = HashSet::new();
    let mut total = 0;
    for slice in slices(query, Half::Open) {
        let mut sql = Sql::new(query, Half::Open, &slice);
        sql.filters(query, Half::Open, &statuses);
        if matches!(slice, Slice::Of(_)) {
            // A requester has a row of what names nobody, too, which is counted already.
            if matches!(&query.visible, Visible::To { everybody: Everybody::Seen, .. }) {
                sql.only_named();
            }
            let (text, values) = sql.select("number", Varying::Required);
            let mut statement = conn.prepare_cached(&text)?;
            let mut found = statement.query(params_from_iter(values))?;
            while let Some(row) = found.next()? {
                numbers.insert(row.get::<_, i64>(0)?);
            }
        } else {
            let (text, values) = sql.select("count(*)", Varying::Required);
            total += conn.prepare_cached(&text)?.query_row(params_from_iter(values), |row| row.get::<_, u64>(0))?;
        }
    }
    Ok(total + numbers.len() as u64)
}

fn of_half(half: Half) -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().filter(move |status| status.is_closed() == (half == Half::Closed))
}

fn statuses(half: Half, query: &SessionQuery) -> Vec<Status> {
    of_half(half).filter(|status| query.statuses.is_empty() || query.statuses.contains(status)).collect()
}

fn descends(order: Order) -> bool {
    matches!(order, Order::CreatedDesc | Order::UpdatedDesc)
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
