//! The rule without accounts, header by header.

use axum::body::Body;

use super::*;

const CLIENT: Client = Client { address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), is_tls: false };

fn guard() -> Guard {
    let options = ServerOptions {
        cors_origins: vec!["*".into(), "https://listed.example".into(), "http://plain.example:8080".into()],
        allowed_hosts: vec!["proxy.example".into(), "ported.example:8443".into(), "192.168.1.5".into()],
        public_url: Some("https://public.example/askwell".into()),
        ..ServerOptions::default()
    };
    Guard::new(&options, AuthMode::Open)
}

fn check(headers: &[(&str, &str)]) -> Result<(), Code> {
    let mut request = Request::builder().uri("/api/sessions");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let verdict = guard().check(&request.body(Body::empty()).unwrap(), CLIENT);
    verdict.map(|_| ()).map_err(|problem| problem.code())
}

#[test]
fn hosts() {
    let good = [
        "localhost",
        "localhost:8096",
        "LOCALHOST",
        "localhost.",
        "app.localhost:1",
        "127.0.0.1",
        "127.9.9.9:80",
        "[::1]",
        "[::1]:8096",
        "[::ffff:127.0.0.1]",
        "public.example",
        "public.example:8096",
        "PROXY.example",
        "proxy.example:1",
        "ported.example:8443",
        "192.168.1.5:8096",
    ];
    for host in good {
        assert_eq!(check(&[("host", host)]), Ok(()), "{host}");
    }
    let bad = [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "evil.example:8096",
        "192.168.1.6",
        "ported.example",
        "ported.example:80",
        "0.0.0.0",
        "[::]",
        "localhost:x",
        "localhost@evil.example",
        "localhost/evil",
        "localhost, evil.example",
        "2130706433",
        "0x7f.1",
        "[::1",
        "notlocalhost",
        "10.0.0.1",
        "%6cocalhost",
    ];
    for host in bad {
        assert_eq!(check(&[("host", host)]), Err(Code::HostNotAllowed), "{host}");
    }
    assert_eq!(check(&[]), Err(Code::HostNotAllowed));
    assert_eq!(check(&[("host", "localhost"), ("host", "evil.example")]), Err(Code::HostNotAllowed));
}

#[test]
fn the_absolute_form_is_a_host_too() {
    let request = Request::builder().uri("http://evil.example/api").header("host", "localhost");
    assert!(guard().check(&request.body(Body::empty()).unwrap(), CLIENT).is_err());
    let request = Request::builder().uri("http://localhost/api");
    assert!(guard().check(&request.body(Body::empty()).unwrap(), CLIENT).is_ok());
}

#[test]
fn origins() {
    let good = [
        "http://localhost:3000",
        "https://localhost",
        "http://127.0.0.1:5173",
        "http://[::1]:9",
        "https://listed.example",
        "https://LISTED.example",
        "https://listed.example:443",
        "http://plain.example:8080",
        "https://public.example",
    ];
    for origin in good {
        assert_eq!(check(&[("host", "localhost:8096"), ("origin", origin)]), Ok(()), "{origin}");
    }
    let bad = [
        "",
        "null",
        "*",
        "https://evil.example",
        "http://listed.example",
        "https://listed.example:444",
        "http://plain.example",
        "https://listed.example.evil.example",
        "http://localhost.evil.example",
        "file://",
        "chrome-extension://abc",
        "http://localhost@evil.example",
        "localhost",
        "https://listed.example/",
        "http://public.example:81",
        "https://proxy.example",
    ];
    for origin in bad {
        let verdict = check(&[("host", "localhost:8096"), ("origin", origin)]);
        assert_eq!(verdict, Err(Code::OriginNotAllowed), "{origin}");
    }
    let two = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "https://evil.example")];
    assert_eq!(check(&two), Err(Code::OriginNotAllowed));
    // A page that the server itself serves under an allowed name.
    assert_eq!(check(&[("host", "proxy.example"), ("origin", "https://proxy.example")]), Ok(()));
}

#[test]
fn embedding_is_foreign_even_without_an_origin() {
    let host = ("host", "localhost:8096");
    let site = |value| ("sec-fetch-site", value);
    assert_eq!(check(&[host, site("cross-site"), ("sec-fetch-mode", "no-cors")]), Err(Code::OriginNotAllowed));
    let framed = [host, site("cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
    assert_eq!(check(&framed), Err(Code::OriginNotAllowed));
    let link = [host, site("cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert_eq!(check(&link), Ok(()));
    for value in ["same-origin", "same-site", "none"] {
        assert_eq!(check(&[host, site(value), ("sec-fetch-mode", "no-cors")]), Ok(()), "{value}");
    }
}
