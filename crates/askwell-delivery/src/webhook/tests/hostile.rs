//! Receivers that stall, flood and lie.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use super::*;

/// How long a call to a hostile receiver may take here.
const PATIENCE: Duration = Duration::from_secs(1);

/// A receiver of one call that reads the request's head and then does `act`.
fn receiver<T: Send + 'static>(act: impl FnOnce(TcpStream) -> T + Send + 'static) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 64];
        let _ = stream.read(&mut head);
        act(stream)
    });
    (url, thread)
}

/// Waits until the other side has hung up.
fn stall(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Writes for as long as the other side takes it; how many bytes that were.
fn flood(mut stream: TcpStream, head: &str, rest: &[u8]) -> usize {
    let mut written = stream.write(head.as_bytes()).unwrap_or(0);
    while let Ok(more) = stream.write(rest) {
        written += more;
    }
    written
}

/// What the receiver came to, while the runtime goes on and may hang up.
async fn joined<T: Send + 'static>(thread: JoinHandle<T>) -> T {
    tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap()
}

async fn call(url: &str) -> Sent {
    sender(development(), PATIENCE, Arc::default()).send(&delivery(url)).await
}

#[tokio::test]
async fn one_that_never_answers_costs_the_time_out() {
    let (url, thread) = receiver(stall);
    assert_eq!(call(&url).await, failed("no answer within 1s"));
    joined(thread).await;
}

#[tokio::test]
async fn one_that_never_ends_its_body_has_answered() {
    let (url, thread) = receiver(|mut stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome").unwrap();
        stall(stream);
    });
    assert_eq!(call(&url).await, status(200));
    joined(thread).await;
}

#[tokio::test]
async fn an_endless_body_is_left_at_64_kib() {
    let (url, thread) = receiver(|stream| flood(stream, "HTTP/1.1 410 Gone\r\n\r\n", &[b'x'; 4096]));
    assert_eq!(call(&url).await, status(410));
    let taken = joined(thread).await;
    // Beyond what is read there are only the buffers of two sockets.
    assert!(taken < 32 * 1024 * 1024, "{taken}");
}

#[tokio::test]
async fn endless_headers_are_no_answer() {
    let (url, thread) = receiver(|stream| flood(stream, "HTTP/1.1 200 OK\r\n", &b"x-filler: filler\r\n".repeat(64)));
    assert!(matches!(call(&url).await, Sent::Failed { .. }));
    joined(thread).await;
}

#[tokio::test]
async fn endless_promises_are_no_answer() {
    let (url, thread) = receiver(|stream| flood(stream, "", b"HTTP/1.1 102 Processing\r\n\r\n"));
    assert!(matches!(call(&url).await, Sent::Failed { .. }));
    joined(thread).await;
}

#[tokio::test]
async fn a_bomb_is_not_unpacked() {
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        let bomb = ResponseTemplate::new(200).insert_header("content-encoding", encoding).set_body_bytes(b"no archive");
        let server = answering(bomb).await;
        assert_eq!(call(&server.uri()).await, status(200), "{encoding}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for words in ["", "SSH-2.0-OpenSSH_9.9\r\n", "HTTP/1.1 99999 Much\r\n\r\n", "\0\0\0\0"] {
        let (url, thread) = receiver(move |mut stream| stream.write_all(words.as_bytes()));
        assert!(matches!(call(&url).await, Sent::Failed { .. }), "{words:?}");
        joined(thread).await.unwrap();
    }
}

#[tokio::test]
async fn a_slow_name_costs_the_time_out() {
    struct Never;
    #[async_trait]
    impl Resolver for Never {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }
    let options = WebhookOptions { secret: secret(), egress: development(), timeout: PATIENCE, clock: Arc::new(Wall) };
    let sender = WebhookSender::with_resolver(options, Arc::new(Never)).unwrap();
    assert_eq!(sender.send(&delivery("http://slow.example.org/")).await, failed("no answer within 1s"));
}

#[test]
fn no_call_takes_longer_than_the_most() {
    assert_eq!(sender(development(), Duration::from_hours(1), Arc::default()).timeout, MAX_TIMEOUT);
}

#[tokio::test]
async fn https_goes_to_the_judged_address_under_its_name() {
    let (url, thread) = receiver(|mut stream| {
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).unwrap();
        hello.truncate(length);
        hello
    });
    let port = url::Url::parse(&url).unwrap().port().unwrap();
    let sender = sender(development(), PATIENCE, Script::new([&["127.0.0.1"]]));
    let sent = sender.send(&delivery(&format!("https://hooks.example.org:{port}/"))).await;
    assert!(matches!(&sent, Sent::Failed { reason } if reason.starts_with("could not connect: ")), "{sent:?}");
    let hello = joined(thread).await;
    assert!(hello.windows(17).any(|name| name == b"hooks.example.org"), "no server name in {} bytes", hello.len());
}

#[tokio::test]
async fn plain_words_where_tls_is_due_are_no_answer() {
    let (url, thread) = receiver(|mut stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n"));
    let sent = call(&url.replace("http:", "https:")).await;
    assert!(matches!(sent, Sent::Failed { .. }), "{sent:?}");
    joined(thread).await.unwrap();
}
