//! The filters of a list, from its parameters.

use askwell_app::ports::{AuditQuery, DeliveryQuery, DeliveryState, Order, SessionQuery, Visible};
use askwell_core::Status;

use crate::wire::interaction;
use crate::wire::params::Params;
use crate::wire::problem::Problem;

/// Sessions on a page where nothing is said.
const PAGE: usize = 100;
/// The most on a page.
const MAX_PAGE: usize = 500;
/// Sessions on a page of who does not filter at all: the original knew no pages.
const UNFILTERED_PAGE: usize = 1_000;

/// Parameters that make a list a filtered one.
const FILTERS: [&str; 10] = [
    "status",
    "interaction_type",
    "assignee",
    "tag",
    "q",
    "created_after",
    "created_before",
    "sort",
    "limit",
    "cursor",
];

const ORDERS: [(&str, Order); 4] = [
    ("-created_at", Order::CreatedDesc),
    ("created_at", Order::CreatedAsc),
    ("expires_at", Order::ExpiresAsc),
    ("-updated_at", Order::UpdatedDesc),
];

/// Which sessions to list: open ones, unless a status or a workflow is named.
///
/// # Errors
/// Every parameter whose value is wrong.
pub(super) fn sessions(mut params: Params) -> Result<SessionQuery, Problem> {
    let workflow_id = params.text("workflow_id");
    let unfiltered = if params.has_any(&FILTERS) { PAGE } else { UNFILTERED_PAGE };
    let query = SessionQuery {
        visible: Visible::default(),
        statuses: statuses(&mut params, workflow_id.is_some()),
        kinds: kinds(&mut params),
        workflow_id,
        assignee: params.text("assignee"),
        node_id: None,
        tags: params.texts("tag"),
        text: params.text("q"),
        created_after: params.timestamp("created_after"),
        created_before: params.timestamp("created_before"),
        order: params.choice("sort", &ORDERS).unwrap_or_default(),
        limit: params.limit("limit", MAX_PAGE).unwrap_or(unfiltered),
        place: params.text("cursor"),
    };
    params.done(query)
}

fn statuses(params: &mut Params, of_workflow: bool) -> Vec<Status> {
    let words = params.words("status");
    if words.iter().any(|word| word == "all") {
        return Vec::new();
    }
    if words.is_empty() {
        return if of_workflow { Vec::new() } else { vec![Status::Pending, Status::Active] };
    }
    let mut statuses = Vec::new();
    for word in words {
        if let Ok(status) = word.parse() {
            statuses.push(status);
        } else {
            let allowed: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).chain(["all"]).collect();
            params.refuse_word("status", &word, &allowed);
        }
    }
    statuses
}

fn kinds(params: &mut Params) -> Vec<String> {
    let known = interaction::kinds();
    let words = params.words("interaction_type");
    for word in &words {
        if !known.contains(&word.as_str()) {
            params.refuse_word("interaction_type", word, &known);
        }
    }
    words
}

/// Which deliveries to list.
///
/// # Errors
/// Every parameter whose value is wrong.
pub(super) fn deliveries(mut params: Params) -> Result<DeliveryQuery, Problem> {
    let states = [DeliveryState::Pending, DeliveryState::Delivered, DeliveryState::Refused, DeliveryState::Dead]
        .map(|state| (state.as_str(), state));
    let query = DeliveryQuery {
        state: params.choice("state", &states),
        session: params.id("session_id"),
        limit: params.limit("limit", MAX_PAGE).unwrap_or(PAGE),
        place: params.text("cursor"),
    };
    params.done(query)
}

/// Which entries of the audit to list.
///
/// # Errors
/// Every parameter whose value is wrong.
pub(super) fn audit(mut params: Params) -> Result<AuditQuery, Problem> {
    let query = AuditQuery {
        actor: params.text("actor"),
        action: params.text("action"),
        session: params.id("session_id"),
        since: params.timestamp("since"),
        until: params.timestamp("until"),
        before: params.limit("before", usize::MAX).map(|number| number as u64),
        limit: params.limit("limit", MAX_PAGE).unwrap_or(PAGE),
    };
    params.done(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<SessionQuery, Problem> {
        sessions(Params::of(query))
    }

    #[test]
    fn lists_what_is_open_unless_told_otherwise() {
        let open = vec![Status::Pending, Status::Active];
        let table: [(&str, Vec<Status>, usize); 8] = [
            ("", open.clone(), 1_000),
            ("_=123", open.clone(), 1_000),
            ("workflow_id=w", vec![], 1_000),
            ("workflow_id=", open.clone(), 1_000),
            ("q=x", open, 100),
            ("workflow_id=w&limit=7", vec![], 7),
            ("status=all", vec![], 100),
            ("status=completed&status=timeout", vec![Status::Completed, Status::Timeout], 100),
        ];
        for (query, statuses, limit) in table {
            let parsed = of(query).unwrap();
            assert_eq!((parsed.statuses, parsed.limit), (statuses, limit), "{query}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for query in ["status=open", "interaction_type=poll", "sort=name", "limit=501", "created_after=yesterday"] {
            assert!(of(query).is_err(), "{query}");
        }
    }
}
