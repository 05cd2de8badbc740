//! The statement of one walk.
//!
//! The fixed conditions belong to the index that is walked; the varying ones
//! are judged for each row that is passed.

use askwell_app::ports::{Order, SessionQuery, Visible};
use askwell_core::Status;
use rusqlite::types::Value;

use super::{Half, Place, Slice, descends, of_half};
use crate::visible;

/// A statement being put together.
pub(super) struct Sql {
    /// What is walked: `sessions INDEXED BY …`, or a subject's rows joined with their sessions.
    from: String,
    /// The columns of its order.
    key: &'static str,
    id: &'static str,
    /// Whether it walks closed sessions along an index of their order, and so can stop anywhere.
    streams_closed: bool,
    fixed: Vec<String>,
    fixed_values: Vec<Value>,
    varying: Vec<String>,
    varying_values: Vec<Value>,
}

/// What becomes of the varying conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varying {
    /// They are a last column: rows that do not meet them are passed, and seen to be.
    Judged,
    /// They are conditions as all others.
    Required,
}

/// Whether a filter has an index of its own.
pub(super) fn has_own_index(query: &SessionQuery) -> bool {
    query.node_id.is_some() || query.workflow_id.is_some() || query.assignee.is_some()
}

/// Whether anything but the status is asked for.
pub(super) fn has_filters(query: &SessionQuery) -> bool {
    has_own_index(query)
        || !query.kinds.is_empty()
        || !query.tags.is_empty()
        || query.text.is_some()
        || query.created_after.is_some()
        || query.created_before.is_some()
}

impl Sql {
    pub(super) fn new(query: &SessionQuery, half: Half, slice: &Slice<'_>) -> Self {
        let mut sql = match slice {
            Slice::Of(subject) => Self::of_subject(subject, query.order, half),
            _ => Self::of_sessions(query, half, slice),
        };
        for (comparison, at) in [(">=", query.created_after), ("<", query.created_before)] {
            if let Some(at) = at {
                let column = if matches!(slice, Slice::Of(_)) { "opened_at" } else { "created_at" };
                sql.fixed(&format!("{column} {comparison} ?"), [Value::from(at.as_millisecond())]);
            }
        }
        sql
    }

    fn of_sessions(query: &SessionQuery, half: Half, slice: &Slice<'_>) -> Self {
        let open = half == Half::Open;
        let order = query.order;
        let choose = |of_open, of_closed| if open { of_open } else { of_closed };
        let (index, equal) = if let Some(node) = &query.node_id {
            (choose("sessions_open_node", "sessions_closed_node"), Some(("node_id", node)))
        } else if let Some(workflow) = &query.workflow_id {
            (choose("sessions_open_workflow", "sessions_closed_workflow"), Some(("workflow_id", workflow)))
        } else if let Some(assignee) = &query.assignee {
            (choose("sessions_open_assignee", "sessions_closed_assignee"), Some(("assignee", assignee)))
        } else if open && order == Order::ExpiresAsc {
            ("sessions_open_expires", None)
        } else if !open && order == Order::UpdatedDesc {
            ("sessions_closed_at", None)
        } else {
            (choose("sessions_open_created", "sessions_closed_created"), None)
        };
        let only = matches!(query.visible, Visible::Only(_));
        let by_creation = matches!(order, Order::CreatedDesc | Order::CreatedAsc);
        let mut sql = Self {
            from: if only { "sessions".to_owned() } else { format!("sessions INDEXED BY {index}") },
            key: match (order, half) {
                (Order::CreatedDesc | Order::CreatedAsc, _) => "created_at",
                (Order::ExpiresAsc, _) => "expires_at",
                (Order::UpdatedDesc, Half::Open) => "updated_at",
                // A closed session changes no more, so both are the same, and this one has an index.
                (Order::UpdatedDesc, Half::Closed) => "closed_at",
            },
            id: "id",
            streams_closed: !open && !only && (by_creation || index == "sessions_closed_at"),
            fixed: vec![choose("closed_at IS NULL", "closed_at IS NOT NULL").to_owned()],
            fixed_values: Vec::new(),
            varying: Vec::new(),
            varying_values: Vec::new(),
        };
        if let Some((column, value)) = equal {
            sql.fixed(&format!("{column} = ?"), [Value::from(value.clone())]);
        }
        let named = match slice {
            Slice::Unnamed => "named = 0",
            Slice::Named => "named = 1",
            Slice::Whole | Slice::Of(_) => return sql,
        };
        if index.ends_with("created") {
            sql.fixed(named, []);
        } else {
            sql.varying(named, []);
        }
        sql
    }

