//! One body for every failure: RFC 9457 with the original's keys beside it.
//!
//! Job: the table of problem codes, and how a [`Problem`] is written. A handler
//! returns a `Problem`; it travels inside the response and is written by
//! `middleware`, which alone knows language and request id. Invariant: a code
//! is stable, has one status, and a message in every language. Neighbours:
//! `wire/error.rs` maps the use cases' errors here.

use std::fmt;
use std::sync::Arc;

use askwell_core::Finding;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::locale::Locale;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident;)*) => {
        /// Why a request failed, as a stable word of the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, by status.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on the wire.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Its status.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// Not JSON.
    MalformedJson = "malformed_json", BAD_REQUEST;
    /// A key twice in one object.
    DuplicateKey = "duplicate_key", BAD_REQUEST;
    /// A key that the storage gives a meaning to.
    ReservedKey = "reserved_key", BAD_REQUEST;
    /// Nested too deeply.
    TooDeep = "too_deep", BAD_REQUEST;
    /// The one thing that the request is about is absent.
    MissingField = "missing_field", BAD_REQUEST;
    /// No such event.
    UnknownEvent = "unknown_event", BAD_REQUEST;
    /// Not the multipart body that an upload needs.
    InvalidMultipart = "invalid_multipart", BAD_REQUEST;
    /// The upload broke off.
    UploadInterrupted = "upload_interrupted", BAD_REQUEST;
    /// Nobody has said who they are, or what they said it with no longer holds.
    Unauthenticated = "unauthenticated", UNAUTHORIZED;
    /// Not this name and this password.
    BadCredentials = "bad_credentials", UNAUTHORIZED;
    /// Not the secret that the server printed.
    BadSetupSecret = "bad_setup_secret", UNAUTHORIZED;
    /// Not a link of this server.
    BadLink = "bad_link", UNAUTHORIZED;
    /// A passkey must sign the answer.
    StepUpRequired = "step_up_required", FORBIDDEN;
    /// What the passkey gave does not hold.
    StepUpFailed = "step_up_failed", FORBIDDEN;
    /// Only for who has just signed in.
    SignInAgain = "sign_in_again", FORBIDDEN;
    /// Visible, but not allowed.
    Forbidden = "forbidden", FORBIDDEN;
    /// `Host` names none of this server's names.
    HostNotAllowed = "host_not_allowed", FORBIDDEN;
    /// A page of a foreign origin.
    OriginNotAllowed = "origin_not_allowed", FORBIDDEN;
    /// No such path.
    RouteNotFound = "route_not_found", NOT_FOUND;
    /// No such session, or not to be seen.
    SessionNotFound = "session_not_found", NOT_FOUND;
    /// No such file, or not to be seen.
    FileNotFound = "file_not_found", NOT_FOUND;
    /// No such delivery, or not to be seen.
    DeliveryNotFound = "delivery_not_found", NOT_FOUND;
    /// No such person.
    UserNotFound = "user_not_found", NOT_FOUND;
    /// No such token.
    TokenNotFound = "token_not_found", NOT_FOUND;
    /// No such sign-in.
    LoginNotFound = "login_not_found", NOT_FOUND;
    /// No such passkey, or none at all.
    PasskeyNotFound = "passkey_not_found", NOT_FOUND;
    /// No such link.
    GuestLinkNotFound = "guest_link_not_found", NOT_FOUND;
    /// The path does not take this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The body came too slowly.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT;
    /// Closed already.
    SessionClosed = "session_closed", CONFLICT;
    /// Its deadline has passed.
    SessionExpired = "session_expired", CONFLICT;
    /// Somebody else holds it.
    Claimed = "claimed", CONFLICT;
    /// Nobody holds it.
    NotClaimed = "not_claimed", CONFLICT;
    /// Somebody has that login already.
    LoginTaken = "login_taken", CONFLICT;
    /// There would be no administrator left.
    LastAdmin = "last_admin", CONFLICT;
    /// There is somebody already.
    AlreadySetUp = "already_set_up", CONFLICT;
    /// There are no accounts here.
    NoAccounts = "no_accounts", CONFLICT;
    /// The name of the review stands for something else.
    RequestIdReused = "request_id_reused", CONFLICT;
    /// Not so much more time.
    NotExtendable = "not_extendable", CONFLICT;
    /// No upload is expected.
    UploadNotExpected = "upload_not_expected", CONFLICT;
    /// The link was used, or is over.
    LinkUsed = "link_used", GONE;
    /// Older than what is kept.
    CursorExpired = "cursor_expired", GONE;
    /// The caller saw something else.
    ContentChanged = "content_changed", PRECONDITION_FAILED;
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE;
    /// The file is too large.
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE;
    /// Not a media type that is taken.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// Given, but wrong; `errors` says what.
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY;
    /// An integer that 64 bits cannot hold.
    NumberOutOfRange = "number_out_of_range", UNPROCESSABLE_ENTITY;
    /// The same key with another body.
    IdempotencyMismatch = "idempotency_mismatch", UNPROCESSABLE_ENTITY;
    /// Not a cursor of this server.
    InvalidCursor = "invalid_cursor", UNPROCESSABLE_ENTITY;
    /// More than one client may send.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    /// More open sessions than one requester may have.
    TooManyOpen = "too_many_open", TOO_MANY_REQUESTS;
    /// A fault of the server.
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// Too much is queued.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE;
    /// The store cannot be used.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
    /// The disk is full.
    DiskFull = "disk_full", INSUFFICIENT_STORAGE;
    /// The quota of files is used up.
    QuotaExceeded = "quota_exceeded", INSUFFICIENT_STORAGE;
}

