//! A server without a socket, kept from input to input, and requests to it.
//!
//! Made anew once much has changed in it, so that no input is looked at by a
//! server that is full of what the ones before it left. Panics are counted: one
//! in a task of the server's ends that task and would go unnoticed.

use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use askwell_app::{
    AccountSettings, App, Caller, Channel, FileSettings, JwtSubject, NewToken, NewUser, Parts, RateLimits, Settings,
    Way,
};
use askwell_core::access::{Policy, Role, TokenScope};
use askwell_core::interaction::examples;
use askwell_core::session::Limits;
use askwell_files::DiskBlobs;
use askwell_server::{ServerOptions, router};
use askwell_sqlite::{SqliteOptions, SqliteStore, Synchronous};
use askwell_testkit::{ScriptedSender, TestClock, TestIds};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::Broken;

/// After so many requests that changed something the server is made anew.
const MOST_CHANGES: u32 = 2_000;

/// A reply that is not there after this time is one that waits for something, as a long poll does.
const PATIENCE: Duration = Duration::from_millis(30);

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// How many panics there were so far, in whatever thread. Counts from the first call on.
pub fn panics() -> usize {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(panic);
        }));
    });
    PANICS.load(Ordering::SeqCst)
}

thread_local! {
    static RUNTIME: Result<Runtime, String> =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string());
    static OPEN: RefCell<Option<World>> = const { RefCell::new(None) };
    static ACCOUNTS: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Runs something that waits, on this thread.
///
/// # Errors
/// [`Broken`]: there is no runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Broken> {
    RUNTIME.with(|runtime| match runtime {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(Broken(error.clone())),
    })
}

/// A folder that goes with its owner, in memory where there is such a place.
///
/// # Errors
/// [`Broken`]: none can be made.
pub(crate) fn folder() -> Result<TempDir, Broken> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.map_err(|error| Broken(error.to_string()))
}

/// Whether people must sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doors {
    /// Everybody is the local owner.
    Open,
    /// Nobody is anybody without a credential.
    Accounts,
}

