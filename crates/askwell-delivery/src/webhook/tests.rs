mod canary;
mod hostile;

use std::collections::VecDeque;
use std::io;
use std::sync::Mutex;

use askwell_app::ports::DeliveryState;
use askwell_core::Now;
use askwell_core::ids::{DeliveryId, RunId, SessionId, Version};
use jiff::Timestamp;
use uuid::Uuid;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::egress::Mode;

const BODY: &str = r#"{"session_id":"s","status":"completed","response":{"choice":"部署 ✓"},"n":18446744073709551615}"#;

/// The wall clock, as `standardwebhooks` verifies against it.
#[derive(Debug)]
struct Wall;

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Now {
        #[expect(clippy::disallowed_methods, reason = "the verifying crate reads the wall clock itself")]
        let wall = Timestamp::now();
        Now { wall, steady: wall, run: RunId(Uuid::nil()) }
    }

    async fn sleep(&self, _: Duration) {
        unreachable!("a sender only asks what time it is");
    }
}

/// Answers in turn, the last one for ever.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Option<Vec<IpAddr>>>>,
    asked: Mutex<Vec<String>>,
}

impl Script {
    fn new<const N: usize>(answers: [&[&str]; N]) -> Arc<Self> {
        let answers = answers.map(|answer| Some(answer.iter().map(|text| text.parse().unwrap()).collect()));
        Arc::new(Self { answers: Mutex::new(answers.into()), asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

#[async_trait]
impl Resolver for Script {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        answer.flatten().ok_or_else(|| io::Error::other("no such name"))
    }
}

fn secret() -> WebhookSecret {
    WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn development() -> Egress {
    Egress { mode: Mode::Development, ..Egress::default() }
}

fn sender(egress: Egress, timeout: Duration, resolver: Arc<Script>) -> WebhookSender {
    let options = WebhookOptions { secret: secret(), egress, timeout, clock: Arc::new(Wall) };
    WebhookSender::with_resolver(options, resolver).unwrap()
}

/// Loopback is allowed, names do not resolve, and nothing is in a hurry.
fn local() -> WebhookSender {
    sender(development(), MAX_TIMEOUT, Arc::default())
}

fn delivery(url: &str) -> Delivery {
    Delivery {
        id: DeliveryId(Uuid::from_u128(7)),
        session: SessionId(Uuid::nil()),
        version: Version(2),
        url: url.to_owned(),
        endpoint: String::new(),
        body: BODY.to_owned(),
        state: DeliveryState::Pending,
        attempts_made: 0,
        created_at: Timestamp::UNIX_EPOCH,
        next_attempt_at: None,
        attempts: Vec::new(),
    }
}

fn status(status: u16) -> Sent {
    Sent::Status { status, retry_after: None }
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

#[tokio::test]
async fn signs_what_it_sends() {
    let server = answering(ResponseTemplate::new(204)).await;
    let sent = local().send(&delivery(&format!("{}/hook?token=1", server.uri()))).await;
    assert_eq!(sent, status(204));
    let request = &received(&server).await[0];
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!((request.url.path(), request.url.query()), ("/hook", Some("token=1")));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["user-agent"], USER_AGENT);
    assert_eq!(request.headers["webhook-id"], Uuid::from_u128(7).to_string());
    assert!(!request.headers.contains_key("accept-encoding"));
    assert_eq!(request.body, BODY.as_bytes());
    let verifier = standardwebhooks::Webhook::new(&secret().reveal()).unwrap();
    verifier.verify(&request.body, &request.headers).unwrap();
    let other = standardwebhooks::Webhook::new(&WebhookSecret::generate().unwrap().reveal()).unwrap();
    assert!(other.verify(&request.body, &request.headers).is_err());
}

#[tokio::test]
async fn every_attempt_sends_the_same_id_and_bytes() {
    let server = answering(ResponseTemplate::new(500)).await;
    let (sender, delivery) = (local(), delivery(&server.uri()));
    for _ in 0..3 {
        assert_eq!(sender.send(&delivery).await, status(500));
    }
    let requests = received(&server).await;
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.body, BODY.as_bytes());
        assert_eq!(request.headers["webhook-id"], requests[0].headers["webhook-id"]);
    }
}

#[tokio::test]
async fn tells_the_status_as_it_came() {
    for code in [200, 201, 202, 299, 304, 400, 401, 404, 410, 429, 500, 503, 599] {
        let server = answering(ResponseTemplate::new(code)).await;
        assert_eq!(local().send(&delivery(&server.uri())).await, status(code));
    }
}

#[tokio::test]
async fn tells_when_to_come_back() {
    let later = Wall.now().wall + jiff::SignedDuration::from_secs(3600);
    let date = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (value, least, most) in [("30", 30, 30), ("0", 0, 0), (date.as_str(), 3500, 3600)] {
        let server = answering(ResponseTemplate::new(503).insert_header("retry-after", value)).await;
        let Sent::Status { status: 503, retry_after: Some(wait) } = local().send(&delivery(&server.uri())).await else {
            panic!("no Retry-After from {value}");
        };
        assert!((least..=most).contains(&wait.as_secs()), "{value}: {wait:?}");
    }
    let server = answering(ResponseTemplate::new(503).insert_header("retry-after", "soon")).await;
    assert_eq!(local().send(&delivery(&server.uri())).await, status(503));
}

#[tokio::test]
async fn never_follows_a_redirect() {
    let aim = answering(ResponseTemplate::new(200)).await;
    for code in [300, 301, 302, 303, 307, 308] {
        let server = answering(ResponseTemplate::new(code).insert_header("location", aim.uri())).await;
        assert_eq!(local().send(&delivery(&server.uri())).await, status(code));
    }
    assert!(received(&aim).await.is_empty());
}

#[tokio::test]
async fn judges_again_at_every_attempt() {
    let server = answering(ResponseTemplate::new(200)).await;
    let flips = Script::new([&["127.0.0.1"], &["10.0.0.1"], &["127.0.0.1"], &["169.254.169.254"]]);
    let sender = sender(development(), MAX_TIMEOUT, Arc::clone(&flips));
    let delivery = delivery(&format!("http://flip.example.org:{}/", server.address().port()));
    assert_eq!(sender.send(&delivery).await, status(200));
    assert!(matches!(sender.send(&delivery).await, Sent::Refused { .. }));
    assert_eq!(sender.send(&delivery).await, status(200));
    assert!(matches!(sender.send(&delivery).await, Sent::Refused { .. }));
    assert_eq!(flips.asked(), 4, "a second look-up in one attempt is where rebinding comes in");
    assert_eq!(received(&server).await.len(), 2);
    assert_eq!(received(&server).await[0].headers["host"], format!("flip.example.org:{}", server.address().port()));
}

#[tokio::test]
async fn connects_only_to_the_allowed_among_many() {
    let server = answering(ResponseTemplate::new(200)).await;
    let url = format!("http://many.example.org:{}/", server.address().port());
    let mixed = Script::new([&["10.0.0.1", "fd00::1", "169.254.169.254", "127.0.0.1"]]);
    assert_eq!(sender(development(), MAX_TIMEOUT, mixed.clone()).send(&delivery(&url)).await, status(200));
    assert!(matches!(sender(Egress::default(), MAX_TIMEOUT, mixed).send(&delivery(&url)).await, Sent::Refused { .. }));
    assert_eq!(received(&server).await.len(), 1);
}

#[tokio::test]
async fn the_client_resolves_nothing_by_itself() {
    let server = answering(ResponseTemplate::new(200)).await;
    let url = format!("http://localhost:{}/", server.address().port());
    let error = client(Roots::System).unwrap().get(&url).send().await.unwrap_err();
    assert!(innermost(&error).contains("no address was judged"), "{error:?}");
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn a_client_without_certificates_still_calls() {
    let server = answering(ResponseTemplate::new(200)).await;
    let response = client(Roots::Nobody).unwrap().get(server.uri()).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn permission_asks_and_calls_nothing() {
    let server = answering(ResponseTemplate::new(200)).await;
    assert_eq!(local().permission(&server.uri()).await, Permission::Allowed);
    let strict = sender(Egress::default(), MAX_TIMEOUT, Arc::default());
    let Permission::Refused { reason, setting } = strict.permission(&server.uri()).await else {
        panic!("loopback allowed");
    };
    assert_eq!((reason.as_str(), setting.as_str()), ("127.0.0.1 is a loopback address", "egress.allow_networks"));
    let named = sender(Egress::default(), MAX_TIMEOUT, Script::new([&["10.0.0.1"]]));
    let Permission::Refused { setting, .. } = named.permission("https://db.internal/").await else {
        panic!("private allowed");
    };
    assert_eq!(setting, "egress.allow_hosts");
    assert_eq!(strict.permission("https://does.not.resolve/").await, Permission::Allowed);
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn says_what_went_wrong_without_the_url() {
    let unresolved = local().send(&delivery("http://nowhere.example.org/?token=hush")).await;
    assert_eq!(unresolved, failed("`nowhere.example.org` does not resolve: no such name"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Sent::Failed { reason } = local().send(&delivery(&format!("http://127.0.0.1:{port}/?token=hush"))).await else {
        panic!("nobody listens there");
    };
    assert!(reason.starts_with("could not connect: ") && !reason.contains("hush"), "{reason}");
    let nothing = sender(development(), MAX_TIMEOUT, Script::new([&[]]));
    assert_eq!(nothing.send(&delivery("http://empty.example.org/")).await, failed("the host has no address"));
}

#[test]
fn shows_no_secret() {
    let options =
        WebhookOptions { secret: secret(), egress: Egress::default(), timeout: MAX_TIMEOUT, clock: Arc::new(Wall) };
    let shown = format!("{options:?} {:?}", local());
    assert!(!shown.contains("MfKQ9r8"), "{shown}");
}
