//! The spoof matrix: who is believed about whom.

use axum::body::Body;

use super::*;

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";

type Headers<'a> = &'a [(&'a str, &'a [u8])];

/// `10.0.0.0/8` and `fd00::/8` are the owner's proxies.
fn client(peer: &str, headers: Headers<'_>) -> Client {
    let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
    let peer: IpAddr = peer.parse().unwrap();
    let mut request = Request::builder().extension(ConnectInfo(SocketAddr::new(peer, 4711)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Client::of(&request.body(Body::empty()).unwrap(), &trusted)
}

#[test]
fn addresses() {
    let table: [(&str, Headers<'_>, &str); 36] = [
        // Nobody in between.
        ("203.0.113.9", &[], "203.0.113.9"),
        ("::ffff:203.0.113.9", &[], "203.0.113.9"),
        ("2001:db8::9", &[], "2001:db8::9"),
        // Whoever is not trusted is not believed, whatever they write.
        ("203.0.113.9", &[(FOR, b"198.51.100.1")], "203.0.113.9"),
        ("203.0.113.9", &[(FOR, b"127.0.0.1")], "203.0.113.9"),
        ("203.0.113.9", &[(FOR, b"10.0.0.1")], "203.0.113.9"),
        ("203.0.113.9", &[(FOR, b"198.51.100.1, 10.0.0.1")], "203.0.113.9"),
        ("127.0.0.1", &[(FOR, b"198.51.100.1")], "127.0.0.1"),
        ("11.0.0.1", &[(FOR, b"198.51.100.1")], "11.0.0.1"),
        ("fc00::1", &[(FOR, b"198.51.100.1")], "fc00::1"),
        // A proxy of ours.
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &[(FOR, b"198.51.100.1")], "198.51.100.1"),
        ("::ffff:10.0.0.1", &[(FOR, b"198.51.100.1")], "198.51.100.1"),
        ("fd00::1", &[(FOR, b"2001:db8::7")], "2001:db8::7"),
        ("10.0.0.1", &[(FOR, b"::ffff:198.51.100.1")], "198.51.100.1"),
        // What the client wrote itself stands to the left of what the proxy saw.
        ("10.0.0.1", &[(FOR, b"192.0.2.66, 198.51.100.1")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"127.0.0.1, 198.51.100.1")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"10.9.9.9, 198.51.100.1")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"192.0.2.66,198.51.100.1,10.0.0.2")], "198.51.100.1"),
        // Several proxies of ours.
        ("10.0.0.1", &[(FOR, b"198.51.100.1, 10.0.0.3, 10.0.0.2")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"10.0.0.3, 10.0.0.2")], "10.0.0.3"),
        // Several headers are one list.
        ("10.0.0.1", &[(FOR, b"192.0.2.66"), (FOR, b"198.51.100.1")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"192.0.2.66, 198.51.100.1"), (FOR, b"10.0.0.2")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"198.51.100.1"), (FOR, b"10.0.0.3, 10.0.0.2")], "198.51.100.1"),
        // Forms of an address.
        ("10.0.0.1", &[(FOR, b"198.51.100.1:5555")], "198.51.100.1"),
        ("10.0.0.1", &[(FOR, b"[2001:db8::7]:5555")], "2001:db8::7"),
        ("10.0.0.1", &[(FOR, b"[2001:db8::7]")], "2001:db8::7"),
        ("10.0.0.1", &[(FOR, b"  198.51.100.1\t")], "198.51.100.1"),
        // What is no address ends the walk.
        ("10.0.0.1", &[(FOR, b"unknown")], "10.0.0.1"),
        ("10.0.0.1", &[(FOR, b"198.51.100.1, _hidden, 10.0.0.2")], "10.0.0.2"),
        ("10.0.0.1", &[(FOR, b"198.51.100.1,")], "10.0.0.1"),
        ("10.0.0.1", &[(FOR, b"")], "10.0.0.1"),
        ("10.0.0.1", &[(FOR, b"0x7f.1")], "10.0.0.1"),
        ("10.0.0.1", &[(FOR, b"198.51.100.1, \xff\xfe, 10.0.0.2")], "10.0.0.1"),
        // Other headers are not read.
        ("10.0.0.1", &[("forwarded", b"for=198.51.100.1;proto=https")], "10.0.0.1"),
        ("10.0.0.1", &[("x-real-ip", b"198.51.100.1"), ("true-client-ip", b"198.51.100.1")], "10.0.0.1"),
    ];
    for (peer, headers, expected) in table {
        let expected: IpAddr = expected.parse().unwrap();
        assert_eq!(client(peer, headers).address, expected, "{peer} {headers:?}");
    }
}

#[test]
fn schemes() {
    let one: (&str, &[u8]) = (FOR, b"198.51.100.1");
    let two: (&str, &[u8]) = (FOR, b"198.51.100.1, 10.0.0.2");
    let table: [(&str, Headers<'_>, bool); 14] = [
        ("203.0.113.9", &[], false),
        ("203.0.113.9", &[(PROTO, b"https")], false),
        ("10.0.0.1", &[], false),
        ("10.0.0.1", &[(PROTO, b"https")], true),
        ("10.0.0.1", &[one, (PROTO, b"HTTPS")], true),
        ("10.0.0.1", &[one, (PROTO, b"http")], false),
        ("10.0.0.1", &[one, (PROTO, b"https, http")], false),
        ("10.0.0.1", &[two, (PROTO, b"https, http")], true),
        ("10.0.0.1", &[two, (PROTO, b"https"), (PROTO, b"http")], true),
        ("10.0.0.1", &[two, (PROTO, b"https")], true),
        ("10.0.0.1", &[two, (PROTO, b"http")], false),
        ("10.0.0.1", &[one, (PROTO, b"nonsense")], false),
        ("10.0.0.1", &[one, ("forwarded", b"proto=https")], false),
        ("10.0.0.1", &[one, ("x-forwarded-ssl", b"on")], false),
    ];
    for (peer, headers, expected) in table {
        assert_eq!(client(peer, headers).is_tls, expected, "{peer} {headers:?}");
    }
}

#[test]
fn tls_of_our_own_counts_until_a_proxy_says_otherwise() {
    let of = |peer: &str, scheme: Option<&str>| {
        let peer: IpAddr = peer.parse().unwrap();
        let mut request =
            Request::builder().extension(ConnectInfo(SocketAddr::new(peer, 1))).extension(OverTls).uri("/");
        if let Some(scheme) = scheme {
            request = request.header(PROTO, scheme);
        }
        Client::of(&request.body(Body::empty()).unwrap(), &["10.0.0.0/8".parse().unwrap()]).is_tls
    };
    assert!(of("203.0.113.9", None));
    assert!(of("203.0.113.9", Some("http")));
    assert!(of("10.0.0.1", None));
    assert!(!of("10.0.0.1", Some("http")));
}