/// A value in a message.
#[derive(Clone, Debug)]
enum Arg {
    Text(String),
    /// The name of another message.
    Message(String),
}

/// One thing wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Issue {
    /// In the body.
    Body(Finding),
    /// In the parameter of this name; the finding's pointer is empty.
    Parameter(&'static str, Finding),
}

/// Why a request failed.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: Code,
    args: Vec<(&'static str, Arg)>,
    issues: Vec<Issue>,
    members: Vec<(&'static str, Value)>,
    /// Boxed, as few problems have any.
    headers: Option<Box<HeaderMap>>,
    log: Option<String>,
}

impl Problem {
    /// A problem that says no more than its code.
    pub(crate) fn new(code: Code) -> Self {
        Self { code, args: Vec::new(), issues: Vec::new(), members: Vec::new(), headers: None, log: None }
    }

    /// What is wrong with single values.
    pub(crate) fn invalid(issues: Vec<Issue>) -> Self {
        let mut problem = Self::new(Code::ValidationFailed).with("count", issues.len());
        problem.issues = issues;
        problem
    }

    /// The same with a value for the message.
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, Arg::Text(value.to_string())));
        self
    }

    /// The same with a value for the message that is itself a message.
    pub(crate) fn with_message(mut self, name: &'static str, id: String) -> Self {
        self.args.push((name, Arg::Message(id)));
        self
    }

    /// The same with one more thing wrong with the body.
    pub(crate) fn at(mut self, finding: Finding) -> Self {
        self.issues.push(Issue::Body(finding));
        self
    }

    /// The same with one more member of the body.
    pub(crate) fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// The same with a header of the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.get_or_insert_default().insert(name, value.into());
        self
    }

    /// Sets the problem's own headers on its answer.
    pub(crate) fn set_headers(&self, headers: &mut HeaderMap) {
        headers
            .extend(self.headers.iter().flat_map(|own| own.iter()).map(|(name, value)| (name.clone(), value.clone())));
    }

    /// The same with a reason for the log, never for the wire.
    pub(crate) fn logged(mut self, reason: String) -> Self {
        self.log = Some(reason);
        self
    }

    /// What is wrong, as seen from further out.
    pub(crate) fn within(self, pointer: &str) -> Vec<Issue> {
        let outer = |issue| match issue {
            Issue::Body(finding) => {
                Issue::Body(Finding { pointer: format!("{pointer}{}", finding.pointer), ..finding })
            }
            parameter @ Issue::Parameter(..) => parameter,
        };
        self.issues.into_iter().map(outer).collect()
    }

    /// The code.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// The reason for the log.
    pub(crate) fn log(&self) -> Option<&str> {
        self.log.as_deref()
    }

    /// The answer as it stands on the wire.
    pub(crate) fn write(&self, place: &Place<'_>) -> Response {
        let status = place.status.unwrap_or_else(|| self.code.status());
        Self::respond("application/problem+json", status, &Value::Object(self.body(status, place)), place)
    }

    /// An answer with this body, and the headers of a failure.
    pub(crate) fn respond(media: &'static str, status: StatusCode, body: &Value, place: &Place<'_>) -> Response {
        let mut response = super::json_with(status, media, body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(place.locale.as_str()));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    /// Writes the reason to the log, where there is one: loudly only if the fault is the server's.
    pub(crate) fn report(&self, request_id: &str) {
        let Some(reason) = &self.log else { return };
        let code = self.code.as_str();
        if self.code.status().is_server_error() {
            tracing::error!(request_id, code, reason, "request failed");
        } else {
            tracing::debug!(request_id, code, reason, "request refused");
        }
    }

    /// The body of one result among several.
    pub(crate) fn among(&self, place: &Place<'_>) -> Map<String, Value> {
        self.body(self.code.status(), place)
    }

    fn body(&self, status: StatusCode, place: &Place<'_>) -> Map<String, Value> {
        let locale = place.locale;
        let code = self.code.as_str();
        let args: Vec<(&'static str, String)> = self
            .args
            .iter()
            .map(|(name, arg)| {
                let text = match arg {
                    Arg::Text(text) => text.clone(),
                    Arg::Message(id) => locale.text(id, &[]),
                };
                (*name, text)
            })
            .collect();
        let title = locale.text(&format!("problem-{code}"), &args);
        let detail = locale.find(&format!("problem-{code}.detail"), &args).unwrap_or_else(|| title.clone());
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
        set("type", format!("{}/docs/errors#{code}", place.base_url).into());
        set("title", title.clone().into());
        set("status", status.as_u16().into());
        set("detail", detail.into());
        set("code", code.into());
        set("success", false.into());
        set("error", title.into());
        set("request_id", place.request_id.into());
        for (name, value) in &self.members {
            set(name, value.clone());
        }
        if !self.issues.is_empty() {
            set("errors", self.issues.iter().map(|issue| issue.write(locale)).collect());
        }
        body
    }
}

impl Issue {
    fn write(&self, locale: Locale) -> Value {
        let (place, at, finding) = match self {
            Self::Body(finding) => ("pointer", finding.pointer.as_str(), finding),
            Self::Parameter(name, finding) => ("parameter", *name, finding),
        };
        json!({ place: at, "code": finding.code.as_str(), "detail": finding_text(finding, locale) })
    }
}

/// What the words and the addresses of a problem depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The caller's language.
    pub(crate) locale: Locale,
    /// The id under which the request is logged.
    pub(crate) request_id: &'a str,
    /// What the address of the problem's description begins with.
    pub(crate) base_url: &'a str,
    /// The status where it is not the code's own.
    pub(crate) status: Option<StatusCode>,
}