    fn of_subject(subject: &str, order: Order, half: Half) -> Self {
        let by_end = half == Half::Closed && order == Order::UpdatedDesc;
        let (index, ended) = match half {
            Half::Open => ("eligible_open", "ended_at IS NULL"),
            Half::Closed if by_end => ("eligible_ended", "ended_at IS NOT NULL"),
            Half::Closed => ("eligible_closed", "ended_at IS NOT NULL"),
        };
        let key = match order {
            Order::CreatedDesc | Order::CreatedAsc => "opened_at",
            Order::ExpiresAsc => "expires_at",
            Order::UpdatedDesc if by_end => "ended_at",
            Order::UpdatedDesc => "updated_at",
        };
        Self {
            from: format!("eligible INDEXED BY {index} CROSS JOIN sessions ON number = session"),
            key,
            id: "uuid",
            streams_closed: half == Half::Closed && order != Order::ExpiresAsc,
            fixed: vec!["subject = ?".to_owned(), ended.to_owned()],
            fixed_values: vec![Value::from(subject.to_owned())],
            varying: Vec::new(),
            varying_values: Vec::new(),
        }
    }

    /// The columns of its order.
    pub(super) fn order(&self) -> (&'static str, &'static str) {
        (self.key, self.id)
    }

    /// Only what comes after a place.
    pub(super) fn after(&mut self, (value, id): Place, order: Order) {
        let comparison = if descends(order) { "<" } else { ">" };
        let condition = format!("({}, {}) {comparison} (?, ?)", self.key, self.id);
        self.fixed(&condition, [Value::from(value), Value::from(id.as_bytes().to_vec())]);
    }

    /// Only what names somebody.
    pub(super) fn only_named(&mut self) {
        self.fixed("named = 1", []);
    }

    /// Whether it must be stopped although it has not found enough.
    pub(super) fn is_bounded(&self) -> bool {
        self.streams_closed && !self.varying.is_empty()
    }

    fn fixed<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.fixed.push(condition.to_owned());
        self.fixed_values.extend(values);
    }

    fn varying<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.varying.push(condition.to_owned());
        self.varying_values.extend(values);
    }

    pub(super) fn filters(&mut self, query: &SessionQuery, half: Half, statuses: &[Status]) {
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
                && !self.from.ends_with(column.trim_end_matches("_id"))
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
        self.visibility(query);
    }

    /// What the walk itself does not keep to already.
    fn visibility(&mut self, query: &SessionQuery) {
        let (condition, values) = match &query.visible {
            Visible::To { workflow_prefix: Some(prefix), .. } if !has_own_index(query) => {
                (visible::prefix_condition().to_owned(), visible::prefix_values(prefix))
            }
            Visible::To { .. } if !has_own_index(query) => return,
            visible => match visible::condition(visible) {
                Some(condition) => condition,
                None => return,
            },
        };
        self.varying.push(condition);
        self.varying_values.extend(values);
    }

    /// The statement, and its values.
    pub(super) fn select(self, columns: &str, role: Varying) -> (String, Vec<Value>) {
        let varying = if self.varying.is_empty() { "TRUE".to_owned() } else { self.varying.join(" AND ") };
        let fixed = self.fixed.join(" AND ");
        let from = format!("FROM {}", self.from);
        if role == Varying::Judged {
            let values = self.varying_values.into_iter().chain(self.fixed_values).collect();
            return (format!("SELECT {columns}, ({varying}) IS TRUE {from} WHERE {fixed}"), values);
        }
        let values = self.fixed_values.into_iter().chain(self.varying_values).collect();
        (format!("SELECT {columns}, TRUE {from} WHERE {fixed} AND {varying}"), values)
    }
}

fn json<T: serde::Serialize>(values: &[T]) -> Value {
    Value::from(serde_json::json!(values).to_string())
}
