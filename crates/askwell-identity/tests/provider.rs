//! The whole way in, with the field's own provider: npm `oidc-provider` on loopback, its pages walked by script.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken expectation is a failed test")]

#[path = "provider/browser.rs"]
mod browser;

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Clock, ExternalIdentity, IdentityProvider as _, Return, Sender, SignInError};
use askwell_core::Now;
use askwell_core::ids::RunId;
use askwell_delivery::{Egress, HostPattern, MAX_TIMEOUT, WebhookOptions, WebhookSecret, WebhookSender};
use askwell_identity::{GroupsClaim, OidcOptions, OidcProvider};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::browser::Browser;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../e2e/identity/provider.mjs");
/// Nobody listens there: the browser stops before it.
const BACK: &str = "http://127.0.0.1:9/api/login/oauth/callback";

/// The provider lives by the wall clock.
#[derive(Debug)]
struct Wall;

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Now {
        #[expect(clippy::disallowed_methods, reason = "the provider reads the wall clock itself")]
        let wall = Timestamp::now();
        Now { wall, steady: wall, run: RunId(uuid::Uuid::nil()) }
    }

    async fn sleep(&self, _: Duration) {
        unreachable!("nothing waits here")
    }
}

struct Stage {
    issuer: String,
    sender: Arc<dyn Sender>,
    provider: OidcProvider,
    /// Ends with its standard input, at the latest.
    _process: Child,
}

impl Stage {
    async fn new() -> Self {
        let mut process = Command::new("node")
            .args([SCRIPT, "--redirect", BACK])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("`node` runs the provider: scripts/doctor test installs it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("e2e/identity/node_modules: run `scripts/doctor test`");
        let said: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        let issuer = text("issuer");
        let options = WebhookOptions {
            secret: WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap(),
            egress: Egress::default(),
            timeout: MAX_TIMEOUT,
            clock: Arc::new(Wall),
        };
        let named = HostPattern::named_by(&issuer.parse().unwrap());
        let sender: Arc<dyn Sender> = Arc::new(WebhookSender::new(options).unwrap().naming(named));
        let options = OidcOptions {
            name: "Tests".into(),
            issuer: issuer.clone(),
            client_id: text("client_id"),
            client_secret: Some(text("client_secret")),
            scopes: ["openid", "profile", "email", "groups"].map(Into::into).into(),
            groups: Some(GroupsClaim { claim: "groups".into(), allowed: vec!["ops".into(), "leads".into()] }),
        };
        let provider = OidcProvider::new(options, Arc::clone(&sender)).unwrap();
        Self { issuer, sender, provider, _process: process }
    }

    fn browser(&self) -> Browser {
        Browser::new(Arc::clone(&self.sender))
    }

    /// Goes through a door that only tests have.
    async fn side_door(&self, name: &str) {
        assert_eq!(self.browser().post(&format!("{}/side/{name}", self.issuer), "").await.status, 204);
    }

    /// Goes there, signs in as `login`, agrees, and comes back with an answer and what the browser kept.
    async fn walk(&self, login: &str) -> (Return, String) {
        let departure = self.provider.depart(BACK).await.unwrap();
        let mut browser = self.browser();
        let page = browser.open(&departure.url).await;
        let page = browser.submit(&page, &format!("prompt=login&login={login}&password=any")).await;
        let page = browser.submit(&page, "prompt=consent").await;
        (page.answer(BACK), departure.flow)
    }

    async fn arrive(&self, back: &Return, flow: &str) -> Result<ExternalIdentity, SignInError> {
        self.provider.arrive(BACK, back, flow, Wall.now().wall).await
    }
}

#[tokio::test]
async fn people_come_in_with_their_groups() {
    let stage = Stage::new().await;
    let (back, flow) = stage.walk("mei").await;
    assert_eq!(back.issuer.as_ref(), Some(&stage.issuer), "the provider names itself");
    let mei = stage.arrive(&back, &flow).await.unwrap();
    assert_eq!((mei.subject.as_str(), mei.login_hint.as_deref()), ("mei", Some("mei")));
    assert_eq!((mei.name.as_deref(), mei.email.as_deref()), (Some("梅 Mei"), Some("mei@example.org")));
    assert_eq!(mei.groups, Some(vec!["ops".into()]), "`everyone` is not let in");

    // From now on names and groups are not in the ID token.
    stage.side_door("userinfo").await;
    let (back, flow) = stage.walk("omar").await;
    let omar = stage.arrive(&back, &flow).await.unwrap();
    assert_eq!((omar.subject.as_str(), omar.name.as_deref()), ("omar", Some("Omar")));
    assert_eq!((omar.email, omar.groups), (None, Some(vec!["leads".into()])), "the address is not verified");
}

#[tokio::test]
async fn an_answer_counts_once_and_only_for_its_departure() {
    let stage = Stage::new().await;
    let (back, flow) = stage.walk("mei").await;
    let (other, other_flow) = stage.walk("omar").await;
    for (name, back) in [
        ("another's state", Return { state: other.state.clone(), ..back.clone() }),
        ("another issuer", Return { issuer: Some("https://mallory.example".into()), ..back.clone() }),
        ("no issuer", Return { issuer: None, ..back.clone() }),
    ] {
        let refused = stage.arrive(&back, &flow).await;
        assert!(matches!(refused, Err(SignInError::Refused(_))), "{name}: {refused:?}");
    }
    // Another's code under one's own state: the verifier does not fit.
    let injected = Return { code: other.code.clone(), ..back.clone() };
    assert!(matches!(stage.arrive(&injected, &flow).await, Err(SignInError::Refused(_))));

    stage.arrive(&back, &flow).await.unwrap();
    let replayed = stage.arrive(&back, &flow).await;
    assert!(matches!(replayed, Err(SignInError::Refused(_))), "{replayed:?}");
    drop(other_flow);
}

#[tokio::test]
async fn another_nonce_is_refused() {
    let stage = Stage::new().await;
    stage.side_door("nonce").await;
    let (back, flow) = stage.walk("mei").await;
    let Err(SignInError::Refused(reason)) = stage.arrive(&back, &flow).await else { panic!("taken") };
    assert!(reason.contains("`nonce`"), "{reason}");
    let (back, flow) = stage.walk("mei").await;
    stage.arrive(&back, &flow).await.unwrap();
}

#[tokio::test]
async fn new_keys_are_taken_over() {
    let stage = Stage::new().await;
    let (back, flow) = stage.walk("mei").await;
    stage.arrive(&back, &flow).await.unwrap();
    stage.side_door("rotate").await;
    // Keys are fetched at most once a minute; nothing is under way while it passes.
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(1)).await;
    tokio::time::resume();
    let (back, flow) = stage.walk("omar").await;
    assert_eq!(stage.arrive(&back, &flow).await.unwrap().subject, "omar");
}

#[tokio::test]
async fn whoever_turns_back_is_refused() {
    let stage = Stage::new().await;
    let departure = stage.provider.depart(BACK).await.unwrap();
    let mut browser = stage.browser();
    let page = browser.open(&departure.url).await;
    let page = browser.open(&format!("{}/abort", page.url)).await;
    let back = page.answer(BACK);
    assert_eq!(back.error.as_deref(), Some("access_denied"));
    assert!(matches!(stage.arrive(&back, &departure.flow).await, Err(SignInError::Refused(_))));
}