/// A finding as a sentence. Values that it does not bring are shown as an ellipsis.
pub(crate) fn finding_text(finding: &Finding, locale: Locale) -> String {
    const NAMES: [&str; 12] = [
        "actual", "allowed", "expected", "key", "kind", "limit", "name", "pattern", "reason", "setting", "unit",
        "value",
    ];
    let mut args: Vec<(&'static str, String)> = NAMES.map(|name| (name, "…".to_owned())).to_vec();
    args.extend(finding.args.iter().cloned());
    locale.text(&format!("finding-{}", finding.code), &args)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words_in_every_language() {
        let names = [
            "reason", "pointer", "limit", "host", "origin", "method", "seconds", "status", "by", "at", "until", "left",
            "earliest", "expected", "count", "name",
        ];
        let args = names.map(|name| (name, name.to_owned()));
        for locale in Locale::ALL {
            for code in Code::ALL {
                for attribute in ["", ".detail"] {
                    let id = format!("problem-{}{attribute}", code.as_str());
                    assert!(locale.find(&id, &args).is_some(), "{} lacks {id}", locale.as_str());
                }
            }
            for code in askwell_core::Code::ALL {
                let text = finding_text(&Finding::new("", *code), locale);
                assert!(!text.starts_with("finding-"), "{} lacks {text}", locale.as_str());
            }
        }
    }

    #[test]
    fn arguments_are_shown() {
        let finding = Finding::new("/timeout", askwell_core::Code::AboveMaximum).with("limit", 2_592_000);
        assert_eq!(finding_text(&finding, Locale::En), "Must be at most 2592000.");
        assert!(finding_text(&finding, Locale::ZhCn).contains("2592000"));
    }

    #[test]
    fn codes_are_unique() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
