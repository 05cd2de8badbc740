//! Hundreds of ways to write an address inside, against a listener that must hear of none.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use super::*;

/// Addresses inside, each tried in every notation of [`notations`].
const INSIDE: &[&str] = &[
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "0.0.0.0",
    "0.0.0.1",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
];

/// Ways to write an IPv4 address as a host.
fn notations(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let number = u32::from(address);
    let (high, low) = (number >> 16, number & 0xffff);
    vec![
        format!("{address}"),
        format!("{address}."),
        format!("{number}"),
        format!("{number:#x}"),
        format!("0{number:o}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("{a}.{b}.{low}"),
        format!("0X{a:X}.{b}.0{c:o}.{d}"),
        format!("%3{}{}", a.to_string().remove(0), &format!("{address}")[1..]),
        format!("{a}。{b}．{c}｡{d}"),
        format!("[::ffff:{address}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:FFFF:{high:x}:{low:x}]"),
        format!("[::{address}]"),
        format!("[::ffff:0:{address}]"),
        format!("[64:ff9b::{address}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[64:ff9b:1::{address}]"),
        format!("[2002:{high:x}:{low:x}::]"),
        format!("[2001:0:4136:e378:8000:63bf:{:x}:{:x}]", high ^ 0xffff, low ^ 0xffff),
        format!("[2606:4700::5efe:{address}]"),
    ]
}

/// Other hosts: names (the resolver says loopback) and IPv6.
const HOSTS: &[&str] = &[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "127.0.0.1.nip.io",
    "7f000001.rbndr.test",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "loc%61lhost",
    "xn--bcher-kva.example",
    "_.internal",
    "internal",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127.0x1",
    "127.1",
    "0",
    "0x0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000::0001]",
    "[::2]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fd00:ec2::23]",
    "[fd20:ce::254]",
    "[ff02::1]",
    "[ff0e::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
    "[ffff::1]",
    "[fe80::1%25lo]",
    "[::1",
    "127.0.0.256",
    "1.2.3.4.5",
    "0x100000000",
    "user@127.0.0.1",
    "user:pw@1.1.1.1",
    ":pw@1.1.1.1",
    "1.1.1.1@127.0.0.1",
    "@127.0.0.1",
    "%00@127.0.0.1",
    "127.0.0.1%00",
    "127.0.0.1%2f",
    "127.0.0.1\t",
    "127.0.\n0.1",
    "127.0.0.1\\@1.1.1.1",
    "127.0.0.1#@1.1.1.1",
    "127.0.0.1?@1.1.1.1",
    " 127.0.0.1",
    "",
];

/// Whole URLs. `{p}` is the canary's port.
const URLS: &[&str] = &[
    "",
    "/",
    "//127.0.0.1:{p}/",
    "127.0.0.1:{p}/",
    "http:127.0.0.1:{p}/",
    "http:/127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "http:\\\\127.0.0.1:{p}\\",
    "hTtP://127.0.0.1:{p}/",
    "\u{1}http://127.0.0.1:{p}/",
    "ht\ttp://127.0.0.1:{p}/",
    "http://127.0.0.1:0{p}/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:99999/",
    "http://1.1.1.1:22/",
    "http://1.1.1.1:25/",
    "http://1.1.1.1:6379/",
    "http://1.1.1.1:11211/",
    "https://1.1.1.1:0/",
    "ftp://1.1.1.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/_x",
    "ws://1.1.1.1/",
    "wss://1.1.1.1/",
    "dict://127.0.0.1:{p}/",
    "ldap://127.0.0.1:{p}/",
    "unix:/var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "data:application/json,{}",
    "javascript:alert(1)",
    "blob:http://1.1.1.1/x",
    "about:blank",
    "jar:http://1.1.1.1!/x",
    "mailto:a@example.org",
];

fn forms(port: u16) -> Vec<String> {
    let written = INSIDE.iter().flat_map(|address| notations(address.parse().unwrap()));
    let hosts = written.chain(HOSTS.iter().map(|host| (*host).to_owned()));
    let mut forms: Vec<_> = hosts.map(|host| format!("http://{host}:{port}/hook")).collect();
    // Where the host's end takes the port with it, the scheme's own is called.
    forms.extend(URLS.iter().map(|url| url.replace("{p}", &port.to_string())));
    forms
}

#[tokio::test]
async fn no_way_to_write_an_address_leads_inside() {
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let port = canary.local_addr().unwrap().port();
    let strict = sender(Egress::default(), Duration::from_millis(500), Script::new([&["127.0.0.1", "::1"]]));

    let forms = forms(port);
    assert!(forms.len() >= 200, "{}", forms.len());
    for url in &forms {
        let sent = strict.send(&delivery(url)).await;
        assert!(matches!(sent, Sent::Refused { .. }), "{url:?}: {sent:?}");
        let permission = strict.permission(url).await;
        assert!(matches!(permission, Permission::Refused { .. }), "{url:?}: {permission:?}");
    }
    assert_eq!(canary.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody called");

    // The canary hears what does come: with loopback allowed the same notations reach it.
    let open = sender(development(), Duration::from_millis(200), Script::new([&["127.0.0.1"]]));
    for host in ["127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"] {
        let sent = open.send(&delivery(&format!("http://{host}:{port}/"))).await;
        assert!(matches!(sent, Sent::Failed { .. }), "{host}: nobody answers there, {sent:?}");
        assert!(canary.accept().is_ok(), "{host}");
    }
}
