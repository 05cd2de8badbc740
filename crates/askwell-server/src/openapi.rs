//! The API's description, made from the handlers themselves.
//!
//! Job: what the routes say, plus what every route shares: its failures, by the
//! codes that can occur, and the table of all codes in both languages.
//! Invariant: the same text at every run. Neighbours: `rest` annotates
//! handlers; `tests/rest/openapi.rs` holds the text against
//! `docs/reference/openapi.json`.

mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::identity::cookie::LOGIN;
use crate::locale::Locale;
use crate::rest;
use crate::wire::problem::Code;
use crate::wire::schema::{DeliveryFilter, ExportFormat, ProblemBody, SessionOrder, StatusFilter};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Askwell",
        description = "Automation asks a person and gets exactly one trustworthy answer.",
        license(name = "MIT")
    ),
    components(schemas(DeliveryFilter, ExportFormat, ProblemBody, SessionOrder, StatusFilter)),
    tags(
        (name = "sessions", description = "Open, read and close questions"),
        (name = "answers", description = "Answer them"),
        (name = "parties", description = "Who a session concerns: assignee, candidates, guests"),
        (name = "files", description = "Uploads for an answer"),
        (name = "events", description = "Follow changes"),
        (name = "reviews", description = "The review protocol of the second original"),
        (name = "integrations", description = "Where agents ask in their own words"),
        (name = "deliveries", description = "Callbacks"),
        (name = "account", description = "Who one is: signing in and out, one's own account"),
        (name = "people", description = "People, groups, and tokens of programs"),
        (name = "audit", description = "Who did what"),
        (name = "server", description = "Counts, kinds and health")
    )
)]
struct Description;

use Code::{
    AlreadySetUp, BadCredentials, BadLink, BadSetupSecret, Claimed, ContentChanged, CursorExpired, DeliveryNotFound,
    DiskFull, DuplicateKey, FileNotFound, FileTooLarge, Forbidden, GuestLinkNotFound, HostNotAllowed,
    IdempotencyMismatch, Internal, InvalidCursor, InvalidMultipart, LastAdmin, LinkUsed, LoginNotFound, LoginTaken,
    MalformedJson, MissingField, NoAccounts, NotClaimed, NotExtendable, NumberOutOfRange, OriginNotAllowed, Overloaded,
    PasskeyNotFound, PayloadTooLarge, QuotaExceeded, RequestIdReused, RequestTimeout, ReservedKey, SessionClosed,
    SessionExpired, SessionNotFound, SignInAgain, StepUpFailed, StepUpRequired, TokenNotFound, TooDeep, TooManyOpen,
    TooManyRequests, Unauthenticated, Unavailable, UnsupportedMediaType, UploadInterrupted, UploadNotExpected,
    UserNotFound, ValidationFailed,
};

/// What any request can meet, be it only because of what it shows of who sends it.
const ALWAYS: &[Code] = &[HostNotAllowed, OriginNotAllowed, TooManyRequests, Internal, Unavailable];
/// Where nobody may not come in.
const GUARDED: &[Code] = &[Unauthenticated];
const READ: &[Code] = &[Unauthenticated, Forbidden];
/// Of one session: whoever may not see it is told that there is none.
const SEE: &[Code] = &[Unauthenticated, SessionNotFound];
const WRITE: &[Code] = &[Unauthenticated, Forbidden, Overloaded, DiskFull];
/// By whoever need not be known yet.
const ENTER: &[Code] = &[Overloaded, DiskFull];
const BODY: &[Code] = &[
    MalformedJson,
    DuplicateKey,
    ReservedKey,
    TooDeep,
    NumberOutOfRange,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
];
const CHANGE: &[Code] = &[SessionNotFound, SessionClosed, SessionExpired];

