use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::egress::HostPattern;
use crate::webhook::{MAX_TIMEOUT, client_for_tests};

/// How long a call to a hostile provider may take here.
const PATIENCE: Duration = Duration::from_secs(1);

/// Every name is one address.
struct Everything(&'static str);

#[async_trait]
impl Resolver for Everything {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![self.0.parse().unwrap()])
    }
}

fn get(url: &str) -> FetchRequest {
    FetchRequest { method: "GET".into(), url: url.into(), headers: Vec::new(), body: Vec::new() }
}

/// A call where the configuration names `named` and every name resolves to `address`.
async fn call(named: &str, address: &'static str, request: FetchRequest, within: Duration) -> Result<Fetched, String> {
    let egress = Egress { allow_hosts: HostPattern::named_by(&named.parse().unwrap()), ..Egress::default() };
    let way = Way { client: &client_for_tests(), egress: &egress, resolver: &Everything(address) };
    fetch(way, request, within).await.map_err(|error| error.0)
}

/// A call to the very place that the configuration names.
async fn called(url: &str, within: Duration) -> Result<Fetched, String> {
    call(url, "127.0.0.1", get(url), within).await
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

/// A provider of one call that reads the request's head and then does `act`.
fn provider<T: Send + 'static>(act: impl FnOnce(TcpStream) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 64]);
        act(stream)
    });
    (url, thread)
}

fn stall(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

async fn joined<T: Send + 'static>(thread: JoinHandle<T>) -> T {
    tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap()
}

#[tokio::test]
async fn brings_back_status_fields_and_body() {
    let template = ResponseTemplate::new(201).insert_header("x-one", "1").set_body_string("so it is");
    let server = answering(template).await;
    let request = FetchRequest {
        method: "POST".into(),
        url: server.uri(),
        headers: vec![("content-type".into(), "application/x-www-form-urlencoded".into())],
        body: b"code=1".to_vec(),
    };
    let fetched = call(&server.uri(), "127.0.0.1", request, MAX_TIMEOUT).await.unwrap();
    assert_eq!((fetched.status, fetched.body.as_slice()), (201, b"so it is".as_slice()));
    assert!(fetched.headers.contains(&("x-one".into(), "1".into())));
    let received = server.received_requests().await.unwrap();
    assert_eq!(received[0].method.as_str(), "POST");
    assert_eq!(received[0].body, b"code=1");
    assert_eq!(received[0].headers["content-type"], "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let aim = answering(ResponseTemplate::new(200)).await;
    for code in [301, 302, 303, 307, 308] {
        let server = answering(ResponseTemplate::new(code).insert_header("location", aim.uri())).await;
        assert_eq!(called(&server.uri(), MAX_TIMEOUT).await.unwrap().status, code);
    }
    assert!(aim.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn only_what_is_named_may_be_inside() {
    let server = answering(ResponseTemplate::new(200)).await;
    let port = server.address().port();
    let url = format!("http://idp.internal:{port}/jwks");
    assert!(call("http://idp.internal/", "127.0.0.1", get(&url), MAX_TIMEOUT).await.is_ok());
    let reached = server.received_requests().await.unwrap().len();
    for (named, asked) in [
        ("http://idp.internal/", format!("http://db.internal:{port}/")),
        ("http://idp.internal/", format!("http://127.0.0.1:{port}/")),
        ("http://idp.internal/", "http://idp.internal:22/".into()),
        ("http://idp.internal/", format!("http://user@idp.internal:{port}/")),
        ("http://idp.internal/", "file:///etc/passwd".into()),
    ] {
        assert!(call(named, "127.0.0.1", get(&asked), MAX_TIMEOUT).await.is_err(), "{asked}");
    }
    assert_eq!(server.received_requests().await.unwrap().len(), reached);
}

#[tokio::test]
async fn no_name_leads_to_the_credentials_of_the_machine() {
    for address in ["169.254.169.254", "169.254.1.1", "fd00:ec2::254", "fe80::1", "100.100.100.200"] {
        let refused = call("http://idp.internal/", address, get("http://idp.internal/"), PATIENCE).await.unwrap_err();
        assert!(refused.contains("metadata") || refused.contains("link-local"), "{address}: {refused}");
    }
    let literal = "http://169.254.169.254/latest/meta-data/";
    let refused = called(literal, PATIENCE).await.unwrap_err();
    assert!(refused.contains("metadata"), "{refused}");
}

#[tokio::test]
async fn one_that_never_answers_costs_the_time_out() {
    let (url, thread) = provider(stall);
    assert_eq!(called(&url, PATIENCE).await.unwrap_err(), "no answer within 1s");
    joined(thread).await;
}

#[tokio::test]
async fn one_that_never_ends_its_body_costs_the_time_out() {
    let (url, thread) = provider(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome").unwrap();
        stall(stream);
    });
    assert_eq!(called(&url, PATIENCE).await.unwrap_err(), "no answer within 1s");
    joined(thread).await;
}

#[tokio::test]
async fn an_endless_body_is_no_answer() {
    let (url, thread) = provider(|mut stream| {
        let mut written = stream.write(b"HTTP/1.1 200 OK\r\n\r\n").unwrap_or(0);
        while let Ok(more) = stream.write(&[b'x'; 4096]) {
            written += more;
        }
        written
    });
    assert_eq!(called(&url, MAX_TIMEOUT).await.unwrap_err(), "the answer is longer than 1048576 bytes");
    // Beyond what is read there are only the buffers of two sockets.
    let taken = joined(thread).await;
    assert!(taken < 32 * 1024 * 1024, "{taken}");
}

#[tokio::test]
async fn a_body_of_the_most_is_taken_whole() {
    let server = answering(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; MAX_BODY])).await;
    assert_eq!(called(&server.uri(), MAX_TIMEOUT).await.unwrap().body.len(), MAX_BODY);
    let server = answering(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; MAX_BODY + 1])).await;
    assert!(called(&server.uri(), MAX_TIMEOUT).await.is_err());
}

#[tokio::test]
async fn a_bomb_is_not_unpacked() {
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        let bomb = ResponseTemplate::new(200).insert_header("content-encoding", encoding).set_body_bytes(b"no archive");
        let server = answering(bomb).await;
        assert_eq!(called(&server.uri(), MAX_TIMEOUT).await.unwrap().body, b"no archive", "{encoding}");
    }
}

#[tokio::test]
async fn says_what_went_wrong_without_the_url() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let reason = called(&format!("http://127.0.0.1:{port}/?token=hush"), MAX_TIMEOUT).await.unwrap_err();
    assert!(reason.starts_with("could not connect: ") && !reason.contains("hush"), "{reason}");
    let mut request = get("http://127.0.0.1:1/");
    request.headers.push(("authorization".into(), "hush\nhush".into()));
    let reason = call("http://127.0.0.1:1/", "127.0.0.1", request, MAX_TIMEOUT).await.unwrap_err();
    assert_eq!(reason, "the header field `authorization` cannot be sent");
    let request = FetchRequest { method: "DELETE".into(), ..get("http://127.0.0.1:1/") };
    assert!(call("http://127.0.0.1:1/", "127.0.0.1", request, MAX_TIMEOUT).await.is_err());
}
