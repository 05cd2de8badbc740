//! The page: its files, its addresses, and what is never its.

use askwell_server::{Page, ServerOptions};
use axum::http::Method;

use crate::harness::{Harness, Reply};

const FILES: [(&str, &str); 7] = [
    ("index.html", "<!doctype html>the page"),
    ("index.html.br", "br of the page"),
    ("index.html.gz", "gz of the page"),
    ("boot.js", "boot()"),
    ("assets/page-abc.js", "page()"),
    ("assets/page-abc.js.gz", "gz of page()"),
    (".gitignore", "*"),
];

async fn built() -> Harness {
    let file = |(path, text): (&str, &'static str)| (path.to_owned(), text.into(), format!("tag of {path}"));
    Harness::with(ServerOptions { page: Page::of(FILES.map(file)), ..ServerOptions::default() }).await
}

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.bytes).unwrap()
}

#[tokio::test]
async fn the_page_is_at_the_root_and_at_its_own_addresses() {
    let server = built().await;
    for path in ["/", "/index.html", "/r/0190-abc", "/history?q=a.b", "/play", "/no/such/screen"] {
        let reply = server.call(Method::GET, path, &[HTML], "").await;
        assert_eq!((reply.status, text(&reply)), (200, FILES[0].1), "{path}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-cache");
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
             connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types askwell";
        assert_eq!(reply.header("content-security-policy"), policy);
        for name in ["x-content-type-options", "x-frame-options", "referrer-policy", "cross-origin-opener-policy"] {
            assert!(!reply.header(name).is_empty(), "{path} {name}");
        }
    }
    // Whoever asks for no particular type gets the page at its root, too.
    assert_eq!(text(&server.get("/").await), FILES[0].1);
}

#[tokio::test]
async fn what_belongs_to_others_never_answers_with_the_page() {
    let server = built().await;
    for path in ["/api", "/api/none", "/api/sessions/x", "/docs/none", "/metrics/x", "/ready/x", "/readiness/x"] {
        let reply = server.call(Method::GET, path, &[HTML], "").await;
        assert_eq!((reply.status, reply.header("content-type")), (404, "application/problem+json"), "{path}");
    }
    let reply = server.call(Method::GET, "/socket.io/", &[HTML], "").await;
    assert!(!text(&reply).contains(FILES[0].1));
    // A missing file is missing, a program that asks gets a problem, and only reading reads.
    for path in ["/assets/page-old.js", "/favicon.ico", "/r/x.map", "/.gitignore", "/../boot.js", "/assets/../boot.js"]
    {
        server.call(Method::GET, path, &[HTML], "").await.problem(404, "route_not_found");
    }
    for accept in [None, Some(("accept", "*/*")), Some(("accept", "application/json"))] {
        let headers: Vec<_> = accept.into_iter().collect();
        server.call(Method::GET, "/history", &headers, "").await.problem(404, "route_not_found");
    }
    // A link that people send each other is looked at by machines that take anything: it must not look dead.
    let reply = server.call(Method::GET, "/r/x", &[("accept", "*/*")], "").await;
    assert_eq!((reply.status, text(&reply).contains(FILES[0].1)), (200, true));
    server.call(Method::POST, "/r/x", &[HTML], "").await.problem(404, "route_not_found");
    server.call(Method::POST, "/", &[HTML], "").await.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn files_are_kept_as_long_as_their_names_allow() {
    let server = built().await;
    let hashed = server.get("/assets/page-abc.js").await;
    assert_eq!((text(&hashed), hashed.header("content-type")), ("page()", "text/javascript; charset=utf-8"));
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    let named = server.get("/boot.js").await;
    assert_eq!((named.header("cache-control"), named.header("etag")), ("no-cache", "\"tag of boot.js\""));

    let again = server.call(Method::GET, "/boot.js", &[("if-none-match", named.header("etag"))], "").await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert_eq!((again.header("etag"), again.header("cache-control")), (named.header("etag"), "no-cache"));
    let other = server.call(Method::GET, "/boot.js", &[("if-none-match", "\"other\"")], "").await;
    assert_eq!((other.status, text(&other)), (200, "boot()"));
    let head = server.call(Method::HEAD, "/assets/page-abc.js", &[], "").await;
    assert_eq!((head.status, head.bytes.len(), head.header("content-length")), (200, 0, "6"));
    assert_eq!(head.header("etag"), hashed.header("etag"));
}

#[tokio::test]
async fn the_best_form_that_is_there_and_read_is_sent() {
    let server = built().await;
    let table = [
        ("/", "gzip, deflate, br", "br", "br of the page"),
        ("/", "gzip", "gzip", "gz of the page"),
        ("/", "br;q=0.2, gzip;q=0.9", "gzip", "gz of the page"),
        ("/", "br;q=0, gzip;q=0", "", FILES[0].1),
        ("/", "identity", "", FILES[0].1),
        ("/assets/page-abc.js", "br, gzip", "gzip", "gz of page()"),
        ("/boot.js", "br, gzip", "", "boot()"),
    ];
    for (path, accept, encoding, content) in table {
        let reply = server.call(Method::GET, path, &[("accept-encoding", accept)], "").await;
        assert_eq!((reply.header("content-encoding"), text(&reply)), (encoding, content), "{path} {accept}");
        let varies: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(varies.contains(&"accept-encoding"), "{varies:?}");
        assert!(!reply.header("content-type").contains("octet"), "{path}");
    }
    let br = server.call(Method::GET, "/", &[("accept-encoding", "br")], "").await;
    assert_ne!(br.header("etag"), server.get("/").await.header("etag"));
}

#[tokio::test]
async fn without_a_page_people_are_told_how_to_build_it() {
    let server = Harness::new().await;
    let root = server.call(Method::GET, "/", &[HTML], "").await;
    assert_eq!((root.status, root.header("location")), (302, "/docs"));
    let screen = server.call(Method::GET, "/r/x", &[HTML], "").await;
    assert_eq!((screen.status, screen.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(text(&screen).contains("make web") && text(&screen).contains("构建"));
    assert!(screen.header("content-security-policy").starts_with("default-src 'none'"));
    server.get("/r/x").await.problem(404, "route_not_found");
}