/// The failures of each operation beside [`ALWAYS`].
const FAILURES: &[(&str, &[&[Code]])] = &[
    ("openSession", &[WRITE, BODY, &[MissingField, IdempotencyMismatch, TooManyOpen]]),
    ("previewSession", &[READ, BODY, &[MissingField]]),
    ("listSessions", &[READ, &[ValidationFailed, InvalidCursor]]),
    ("getSession", &[SEE, &[ValidationFailed]]),
    ("getSessionStatus", &[SEE]),
    ("cancelSession", &[WRITE, BODY, CHANGE]),
    ("deleteSession", &[WRITE, BODY, CHANGE]),
    ("claimSession", &[WRITE, BODY, CHANGE, &[Claimed]]),
    ("releaseSession", &[WRITE, BODY, CHANGE, &[Claimed, NotClaimed]]),
    ("extendSession", &[WRITE, BODY, CHANGE, &[MissingField, NotExtendable]]),
    ("getSessionHistory", &[SEE]),
    ("assignSession", &[WRITE, BODY, CHANGE]),
    ("delegateSession", &[WRITE, BODY, CHANGE, &[Claimed]]),
    ("setCandidates", &[WRITE, BODY, CHANGE]),
    ("inviteGuest", &[WRITE, BODY, &[SessionNotFound, SessionClosed, NoAccounts]]),
    ("listGuestLinks", &[READ, &[SessionNotFound]]),
    ("endGuestLink", &[WRITE, &[SessionNotFound, GuestLinkNotFound]]),
    (
        "respondToSession",
        &[WRITE, BODY, CHANGE, &[MissingField, Claimed, ContentChanged, FileNotFound], &[StepUpRequired, StepUpFailed]],
    ),
    ("respondToMany", &[WRITE, BODY, &[MissingField]]),
    ("beginStepUp", &[READ, BODY, &[MissingField, SessionNotFound, ContentChanged], &[StepUpFailed, PasskeyNotFound]]),
    (
        "uploadFile",
        &[
            WRITE,
            &[SessionNotFound, InvalidMultipart, UploadInterrupted, UploadNotExpected, FileTooLarge, QuotaExceeded],
            &[UnsupportedMediaType, ValidationFailed],
        ],
    ),
    ("listFiles", &[SEE]),
    ("downloadFile", &[SEE, &[FileNotFound]]),
    ("removeFile", &[WRITE, &[SessionNotFound, FileNotFound, UploadNotExpected]]),
    ("listEvents", &[READ, &[CursorExpired, InvalidCursor, ValidationFailed]]),
    ("claudeCodeHook", &[GUARDED, BODY, &[Forbidden, ValidationFailed]]),
    ("requestReview", &[WRITE, BODY, &[MissingField, RequestIdReused, TooManyOpen]]),
    ("getReviewResponse", &[GUARDED, &[ValidationFailed]]),
    ("answerReview", &[WRITE, BODY, CHANGE, &[MissingField, Claimed, ContentChanged, StepUpRequired]]),
    ("listPendingReviews", &[READ, &[ValidationFailed]]),
    ("getReviewDebug", &[GUARDED]),
    ("testReview", &[WRITE, &[TooManyOpen]]),
    ("getComponentReadiness", &[]),
    ("listDeliveries", &[READ, &[SessionNotFound, ValidationFailed, InvalidCursor]]),
    ("redeliver", &[WRITE, &[DeliveryNotFound]]),
    ("getMe", &[]),
    ("login", &[ENTER, BODY, &[BadCredentials, NoAccounts]]),
    ("logout", &[ENTER]),
    ("setUp", &[ENTER, BODY, &[BadSetupSecret, AlreadySetUp]]),
    ("enterAsGuest", &[ENTER, BODY, &[BadLink, LinkUsed]]),
    ("departToProvider", &[]),
    ("arriveFromProvider", &[]),
    ("listLogins", &[READ, &[NoAccounts]]),
    ("endLogin", &[WRITE, &[LoginNotFound, NoAccounts]]),
    ("changePassword", &[WRITE, BODY, &[BadCredentials, NoAccounts]]),
    ("listPasskeys", &[READ, &[NoAccounts]]),
    ("beginPasskey", &[READ, &[SignInAgain, StepUpFailed, PasskeyNotFound, ValidationFailed, NoAccounts]]),
    ("registerPasskey", &[WRITE, BODY, &[StepUpFailed, PasskeyNotFound, NoAccounts]]),
    ("removePasskey", &[WRITE, &[PasskeyNotFound, NoAccounts]]),
    ("listUsers", &[READ, &[ValidationFailed, NoAccounts]]),
    ("addUser", &[WRITE, BODY, &[LoginTaken, NoAccounts]]),
    ("changeUser", &[WRITE, BODY, &[UserNotFound, LastAdmin, NoAccounts]]),
    ("findPeople", &[READ, &[NoAccounts]]),
    ("listTokens", &[READ, &[ValidationFailed, NoAccounts]]),
    ("issueToken", &[WRITE, BODY, &[UserNotFound, NoAccounts]]),
    ("revokeToken", &[WRITE, &[TokenNotFound, NoAccounts]]),
    ("listAudit", &[READ, &[ValidationFailed]]),
    ("exportAudit", &[WRITE, &[ValidationFailed]]),
    ("getStatistics", &[READ]),
    ("listTemplates", &[GUARDED]),
    ("getHealth", &[]),
    ("getReadiness", &[]),
    ("getMetrics", &[READ]),
];

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&openapi()).unwrap_or_default();
    text.push('\n');
    text
});

