//! A server without a socket, and requests to it.

use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::BearerTokens;
use askwell_app::{AccountSettings, App, FileSettings, JwtSubject, Parts, RateLimits, Settings, Way};
use askwell_core::access::Policy;
use askwell_core::session::Limits;
use askwell_identity::Argon2Passwords;
use askwell_server::{ServerOptions, router};
use askwell_sqlite::{SqliteOptions, SqliteStore};
use askwell_testkit::{MemoryBlobs, ScriptedSender, TestClock, TestIds};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) struct Harness {
    pub(crate) app: App,
    pub(crate) clock: TestClock,
    pub(crate) sender: Arc<ScriptedSender>,
    pub(crate) blobs: Arc<MemoryBlobs>,
    pub(crate) router: Router,
    _folder: tempfile::TempDir,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// The problem, if status and code are as expected.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!((&body["code"], &body["success"]), (&json!(code), &json!(false)));
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"], self.header("x-request-id"));
        for key in ["type", "title", "detail", "error"] {
            assert!(body[key].as_str().is_some_and(|text| !text.is_empty()), "{key} of {body}");
        }
        body
    }
}

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::with(ServerOptions::default()).await
    }

    pub(crate) async fn with(options: ServerOptions) -> Self {
        Self::idle(options, |_| {}).start().await
    }

    /// With other settings than usual.
    pub(crate) async fn tuned(tune: impl FnOnce(&mut Settings)) -> Self {
        Self::idle(ServerOptions::default(), tune).start().await
    }

    /// With accounts, every way in, and nothing that is counted.
    pub(crate) async fn with_accounts() -> Self {
        Self::tuned(accounts).await
    }

    /// One whose loops do not run yet.
    pub(crate) fn idle(options: ServerOptions, tune: impl FnOnce(&mut Settings)) -> Self {
        Self::made(options, tune, None)
    }

    /// With accounts, and signed tokens that somebody vouches for.
    pub(crate) async fn with_bearer(bearer: Arc<dyn BearerTokens>) -> Self {
        Self::made(ServerOptions::default(), accounts, Some(bearer)).start().await
    }

    fn made(options: ServerOptions, tune: impl FnOnce(&mut Settings), bearer: Option<Arc<dyn BearerTokens>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(SqliteOptions::new(folder.path().join("askwell.db"))).unwrap();
        let (clock, sender) = (TestClock::new(), Arc::new(ScriptedSender::default()));
        let blobs = Arc::new(MemoryBlobs::default());
        let parts = Parts {
            store: Arc::new(store),
            blobs: Arc::clone(&blobs) as _,
            sender: Arc::clone(&sender) as _,
            clock: Arc::new(clock.clone()),
            ids: Arc::new(TestIds::default()),
            passwords: Arc::new(Argon2Passwords::start().unwrap()),
            bearer,
            provider: None,
            passkeys: None,
            notifier: None,
            resume: askwell_server::resume,
        };
        let limits = Limits {
            default_timeout: Duration::from_mins(5),
            review_timeout: Duration::from_mins(20),
            max_timeout: Duration::from_hours(1),
        };
        let mut settings = Settings {
            limits,
            files: FileSettings { max_size: 1 << 20, ..FileSettings::default() },
            keep_closed: None,
            cleanup_interval: Duration::from_mins(1),
            policy: Policy::default(),
            accounts: None,
            rate_limits: RateLimits::default(),
        };
        tune(&mut settings);
        let app = App::new(parts, settings);
        Self { router: router(app.clone(), options), app, clock, sender, blobs, _folder: folder }
    }

    pub(crate) async fn start(self) -> Self {
        self.app.start().await.unwrap();
        self.loops_rest().await;
        self
    }

    /// Waits until all loops of the application that sleep have done what there was to do: four, with accounts five.
    pub(crate) async fn loops_rest(&self) {
        self.clock.asleep(4 + usize::from(self.app.needs_sign_in())).await;
    }

    /// Lets time pass, and the loops do what has become due.
    pub(crate) async fn advance(&self, time: Duration) {
        self.clock.advance(time);
        self.loops_rest().await;
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        self.send(request(method, path, headers, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call(Method::POST, path, &[("content-type", "application/json")], body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, &[], Body::empty()).await
    }

    /// Opens a session; its address.
    pub(crate) async fn open(&self, body: &Value) -> String {
        let opened = self.post("/api/sessions", body).await.expect(200);
        format!("/api/sessions/{}", opened["session_id"].as_str().unwrap())
    }
}

/// People must sign in, in any way there is, as often as they like.
pub(crate) fn accounts(settings: &mut Settings) {
    settings.accounts = Some(AccountSettings {
        ways: vec![Way::Password, Way::Basic, Way::Jwt, Way::Oauth],
        login_lifetime: Duration::from_hours(12),
        admin_group: None,
        allowed_logins: Vec::new(),
        jwt_subject: JwtSubject::default(),
    });
    settings.rate_limits = RateLimits {
        login_per_account: 0,
        login_per_address: 0,
        create_per_minute: 0,
        max_open: 0,
        guests_per_address: 0,
    };
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8096");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

/// A question of yes or no.
pub(crate) fn question() -> Value {
    json!({ "interaction_data": { "interaction_type": "confirmation", "title": "部署?", "message": "到 **生产**" } })
}

/// Its answer.
pub(crate) fn yes(by: &str) -> Value {
    json!({ "response": { "choice": "confirm" }, "user_id": by })
}

/// The last millisecond before `time` has passed.
pub(crate) fn just_before(time: Duration) -> Duration {
    time.saturating_sub(Duration::from_millis(1))
}

/// The types of a session's events, oldest first.
pub(crate) fn types(history: &Value) -> Vec<&str> {
    history["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}
