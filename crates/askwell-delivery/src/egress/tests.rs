use super::*;

fn judge(egress: &Egress, url: &str, addresses: &[&str]) -> Result<Vec<IpAddr>, Refusal> {
    let target = egress.judge_url(url)?;
    let addresses: Vec<IpAddr> = match &target.host {
        TargetHost::Address(address) => vec![*address],
        TargetHost::Name(_) => addresses.iter().map(|address| address.parse().unwrap()).collect(),
    };
    egress.judge_addresses(&target, &addresses)
}

fn allowing(networks: &[&str], hosts: &[&str]) -> Egress {
    Egress {
        mode: Mode::Strict,
        allow_networks: networks.iter().map(|text| parse_network(text).unwrap()).collect(),
        allow_hosts: hosts.iter().map(|text| text.parse().unwrap()).collect(),
    }
}

#[test]
fn knows_every_range_at_its_edges() {
    for (address, expected) in [
        ("0.0.0.0", Place::Unspecified),
        ("0.255.255.255", Place::Unspecified),
        ("1.0.0.0", Place::Public),
        ("9.255.255.255", Place::Public),
        ("10.0.0.0", Place::Private),
        ("10.255.255.255", Place::Private),
        ("11.0.0.0", Place::Public),
        ("100.63.255.255", Place::Public),
        ("100.64.0.0", Place::SharedNat),
        ("100.100.100.200", Place::Metadata),
        ("100.127.255.255", Place::SharedNat),
        ("100.128.0.0", Place::Public),
        ("126.255.255.255", Place::Public),
        ("127.0.0.0", Place::Loopback),
        ("127.255.255.255", Place::Loopback),
        ("128.0.0.0", Place::Public),
        ("168.63.129.16", Place::Metadata),
        ("168.63.129.17", Place::Public),
        ("169.253.255.255", Place::Public),
        ("169.254.0.0", Place::LinkLocal),
        ("169.254.169.254", Place::Metadata),
        ("169.254.255.255", Place::LinkLocal),
        ("169.255.0.0", Place::Public),
        ("172.15.255.255", Place::Public),
        ("172.16.0.0", Place::Private),
        ("172.31.255.255", Place::Private),
        ("172.32.0.0", Place::Public),
        ("192.0.0.0", Place::Reserved),
        ("192.0.0.192", Place::Metadata),
        ("192.0.1.0", Place::Public),
        ("192.0.2.255", Place::Documentation),
        ("192.88.99.1", Place::Tunnel),
        ("192.167.255.255", Place::Public),
        ("192.168.0.0", Place::Private),
        ("192.168.255.255", Place::Private),
        ("192.169.0.0", Place::Public),
        ("198.17.255.255", Place::Public),
        ("198.18.0.0", Place::Benchmarking),
        ("198.19.255.255", Place::Benchmarking),
        ("198.20.0.0", Place::Public),
        ("198.51.100.1", Place::Documentation),
        ("203.0.113.1", Place::Documentation),
        ("223.255.255.255", Place::Public),
        ("224.0.0.1", Place::Multicast),
        ("239.255.255.255", Place::Multicast),
        ("240.0.0.0", Place::Reserved),
        ("255.255.255.254", Place::Reserved),
        ("255.255.255.255", Place::Broadcast),
        ("::", Place::Unspecified),
        ("::1", Place::Loopback),
        ("::2", Place::Reserved),
        ("::127.0.0.1", Place::Reserved),
        ("::ffff:127.0.0.1", Place::Loopback),
        ("::ffff:8.8.8.8", Place::Public),
        ("::ffff:0:127.0.0.1", Place::Reserved),
        ("64:ff9b::10.0.0.1", Place::Private),
        ("64:ff9b::8.8.8.8", Place::Public),
        ("64:ff9b:1::8.8.8.8", Place::Reserved),
        ("100::1", Place::Reserved),
        ("1fff:ffff::", Place::Reserved),
        ("2001::1", Place::Tunnel),
        ("2001:2::1", Place::Benchmarking),
        ("2001:10::1", Place::Reserved),
        ("2001:1ff:ffff::1", Place::Reserved),
        ("2001:200::1", Place::Public),
        ("2001:4860:4860::8888", Place::Public),
        ("2001:db8::1", Place::Documentation),
        ("2002:7f00:1::", Place::Tunnel),
        ("2606:4700::1111", Place::Public),
        ("2606:4700::5efe:7f00:1", Place::Tunnel),
        ("2606:4700::200:5efe:7f00:1", Place::Tunnel),
        ("3ffe::1", Place::Reserved),
        ("3fff:fff::1", Place::Documentation),
        ("4000::1", Place::Reserved),
        ("5f00::1", Place::Reserved),
        ("fc00::1", Place::Private),
        ("fd00:ec2::254", Place::Metadata),
        ("fd20:ce::254", Place::Metadata),
        ("fdff::1", Place::Private),
        ("fe80::1", Place::LinkLocal),
        ("fec0::1", Place::Private),
        ("ff02::1", Place::Multicast),
    ] {
        assert_eq!(Place::of(address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn allows_the_public_net_and_nothing_else() {
    let strict = Egress::default();
    for url in [
        "http://93.184.216.34/",
        "https://93.184.216.34:8443/x?y#z",
        "HTTPS://1.1.1.1",
        "http://[2606:4700:4700::1111]/",
        "http://[64:ff9b::1.1.1.1]/",
        "http://[::ffff:1.1.1.1]:1024/",
    ] {
        assert!(judge(&strict, url, &[]).is_ok(), "{url}");
    }
    let mixed = judge(&strict, "https://hooks.example.org/", &["10.0.0.1", "1.1.1.1", "::1", "2606:4700::1111"]);
    let public: Vec<IpAddr> = vec!["1.1.1.1".parse().unwrap(), "2606:4700::1111".parse().unwrap()];
    assert_eq!(mixed, Ok(public));
    assert_eq!(judge(&strict, "https://hooks.example.org/", &[]), Ok(Vec::new()));
}

#[test]
fn development_allows_loopback_only() {
    let development = Egress { mode: Mode::Development, ..Egress::default() };
    for url in
        ["http://127.0.0.1:5000/", "http://127.8.8.8:5000/", "http://[::1]:5000/", "http://[::ffff:127.0.0.1]:5000/"]
    {
        assert!(judge(&development, url, &[]).is_ok(), "{url}");
    }
    for url in [
        "http://0.0.0.0:5000/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::]:5000/",
        "http://127.0.0.1:25/",
    ] {
        assert!(judge(&development, url, &[]).is_err(), "{url}");
    }
}

#[test]
fn a_network_allows_what_lies_in_it() {
    let egress = allowing(&["10.1.0.0/16", "fd00:1::/64", "169.254.169.254"], &[]);
    for url in [
        "http://10.1.2.3/",
        "http://[::ffff:10.1.2.3]/",
        "http://[64:ff9b::10.1.2.3]/",
        "http://[fd00:1::5]/",
        "http://169.254.169.254/",
    ] {
        assert!(judge(&egress, url, &[]).is_ok(), "{url}");
    }
    assert!(judge(&egress, "http://hooks.internal/", &["10.1.9.9"]).is_ok());
    for url in ["http://10.2.0.1/", "http://[fd00:2::5]/", "http://127.0.0.1/", "http://[::10.1.2.3]/"] {
        assert!(judge(&egress, url, &[]).is_err(), "{url}");
    }
    for text in ["", "10.1.0.0/33", "hooks.internal", "10.1"] {
        assert!(parse_network(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_name_allows_what_is_private_and_never_credentials() {
    let egress = allowing(&[], &["*.internal", "jenkins.lan:8080", "10.9.9.9"]);
    for (url, address, expected) in [
        ("http://hooks.internal/", "10.0.0.1", true),
        ("http://HOOKS.INTERNAL./", "192.168.0.1", true),
        ("http://hooks.internal/", "127.0.0.1", true),
        ("http://hooks.internal/", "fd00::5", true),
        ("http://hooks.internal/", "169.254.169.254", false),
        ("http://hooks.internal/", "fd00:ec2::254", false),
        ("http://hooks.internal/", "0.0.0.0", false),
        ("http://hooks.internal/", "fe80::1", false),
        ("http://internal/", "10.0.0.1", false),
        ("http://hooks.internal.evil.test/", "10.0.0.1", false),
        ("http://jenkins.lan:8080/", "10.0.0.1", true),
        ("http://jenkins.lan:9090/", "10.0.0.1", false),
        ("http://10.9.9.9:9000/", "", true),
        ("http://[::ffff:10.9.9.9]:9000/", "", false),
    ] {
        assert_eq!(judge(&egress, url, &[address]).is_ok(), expected, "{url} at {address}");
    }
}

#[test]
fn an_unusual_port_has_to_be_named() {
    let strict = Egress::default();
    for port in
        [0, 1, 21, 22, 23, 25, 53, 81, 110, 143, 389, 445, 465, 587, 993, 1023, 2049, 5060, 6000, 6379, 6667, 11211]
    {
        let refused = judge(&strict, &format!("http://1.1.1.1:{port}/"), &[]).unwrap_err();
        assert_eq!(refused.setting, Setting::AllowHosts, "{port}");
    }
    for port in [80, 443, 1024, 3000, 5000, 5678, 8000, 8080, 8096, 8443, 9000, 65535] {
        assert!(judge(&strict, &format!("https://1.1.1.1:{port}/"), &[]).is_ok(), "{port}");
    }
    let egress = allowing(&[], &["hooks.example.org:81", "*.example.org"]);
    assert!(judge(&egress, "http://hooks.example.org:81/", &["1.1.1.1"]).is_ok());
    assert!(judge(&egress, "http://hooks.example.org:82/", &["1.1.1.1"]).is_err());
    assert!(judge(&egress, "http://other.example.org:81/", &["1.1.1.1"]).is_err());
}

#[test]
fn a_refusal_names_the_key_that_would_help() {
    let strict = Egress::default();
    for (url, address, setting, text) in [
        (
            "http://10.0.0.1/",
            "",
            Setting::AllowNetworks,
            "10.0.0.1 is a private address; `egress.allow_networks` would allow it",
        ),
        (
            "http://0xA.1/",
            "",
            Setting::AllowNetworks,
            "10.0.0.1 is a private address; `egress.allow_networks` would allow it",
        ),
        (
            "http://db.internal/",
            "10.0.0.1",
            Setting::AllowHosts,
            "`db.internal` resolves to a private address; `egress.allow_hosts` would allow it",
        ),
        (
            "http://metadata.google.internal/",
            "169.254.169.254",
            Setting::AllowNetworks,
            "`metadata.google.internal` resolves to a cloud metadata address; `egress.allow_networks` would allow it",
        ),
        ("ftp://example.org/", "", Setting::Url, "`ftp` is neither http nor https"),
        ("http://me:secret@example.org/", "", Setting::Url, "the address carries a user or a password"),
    ] {
        let refused = judge(&strict, url, &[address]).unwrap_err();
        assert_eq!((refused.setting, refused.to_string().as_str()), (setting, text), "{url}");
    }
    let refused = judge(&strict, "http://:80/", &[]).unwrap_err();
    assert_eq!(refused.setting.key(), "callback_url");
}