/// The description as text.
pub(crate) fn text() -> &'static str {
    &TEXT
}

/// The description of the API, `OpenAPI` 3.1.
pub fn openapi() -> Value {
    let mut routes = rest::routes();
    let mut description = Description::openapi();
    description.merge(routes.to_openapi());
    let mut description = serde_json::to_value(description).unwrap_or_default();
    if let Some(paths) = description["paths"].as_object_mut() {
        let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
        operations.for_each(complete);
    }
    description["components"]["securitySchemes"] = credentials();
    words::translate(&mut description);
    description["x-problem-codes"] = Code::ALL.iter().map(|code| describe(*code)).collect();
    description["x-finding-codes"] = askwell_core::Code::ALL
        .iter()
        .map(|code| {
            let text = |locale: Locale| template(locale, &format!("finding-{code}"));
            json!({ "code": code.as_str(), "detail": { "en": text(Locale::En), "zh-CN": text(Locale::ZhCn) } })
        })
        .collect();
    description
}

/// What one can show where people must sign in, by its name.
fn credentials() -> Value {
    json!({
        "token": { "type": "http", "scheme": "bearer", "description": "A program's token, or a signed token of a person's" },
        "password": { "type": "http", "scheme": "basic", "description": "A person's login and password" },
        "login": { "type": "apiKey", "in": "cookie", "name": LOGIN, "description": "What signing in gives a browser" },
    })
}

/// Adds what the handler itself does not say: who gets in, its failures, and its name and description in every language.
fn complete(operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let own = FAILURES.iter().find(|(name, _)| *name == id).map_or(&[][..], |(_, groups)| *groups);
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in ALWAYS.iter().chain(own.iter().copied().flatten()) {
        by_status.entry(code.status().as_u16()).or_default().push(code.as_str());
    }
    if own.iter().copied().flatten().any(|code| *code == Unauthenticated) {
        operation["security"] = json!([{ "token": [] }, { "password": [] }, { "login": [] }]);
    }
    let summary = |locale: Locale| locale.text(&format!("operation-{id}"), &[]);
    operation["x-summary"] = json!({ "en": summary(Locale::En), "zh-CN": summary(Locale::ZhCn) });
    if let Some(english) = operation["description"].as_str() {
        let chinese = Locale::ZhCn.find(&format!("operation-{id}.description"), &[]);
        operation["x-description"] = json!({ "en": english, "zh-CN": chinese });
    }
    let is_originals = operation["tags"][0] == "reviews" && !matches!(&*id, "getComponentReadiness");
    let (media, schema) =
        if is_originals { ("application/json", "HitlFailure") } else { ("application/problem+json", "Problem") };
    for (status, codes) in by_status {
        let described = operation["responses"].get(status.to_string()).is_some();
        if !described {
            operation["responses"][status.to_string()] = json!({
                "description": codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", "),
                "content": { media: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
                "x-codes": codes,
            });
        }
    }
}