/// A request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), ..Self::default() }
    }

    /// A `POST` with JSON.
    pub(crate) fn post(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { body, ..Self::new("POST", path) }.with("content-type", "application/json")
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty where it would never end.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body, to be read by people.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Broken`]: it is none.
    pub fn json(&self) -> Result<Value, Broken> {
        serde_json::from_slice(&self.bytes).map_err(|error| Broken(format!("{error}: {}", self.text())))
    }
}

/// The server.
pub(crate) struct World {
    router: Router,
    folder: TempDir,
    /// What stands for what in requests: `{confirmation}` for the id of an open one.
    names: Vec<(String, String)>,
    changes: u32,
    _app: App,
}

impl World {
    /// Does something with this thread's server of that way.
    ///
    /// # Errors
    /// [`Broken`], of `f`, or because no server can be made.
    pub(crate) fn with<T>(way: Doors, f: impl FnOnce(&mut Self) -> Result<T, Broken>) -> Result<T, Broken> {
        let cell = match way {
            Doors::Open => &OPEN,
            Doors::Accounts => &ACCOUNTS,
        };
        cell.with(|cell| {
            let mut world = cell.borrow_mut();
            if world.as_ref().is_none_or(|world| world.changes > MOST_CHANGES) {
                *world = None;
                *world = Some(block_on(Self::make(way))??);
            }
            let before = panics();
            let done = world.as_mut().ok_or_else(|| Broken("no server".to_owned())).and_then(f);
            let count = panics() - before;
            if count == 0 { done } else { Err(Broken(format!("{count} tasks of the server panicked"))) }
        })
    }

    async fn make(way: Doors) -> Result<Self, Broken> {
        let folder = folder()?;
        let options = SqliteOptions {
            synchronous: Synchronous::Normal,
            readers: 1,
            ..SqliteOptions::new(folder.path().join("askwell.db"))
        };
        let store = SqliteStore::open(options).map_err(|error| Broken(error.to_string()))?;
        let blobs = DiskBlobs::open(folder.path().join("files")).map_err(|error| Broken(error.to_string()))?;
        let passwords = askwell_identity::Argon2Passwords::start().map_err(|error| Broken(error.to_string()))?;
        let parts = Parts {
            store: Arc::new(store),
            blobs: Arc::new(blobs),
            sender: Arc::new(ScriptedSender::default()),
            clock: Arc::new(TestClock::new()),
            ids: Arc::new(TestIds::default()),
            passwords: Arc::new(passwords),
            bearer: None,
            provider: None,
            passkeys: None,
            notifier: None,
            resume: askwell_server::resume,
        };
        let app = App::new(parts, settings(way));
        app.start().await.map_err(|error| Broken(error.to_string()))?;
        let router = router(app.clone(), ServerOptions::default());
        let mut world = Self { router, folder, names: Vec::new(), changes: 0, _app: app.clone() };
        if way == Doors::Accounts {
            world.people(&app).await?;
        }
        world.questions().await?;
        Ok(world)
    }

    /// An administrator and a member, each with a token.
    async fn people(&mut self, app: &App) -> Result<(), Broken> {
        let console = Caller::local(Channel::Console, "en", "console");
        for (login, role, scopes) in [
            ("zoe", Role::Admin, &TokenScope::ALL[..]),
            ("mei", Role::Member, &[TokenScope::Create, TokenScope::Read][..]),
        ] {
            let user = NewUser { login: login.to_owned(), role, ..NewUser::default() };
            app.add_user(&console, user).await.map_err(|error| Broken(error.to_string()))?;
            let wanted = NewToken {
                name: login.to_owned(),
                owner: Some(login.to_owned()),
                scopes: scopes.iter().copied().collect(),
                ..NewToken::default()
            };
            let issued = app.issue_token(&console, wanted).await.map_err(|error| Broken(error.to_string()))?;
            self.names.push((format!("{{{login}}}"), issued.secret));
        }
        Ok(())
    }

    /// A question of each kind, open.
    async fn questions(&mut self) -> Result<(), Broken> {
        for (kind, example) in examples() {
            let body = json!({"interaction_data": example, "extendable_seconds": 60});
            let mut ask = Ask::post("/api/sessions", body.to_string().into_bytes());
            if let Some((_, token)) = self.names.iter().find(|(name, _)| name == "{zoe}") {
                ask = ask.with("authorization", format!("Bearer {token}"));
            }
            let reply = self.answer(ask).await?.ok_or_else(|| Broken("a create waits".to_owned()))?;
            let id = reply.json()?["session_id"].as_str().map(str::to_owned);
            let id = id.ok_or_else(|| Broken(format!("{kind} was not opened: {}", reply.text())))?;
            self.names.retain(|(name, _)| *name != format!("{{{kind}}}"));
            self.names.push((format!("{{{kind}}}"), id));
        }
        Ok(())
    }

    /// Where its files lie.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Text with names in place of what stands for them.
    pub(crate) fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// A request and its reply.
    ///
    /// # Errors
    /// [`Broken`]: there is none, or it is no request.
    pub(crate) fn ask(&mut self, ask: Ask) -> Result<Reply, Broken> {
        self.ask_patiently(ask)?.ok_or_else(|| Broken("no reply".to_owned()))
    }

    /// The same; nothing where the reply waits for something.
    pub(crate) fn ask_patiently(&mut self, ask: Ask) -> Result<Option<Reply>, Broken> {
        let changes = !matches!(ask.method.as_str(), "GET" | "HEAD" | "OPTIONS") && !ask.path.starts_with("/socket.io");
        let reply = block_on(self.answer(ask))??;
        if changes && reply.as_ref().is_some_and(|reply| reply.status == 200) {
            self.changes += 1;
            block_on(self.refreshed())??;
        }
        Ok(reply)
    }

    /// Questions that are still open, in place of those that were answered.
    async fn refreshed(&mut self) -> Result<(), Broken> {
        // Dear, and worth it only now and then: an answered one is a state to be tried, too.
        if self.changes.is_multiple_of(16) { self.questions().await } else { Ok(()) }
    }

    /// Lets the server's tasks get on with what they have, and counts that as a change.
    pub(crate) fn changed(&mut self) {
        self.changes += 1;
    }

    async fn answer(&self, ask: Ask) -> Result<Option<Reply>, Broken> {
        let waits = ask.path.contains("wait")
            || ask.path.starts_with("/api/events")
            || ask.path.starts_with("/api/integrations/")
            || is_poll(&ask);
        let mut request = Request::builder().method(ask.method.as_str()).uri(&ask.path);
        if !ask.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header("host", "localhost:8096");
        }
        for (name, value) in &ask.headers {
            request = request.header(name.as_str(), value.as_slice());
        }
        let Ok(request) = request.body(Body::from(ask.body)) else {
            return Ok(None);
        };
        let reply = async {
            let response = self.router.clone().oneshot(request).await;
            let Ok(response) = response;
            let (parts, body) = response.into_parts();
            let streams =
                parts.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
            let bytes = if streams {
                Vec::new()
            } else {
                body.collect().await.map_err(|error| Broken(error.to_string()))?.to_bytes().to_vec()
            };
            Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, bytes })
        };
        if waits { tokio::time::timeout(PATIENCE, reply).await.ok().transpose() } else { reply.await.map(Some) }
    }
}

fn is_poll(ask: &Ask) -> bool {
    ask.method == "GET" && ask.path.starts_with("/socket.io") && ask.path.contains("sid=")
}

fn settings(way: Doors) -> Settings {
    let accounts = AccountSettings {
        ways: vec![Way::Password, Way::Basic],
        login_lifetime: Duration::from_hours(12),
        admin_group: None,
        allowed_logins: Vec::new(),
        jwt_subject: JwtSubject::default(),
    };
    Settings {
        limits: Limits {
            default_timeout: Duration::from_mins(5),
            review_timeout: Duration::from_mins(20),
            max_timeout: Duration::from_hours(1),
        },
        files: FileSettings { max_size: 1 << 20, ..FileSettings::default() },
        keep_closed: None,
        cleanup_interval: Duration::from_mins(1),
        policy: Policy::default(),
        accounts: (way == Doors::Accounts).then_some(accounts),
        rate_limits: RateLimits {
            login_per_account: 0,
            login_per_address: 0,
            create_per_minute: 0,
            max_open: 0,
            guests_per_address: 0,
        },
    }
}
