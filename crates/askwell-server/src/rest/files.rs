//! Uploads for an answer. Bytes are streamed; they never stand in memory as a whole.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use askwell_app::ports::{ByteStream, FileRow};
use askwell_app::{AppError, Upload};
use askwell_core::ids::SessionId;
use askwell_core::{Code as Fault, Finding};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use multer::{Constraints, Field, Multipart};
use serde_json::json;

use super::path::{FilePath, SessionPath};
use crate::identity::Identity;
use crate::state::Server;
use crate::wire::file::{FilesBody, UploadedBody, content_disposition};
use crate::wire::json as encode;
use crate::wire::problem::{Code, Issue, Problem};
use crate::wire::schema::UploadRequest;

/// Nothing in a file may run, load or be framed, should a browser show it after all.
const SANDBOX: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// How long an upload may take in all: one that trickles would hold its place for ever.
const MAX_DURATION: Duration = Duration::from_hours(1);

/// What stands around the file, its part's headers above all, is held in memory: so many bytes of it are read.
const MAX_FRAMING: usize = 64 << 10;

/// The longest name of a file, in characters.
const MAX_NAME: usize = 255;

/// Upload a file
///
/// One multipart part named `file`, streamed to disk. An answer then names its `file_id`.
#[utoipa::path(post, path = "/api/sessions/{session_id}/files", operation_id = "uploadFile", tag = "files",
    params(("session_id" = String, Path, description = "The session's id")),
    request_body(content = UploadRequest, content_type = "multipart/form-data"),
    responses((status = 200, description = "The file is on disk", body = UploadedBody)))]
pub(super) async fn upload(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
    request: Request,
) -> Result<Response, Problem> {
    let framing = Arc::new(AtomicUsize::new(MAX_FRAMING));
    let receive = receive(&server, &who, id, request, framing);
    let file = tokio::time::timeout(MAX_DURATION, receive).await.unwrap_or(Err(AppError::UploadInterrupted.into()))?;
    Ok(encode(&UploadedBody::of(&file)))
}

async fn receive(
    server: &Server,
    who: &Identity,
    id: SessionId,
    request: Request,
    framing: Arc<AtomicUsize>,
) -> Result<FileRow, Problem> {
    let mut parts = multipart(request, server.options.body_read_timeout, Arc::clone(&framing))?;
    let part = parts.next_field().await.map_err(|error| unreadable(&error))?;
    let upload = upload_of(part.ok_or_else(|| Problem::new(Code::InvalidMultipart))?)?;
    // The file itself is bounded by what the session takes.
    framing.store(usize::MAX, Ordering::Relaxed);
    let file = server.app.upload(&who.caller, id, upload).await?;
    framing.store(MAX_FRAMING, Ordering::Relaxed);
    // A second file would be lost in silence; so neither is taken.
    if !matches!(parts.next_field().await, Ok(None)) {
        server.app.remove_file(&who.caller, id, file.id).await?;
        return Err(Problem::new(Code::InvalidMultipart));
    }
    Ok(file)
}

/// The parts of a body, each read within a time limit and as long as there is room. Only one named `file` is taken.
fn multipart(request: Request, patience: Duration, room: Arc<AtomicUsize>) -> Result<Multipart<'static>, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(content_type.unwrap_or_default())
        .map_err(|_| Problem::new(Code::UnsupportedMediaType).with("expected", "multipart/form-data"))?;
    let start = (request.into_body().into_data_stream(), room);
    let chunks = futures::stream::unfold(start, move |(mut body, room)| async move {
        if room.load(Ordering::Relaxed) == 0 {
            // The parts are read ahead as far as bytes are there. A pause has what was read looked at: it may well be
            // the beginning of the file, for which there is room.
            tokio::task::yield_now().await;
        }
        if room.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let chunk = match tokio::time::timeout(patience, body.next()).await {
            Ok(Some(Ok(chunk))) => {
                // What there is room for may have changed while the chunk was awaited.
                let _ = room
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(chunk.len())));
                Ok(chunk)
            }
            Ok(Some(Err(error))) => Err(io::Error::other(error)),
            Ok(None) => return None,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        Some((chunk, (body, room)))
    });
    Ok(Multipart::with_constraints(chunks, boundary, Constraints::new().allowed_fields(vec!["file"])))
}