fn describe(code: Code) -> Value {
    let id = format!("problem-{}", code.as_str());
    let both = |attribute: &str| {
        let text = |locale| template(locale, &format!("{id}{attribute}"));
        json!({ "en": text(Locale::En), "zh-CN": text(Locale::ZhCn) })
    };
    json!({ "code": code.as_str(), "status": code.status().as_u16(), "title": both(""), "detail": both(".detail") })
}

/// A message with the names of its values in their places.
fn template(locale: Locale, id: &str) -> String {
    const NAMES: [&str; 24] = [
        "actual", "allowed", "at", "by", "count", "earliest", "expected", "host", "key", "kind", "left", "limit",
        "method", "name", "origin", "pattern", "pointer", "reason", "seconds", "setting", "status", "unit", "until",
        "value",
    ];
    locale.text(id, &NAMES.map(|name| (name, format!("{{{name}}}"))))
}

/// Every code with its status and its meaning in both languages, as Markdown.
pub fn error_reference() -> String {
    let mut text = String::from(
        "# Errors\n\nEvery failure is `application/problem+json` (RFC 9457). `code` is stable; `title`, `detail` and `error` \
         are in the caller's language. This file is written by the tests of `askwell-server`.\n\n## Problems\n\n\
         | Status | `code` | English | 中文 |\n|---|---|---|---|\n",
    );
    let cell = |text: String| text.replace('|', "\\|").replace('\n', " ");
    for code in Code::ALL {
        let id = format!("problem-{}", code.as_str());
        let both = |locale| {
            let sentence = |attribute: &str| cell(template(locale, &format!("{id}{attribute}")));
            (sentence(""), sentence(".detail"))
        };
        let (english, chinese) = (both(Locale::En), both(Locale::ZhCn));
        let _ = writeln!(
            text,
            "| {} | `{}` | {}. {} | {}。{} |",
            code.status().as_u16(),
            code.as_str(),
            english.0,
            english.1,
            chinese.0,
            chinese.1
        );
    }
    text.push_str(
        "\n## Findings\n\nThey stand in `errors` (with a `pointer` or a `parameter`) and in `warnings`.\n\n\
         | `code` | English | 中文 |\n|---|---|---|\n",
    );
    for code in askwell_core::Code::ALL {
        let sentence = |locale| cell(template(locale, &format!("finding-{code}")));
        let _ = writeln!(text, "| `{code}` | {} | {} |", sentence(Locale::En), sentence(Locale::ZhCn));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_names_its_failures() {
        let description = openapi();
        let paths = description["paths"].as_object().unwrap();
        let mut ids: Vec<&str> = paths
            .values()
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let mut listed: Vec<&str> = FAILURES.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        listed.sort_unstable();
        assert_eq!(ids, listed);
    }

    #[test]
    fn every_operation_has_its_name_in_every_language() {
        for (id, _) in FAILURES {
            for locale in Locale::ALL {
                assert!(locale.find(&format!("operation-{id}"), &[]).is_some(), "{} lacks {id}", locale.as_str());
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn walk(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        found.push(reference.clone());
                    }
                    map.values().for_each(|value| walk(value, found));
                }
                Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let description = openapi();
        let mut references = Vec::new();
        walk(&description, &mut references);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(description.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn is_the_same_at_every_run() {
        assert_eq!(openapi(), openapi());
    }
}
