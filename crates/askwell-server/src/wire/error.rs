//! The one mapping from the use cases' errors to problems.

use askwell_app::{AppError, Noun, timestamp_text};
use askwell_core::access::Person;
use askwell_core::json::{JsonError, MAX_DEPTH};
use askwell_core::{Finding, Rejection};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use serde_json::Value;

use super::problem::{Code, Issue, Problem};
use super::rate;

/// In seconds, when one of a thousand open sessions may have closed: nobody knows.
const LATER: HeaderValue = HeaderValue::from_static("60");

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Invalid(findings) => invalid(findings),
            AppError::NotFound(noun) => Self::new(match noun {
                Noun::Session => Code::SessionNotFound,
                Noun::File => Code::FileNotFound,
                Noun::Delivery => Code::DeliveryNotFound,
                Noun::User => Code::UserNotFound,
                Noun::Token => Code::TokenNotFound,
                Noun::Login => Code::LoginNotFound,
                Noun::Passkey => Code::PasskeyNotFound,
                Noun::Guest => Code::GuestLinkNotFound,
            }),
            AppError::NotInvited | AppError::Unauthenticated => Self::new(Code::Unauthenticated),
            AppError::RateLimited { limit, retry_after } => rate::exceeded(limit, retry_after),
            AppError::TooManyOpen { limit } => {
                Self::new(Code::TooManyOpen).with("limit", limit).member("limit", limit).header(RETRY_AFTER, LATER)
            }
            AppError::NoAccounts => Self::new(Code::NoAccounts),
            AppError::AlreadySetUp => Self::new(Code::AlreadySetUp),
            AppError::LoginTaken => Self::new(Code::LoginTaken),
            AppError::LastAdmin => Self::new(Code::LastAdmin),
            AppError::LinkUsed => Self::new(Code::LinkUsed),
            AppError::StepUpFailed => Self::new(Code::StepUpFailed),
            AppError::SignInAgain => Self::new(Code::SignInAgain),
            AppError::Forbidden => Self::new(Code::Forbidden),
            AppError::Rejected(rejection) => rejection.into(),
            AppError::IdempotencyMismatch => Self::new(Code::IdempotencyMismatch),
            AppError::RequestIdReused => Self::new(Code::RequestIdReused),
            AppError::CursorExpired { earliest } => {
                Self::new(Code::CursorExpired).with("earliest", &earliest).member("earliest", earliest.to_string())
            }
            AppError::InvalidCursor => Self::new(Code::InvalidCursor),
            AppError::FileTooLarge { limit } => {
                Self::new(Code::FileTooLarge).with("limit", limit).member("limit", limit)
            }
            AppError::QuotaExceeded { limit } => {
                Self::new(Code::QuotaExceeded).with("limit", limit).member("limit", limit)
            }
            AppError::UploadNotExpected => Self::new(Code::UploadNotExpected),
            AppError::UploadInterrupted => Self::new(Code::UploadInterrupted),
            AppError::Overloaded => Self::new(Code::Overloaded),
            AppError::Full => Self::new(Code::DiskFull),
            AppError::Unavailable(reason) => Self::new(Code::Unavailable).logged(reason),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Closed { status, by, at } => {
                let at = timestamp_text(at);
                let problem = Self::new(Code::SessionClosed).with_message("status", format!("status-{status}"));
                let problem = match &by {
                    Some(person) => problem.with("by", &person.id),
                    None => problem.with_message("by", "somebody".to_owned()),
                };
                problem
                    .with("at", &at)
                    .member("closed_by", name_of(by))
                    .member("closed_status", status.as_str())
                    .member("closed_at", at)
            }
            Rejection::Expired { expires_at } => {
                let at = timestamp_text(expires_at);
                Self::new(Code::SessionExpired)
                    .with("at", &at)
                    .member("closed_by", Value::Null)
                    .member("closed_status", "timeout")
                    .member("expires_at", at)
            }
            Rejection::Claimed { by, until } => {
                let until = timestamp_text(until);
                Self::new(Code::Claimed)
                    .with("by", &by.id)
                    .with("until", &until)
                    .member("claimed_by", by.id)
                    .member("claimed_until", until)
            }
            Rejection::NotClaimed => Self::new(Code::NotClaimed),
            Rejection::StepUpRequired => Self::new(Code::StepUpRequired),
            Rejection::ContentChanged => Self::new(Code::ContentChanged),
            Rejection::NotExtendable { left } => {
                let left = left.as_secs();
                Self::new(Code::NotExtendable).with("left", left).member("seconds_left", left)
            }
            Rejection::Invalid(findings) => invalid(findings),
            Rejection::Unreadable(reason) => Self::new(Code::Internal).logged(reason),
        }
    }
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        let (line, column) = error.place();
        let pointer = error.pointer().to_owned();
        let code = match &error {
            JsonError::InvalidUtf8 { .. } | JsonError::Syntax { .. } => Code::MalformedJson,
            JsonError::DuplicateKey { .. } => Code::DuplicateKey,
            JsonError::ReservedKey { .. } => Code::ReservedKey,
            JsonError::TooDeep { .. } => Code::TooDeep,
            JsonError::NumberOutOfRange { .. } => Code::NumberOutOfRange,
        };
        let problem = Self::new(code)
            .with("reason", &error)
            .with("pointer", &pointer)
            .with("limit", MAX_DEPTH)
            .member("line", line)
            .member("column", column);
        match code {
            Code::MalformedJson => problem,
            Code::NumberOutOfRange => problem.at(Finding::new(pointer, askwell_core::Code::NumberOutOfRange)),
            _ => problem.member("pointer", pointer),
        }
    }
}

/// Nothing given at all is malformed; given but wrong is invalid.
fn invalid(findings: Vec<Finding>) -> Problem {
    let absent = |finding: &&Finding| {
        finding.code == askwell_core::Code::MissingField
            && matches!(finding.pointer.as_str(), "/interaction_data" | "/response")
    };
    match findings.iter().find(absent) {
        Some(finding) => Problem::missing(&finding.pointer),
        None => Problem::invalid(findings.into_iter().map(Issue::Body).collect()),
    }
}

impl Problem {
    /// The one thing that the request is about is absent.
    pub(crate) fn missing(pointer: &str) -> Self {
        Self::new(Code::MissingField)
            .with("pointer", pointer)
            .at(Finding::new(pointer, askwell_core::Code::MissingField))
    }
}

fn name_of(person: Option<Person>) -> Value {
    person.map_or(Value::Null, |person| Value::String(person.id))
}