fn upload_of(part: Field<'static>) -> Result<Upload, Problem> {
    // Folders are the sender's own affair, and whoever saves under this name shall not leave theirs (RFC 7578, 4.2).
    let name = part.file_name().and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default();
    let name = if matches!(name, "" | "." | "..") { "file" } else { name }.to_owned();
    let actual = name.chars().count();
    if actual > MAX_NAME {
        let finding = Finding::new("/file", Fault::TooLong);
        let finding = finding.with("limit", MAX_NAME).with("actual", actual).with("unit", "characters");
        return Err(Problem::invalid(vec![Issue::Body(finding)]));
    }
    let bytes: ByteStream = Box::pin(part.map(|chunk| chunk.map_err(io::Error::other)));
    Ok(Upload { name, bytes })
}

fn unreadable(error: &multer::Error) -> Problem {
    match error {
        multer::Error::StreamReadFailed(_) => AppError::UploadInterrupted.into(),
        other => Problem::new(Code::InvalidMultipart).logged(other.to_string()),
    }
}

/// List a session's files
#[utoipa::path(get, path = "/api/sessions/{session_id}/files", operation_id = "listFiles", tag = "files",
    params(("session_id" = String, Path, description = "The session's id")),
    responses((status = 200, description = "Its files, oldest first", body = FilesBody)))]
pub(super) async fn list(
    State(server): State<Server>,
    who: Identity,
    SessionPath(id): SessionPath,
) -> Result<Response, Problem> {
    let files = server.app.files(&who.caller, id).await?;
    Ok(encode(&FilesBody::of(&files)))
}

/// Download a file
///
/// Always as an attachment. `ETag` is its SHA-256.
#[utoipa::path(get, path = "/api/sessions/{session_id}/files/{file_id}", operation_id = "downloadFile", tag = "files",
    params(
        ("session_id" = String, Path, description = "The session's id"),
        ("file_id" = String, Path, description = "The file's id")),
    responses(
        (status = 200, description = "Its bytes", body = String, content_type = "application/octet-stream"),
        (status = 304, description = "Unchanged since `If-None-Match`")))]
pub(super) async fn download(
    State(server): State<Server>,
    who: Identity,
    SessionPath(session): SessionPath,
    FilePath(id): FilePath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let download = server.app.download(&who.caller, session, id).await?;
    let etag = format!("\"{}\"", download.file.sha256);
    let body = if is_known(&headers, &etag) { None } else { Some(Body::from_stream(download.bytes)) };
    let status = if body.is_some() { StatusCode::OK } else { StatusCode::NOT_MODIFIED };
    let mut response = (status, body.unwrap_or_default()).into_response();
    let set = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            set.insert(name, value);
        }
    };
    put(header::ETAG, &etag);
    put(header::CACHE_CONTROL, "private, no-cache");
    put(header::CONTENT_SECURITY_POLICY, SANDBOX);
    if status == StatusCode::OK {
        put(header::CONTENT_TYPE, &download.file.content_type);
        put(header::CONTENT_LENGTH, &download.file.size.to_string());
        put(header::CONTENT_DISPOSITION, &content_disposition(&download.file.name));
    }
    Ok(response)
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == etag || tag == "*")
}

/// Remove a file
///
/// Before the answer; one that belongs to an answer stays.
#[utoipa::path(delete, path = "/api/sessions/{session_id}/files/{file_id}", operation_id = "removeFile", tag = "files",
    params(
        ("session_id" = String, Path, description = "The session's id"),
        ("file_id" = String, Path, description = "The file's id")),
    responses((status = 200, description = "`{\"success\": true}`")))]
pub(super) async fn remove(
    State(server): State<Server>,
    who: Identity,
    SessionPath(session): SessionPath,
    FilePath(id): FilePath,
) -> Result<Response, Problem> {
    server.app.remove_file(&who.caller, session, id).await?;
    Ok(encode(&json!({ "success": true })))
}
