//! The audit as it stands on the wire.

use askwell_app::ports::{AuditRow, SealedBatch};
use askwell_app::{AppError, AuditStream, timestamp_text};
use askwell_core::audit::{ExportForm, Head, Verdict};
use askwell_core::ids::SessionId;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One act.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditEntryBody<'a> {
    /// 1, 2, 3 … without a hole.
    number: u64,
    #[schema(format = DateTime)]
    at: String,
    /// E.g. `session.answered`, `login.refused`, `user.disabled`.
    action: &'a str,
    /// `done` or `refused`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// `user:…`, `token:…`, `guest:…`, `local` or `system`.
    actor: &'a str,
    /// The login behind a token, or the name that was only claimed.
    on_behalf_of: Option<&'a str>,
    /// How they proved who they are: `password`, `token`, `jwt` …
    method: Option<&'a str>,
    /// The public id of the credential.
    credential: Option<&'a str>,
    /// From which address.
    address: Option<&'a str>,
    /// Under which request id it is logged.
    request_id: Option<&'a str>,
    #[schema(value_type = Option<String>, format = "uuid")]
    session_id: Option<SessionId>,
    /// The session's version after it; of a refusal, the version that was seen.
    version: Option<u64>,
    /// The hash of what was shown.
    content_hash: Option<&'a str>,
    /// Another thing that it was done to: a login, a token's id.
    subject: Option<&'a str>,
    /// What else matters.
    #[schema(value_type = Object)]
    detail: &'a Map<String, Value>,
}

impl<'a> From<&'a AuditRow> for AuditEntryBody<'a> {
    fn from(AuditRow { number, entry }: &'a AuditRow) -> Self {
        Self {
            number: *number,
            at: timestamp_text(entry.at),
            action: &entry.action,
            verdict: entry.verdict,
            actor: &entry.actor,
            on_behalf_of: entry.on_behalf_of.as_deref(),
            method: entry.method.as_deref(),
            credential: entry.credential.as_deref(),
            address: entry.address.as_deref(),
            request_id: entry.request_id.as_deref(),
            session_id: entry.session,
            version: entry.version.map(|version| version.0),
            content_hash: entry.content_hash.as_deref(),
            subject: entry.subject.as_deref(),
            detail: &entry.detail,
        }
    }
}

/// A page of the audit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub(crate) struct AuditPageBody<'a> {
    success: bool,
    /// Newest first.
    entries: Vec<AuditEntryBody<'a>>,
    /// Send it as `before` for the next page; null: this is the last.
    next: Option<u64>,
}

impl<'a> AuditPageBody<'a> {
    /// A page that has room for `limit` entries.
    pub(crate) fn of(rows: &'a [AuditRow], limit: usize) -> Self {
        let next = rows.last().map(|row| row.number).filter(|number| rows.len() >= limit && *number > 1);
        Self { success: true, entries: rows.iter().map(Into::into).collect(), next }
    }
}

/// What a form of export is called by browsers.
pub(crate) fn media_type(form: ExportForm) -> &'static str {
    match form {
        ExportForm::Ndjson => "application/x-ndjson",
        ExportForm::Csv => "text/csv; charset=utf-8",
    }
}

/// Under which name it is saved.
pub(crate) fn disposition(form: ExportForm) -> &'static str {
    match form {
        ExportForm::Ndjson => "attachment; filename=\"askwell-audit.ndjson\"",
        ExportForm::Csv => "attachment; filename=\"askwell-audit.csv\"",
    }
}

/// The bytes of an export. What breaks it ends it before its last line, which tells that it is not whole.
pub(crate) fn export(form: ExportForm, batches: AuditStream) -> impl Stream<Item = Result<Bytes, AppError>> + Send {
    let rest = stream::try_unfold(Some((batches, Head::EMPTY)), move |state| async move {
        let Some((mut batches, mut head)) = state else { return Ok(None) };
        let Some(page) = batches.next().await else { return Ok(Some((Bytes::from(form.end(&head)), None))) };
        let page = page.inspect_err(|error| tracing::warn!(%error, "an export of the audit breaks off"))?;
        let mut text = String::new();
        for SealedBatch { entries, seal } in &page {
            for (number, entry) in entries {
                text.push_str(&form.entry(*number, entry));
            }
            text.push_str(&form.seal(seal.first, seal.last, &seal.hash));
            head = Head { last: seal.last, hash: seal.hash };
        }
        Ok(Some((Bytes::from(text), Some((batches, head)))))
    });
    stream::once(std::future::ready(Ok(Bytes::from(form.start())))).chain(rest)
}

#[cfg(test)]
mod tests {
    use askwell_app::ports::Seal;

    use super::*;

    #[tokio::test]
    async fn what_breaks_off_has_no_end() {
        let batch =
            || SealedBatch { entries: vec![(1, "{}".to_owned())], seal: Seal { first: 1, last: 1, hash: [7; 32] } };
        for (form, mark) in [(ExportForm::Ndjson, "{\"end\":"), (ExportForm::Csv, "\"end\"")] {
            let whole = [Ok(vec![batch()]), Ok(Vec::new())];
            let broken = [Ok(vec![batch()]), Err(AppError::Unavailable("gone".to_owned()))];
            for (pages, is_whole) in [(whole, true), (broken, false)] {
                let told: Vec<_> = export(form, Box::pin(stream::iter(pages))).collect().await;
                assert_eq!(told.iter().all(Result::is_ok), is_whole);
                let text: String = told.iter().flatten().map(|bytes| String::from_utf8_lossy(bytes)).collect();
                assert_eq!(text.contains(mark), is_whole, "{text}");
            }
        }
    }
}
