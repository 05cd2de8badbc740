//! The audit: a page of it, or all of it as evidence.

use askwell_core::audit::ExportForm;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::query;
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::audit::{AuditPageBody, disposition, export as write, media_type};
use crate::wire::json;
use crate::wire::params::Params;
use crate::wire::problem::Problem;
use crate::wire::schema::ExportFormat;

/// List what was done
///
/// Newest first: who, how they proved it, from where, what they did or were refused. For administrators.
#[utoipa::path(get, path = "/api/audit", operation_id = "listAudit", tag = "audit",
    params(
        ("actor" = Option<String>, Query, description = "Of this actor: `user:…`, `token:…`, `guest:…`, `local`, `system`"),
        ("action" = Option<String>, Query, description = "Whose action begins so, e.g. `session.` or `login.refused`"),
        ("session_id" = Option<String>, Query, description = "Only of this session"),
        ("since" = Option<String>, Query, description = "RFC 3339; at or after"),
        ("until" = Option<String>, Query, description = "RFC 3339; before"),
        ("before" = Option<u64>, Query, minimum = 1, description = "`next` of the former page"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "At most so many; 100 where nothing is said, 500 at most")),
    responses((status = 200, description = "A page of the audit", body = AuditPageBody)))]
pub(super) async fn list(State(server): State<Server>, who: Identity, params: Params) -> Result<Response, Problem> {
    let query = query::audit(params)?;
    let limit = query.limit;
    let rows = server.app.audit(&who.caller, query).await?;
    Ok(json(&AuditPageBody::of(&rows, limit)))
}

/// Export the audit
///
/// Oldest first, streamed. `ndjson` comes with its seals, to be judged by `askwell audit verify`; `csv` is for
/// spreadsheets. An export without its last line or row is a truncated one. That it was exported is recorded, too.
/// For administrators.
#[utoipa::path(get, path = "/api/audit/export", operation_id = "exportAudit", tag = "audit",
    params(("format" = Option<ExportFormat>, Query, description = "`ndjson`, as it comes, or `csv`")),
    responses((status = 200, description = "All of it", content(
        (String = "application/x-ndjson"), (String = "text/csv")))))]
pub(super) async fn export(
    State(server): State<Server>,
    who: Identity,
    mut params: Params,
) -> Result<Response, Problem> {
    let form = params.choice("format", &ExportForm::ALL).unwrap_or_default();
    params.done(())?;
    let batches = server.app.audit_export(&who.caller).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type(form))),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition(form))),
    ];
    Ok((headers, Body::from_stream(write(form, batches))).into_response())
}
