//! TLS of our own: requests, websockets, Socket.IO by polling, renewal, limits.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use askwell_server::{Doors, LimitsOptions, Refreshed, Tls, TlsFiles, serve};
use axum::Router;
use axum::routing::get;
use rcgen::{CertificateParams, KeyPair, SerialNumber};
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Two files and what is in them.
struct Certificate {
    folder: tempfile::TempDir,
    pem: String,
}

impl Certificate {
    fn new() -> Self {
        let mut certificate = Self { folder: tempfile::tempdir().unwrap(), pem: String::new() };
        certificate.renew(1);
        certificate
    }

    fn renew(&mut self, number: u64) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.serial_number = Some(SerialNumber::from(number));
        self.pem = params.self_signed(&key).unwrap().pem();
        std::fs::write(self.path("cert.pem"), &self.pem).unwrap();
        std::fs::write(self.path("key.pem"), key.serialize_pem()).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(name)
    }

    fn open(&self) -> Arc<Tls> {
        let files = TlsFiles { certificate: self.path("cert.pem"), key: self.path("key.pem") };
        Arc::new(Tls::open(files, || jiff::Timestamp::UNIX_EPOCH).unwrap())
    }

    /// A client that trusts this certificate and offers these protocols.
    async fn connect(&self, address: SocketAddr, protocols: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let stream = TcpStream::connect(address).await?;
        TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await
    }
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn new(
        tls: Arc<Tls>,
        limits: LimitsOptions,
        parked: impl Future<Output = ()> + Clone + Send + Sync + 'static,
    ) -> Self {
        let (layer, io) = SocketIo::builder().build_layer();
        io.ns("/", async |_: SocketRef| {});
        let wait = async move || {
            parked.await;
            "waited"
        };
        let router = Router::new().route("/", get(async || "hello")).route("/wait", get(wait)).layer(layer);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let doors = Doors { listeners: vec![listener], tls: Some(tls), ..Doors::default() };
        let serving = serve(doors, router, limits, async {
            let _ = stopped.await;
        });
        Self { address, stop, server: tokio::task::spawn_local(serving) }
    }

    async fn usual(certificate: &Certificate) -> Self {
        Self::new(certificate.open(), LimitsOptions::default(), std::future::ready(())).await
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
    }
}

async fn ask(stream: &mut (impl AsyncWriteExt + Unpin), path: &str, headers: &str) {
    let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// What comes, until it contains this.
async fn until(stream: &mut (impl AsyncReadExt + Unpin), part: &str) -> String {
    let mut text = String::new();
    while !text.contains(part) {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "ended after {text:?}");
        text += &String::from_utf8_lossy(&buffer[..read]);
    }
    text
}

#[tokio::test(flavor = "local")]
async fn a_connection_serves_several_requests() {
    let certificate = Certificate::new();
    let running = Running::usual(&certificate).await;
    let mut stream = certificate.connect(running.address, &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    for _ in 0..2 {
        ask(&mut stream, "/", "").await;
        assert!(until(&mut stream, "hello").await.starts_with("HTTP/1.1 200"));
    }
    // Clients that name no protocol speak HTTP/1.1, too.
    let mut plain = certificate.connect(running.address, &[]).await.unwrap();
    ask(&mut plain, "/", "").await;
    until(&mut plain, "hello").await;
    running.stop().await;
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0, "a stop says goodbye");
}

#[tokio::test(flavor = "local")]
async fn a_stop_lets_a_parked_request_end() {
    let certificate = Certificate::new();
    let (end, ended) = oneshot::channel::<()>();
    let ended = futures::FutureExt::shared(async {
        let _ = ended.await;
    });
    let running = Running::new(certificate.open(), LimitsOptions::default(), ended).await;
    let mut stream = certificate.connect(running.address, &[]).await.unwrap();
    ask(&mut stream, "/wait", "").await;
    let mut other = certificate.connect(running.address, &[]).await.unwrap();
    ask(&mut other, "/", "").await;
    until(&mut other, "hello").await;
    running.stop.send(()).unwrap();
    end.send(()).unwrap();
    until(&mut stream, "waited").await;
    running.server.await.unwrap().unwrap();
}

#[tokio::test(flavor = "local")]
async fn sockets_open_by_websocket_and_by_polling() {
    let certificate = Certificate::new();
    let running = Running::usual(&certificate).await;
    let mut socket = certificate.connect(running.address, &[b"http/1.1"]).await.unwrap();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    ask(&mut socket, "/socket.io/?EIO=4&transport=websocket", upgrade).await;
    let opened = until(&mut socket, "0{\"sid\":").await;
    assert!(opened.starts_with("HTTP/1.1 101"), "{opened}");
    let mut polling = certificate.connect(running.address, &[b"http/1.1"]).await.unwrap();
    ask(&mut polling, "/socket.io/?EIO=4&transport=polling", "").await;
    let opened = until(&mut polling, "0{\"sid\":").await;
    assert!(opened.starts_with("HTTP/1.1 200"), "{opened}");
    drop((socket, polling));
    running.stop().await;
}

#[tokio::test(flavor = "local")]
async fn who_says_nothing_or_no_tls_is_cut_off() {
    let certificate = Certificate::new();
    let limits = LimitsOptions { header_read_timeout: Duration::from_millis(50), ..LimitsOptions::default() };
    let running = Running::new(certificate.open(), limits, std::future::ready(())).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(silent.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    let mut shaken = certificate.connect(running.address, &[]).await.unwrap();
    let _ = shaken.read_to_end(&mut Vec::new()).await;
    let mut clear = TcpStream::connect(running.address).await.unwrap();
    ask(&mut clear, "/", "").await;
    let mut said = Vec::new();
    let _ = clear.read_to_end(&mut said).await;
    assert!(!String::from_utf8_lossy(&said).contains("hello"));
    running.stop().await;
}

#[tokio::test(flavor = "local")]
async fn a_stop_does_not_wait_for_handshakes() {
    let certificate = Certificate::new();
    let limits = LimitsOptions { drain_timeout: Duration::from_hours(1), ..LimitsOptions::default() };
    let running = Running::new(certificate.open(), limits, std::future::ready(())).await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    // The one after it is served, so it has been accepted.
    let mut served = certificate.connect(running.address, &[]).await.unwrap();
    ask(&mut served, "/", "").await;
    until(&mut served, "hello").await;
    running.stop().await;
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test(flavor = "local")]
async fn a_renewed_certificate_is_shown_to_new_connections() {
    let mut certificate = Certificate::new();
    let tls = certificate.open();
    let running = Running::new(Arc::clone(&tls), LimitsOptions::default(), std::future::ready(())).await;
    let mut before = certificate.connect(running.address, &[]).await.unwrap();
    certificate.renew(2);
    assert!(certificate.connect(running.address, &[]).await.is_err(), "the old one is shown still");
    assert_eq!(tls.refresh(), Refreshed::Replaced);
    let mut after = certificate.connect(running.address, &[]).await.unwrap();
    for stream in [&mut before, &mut after] {
        ask(stream, "/", "").await;
        until(stream, "hello").await;
    }
    running.stop().await;
}
