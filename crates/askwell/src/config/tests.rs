//! What is accepted, what is refused, and in which words.

use std::time::Duration;

use super::{DatabasePath, Loaded, Sources, load_sources};

/// The file of the first original's documents, put together.
const ORIGINAL: &str = r#"
service:
  name: "human_loop_mcp"
  version: "1.0.0"
  description: "Human-in-the-Loop Model Control Protocol"
server:
  host: "0.0.0.0"
  port: 8096
  debug: false
database:
  type: "sqlite"
  path: "data/human_loop.db"
redis:
  host: "localhost"  # 设置为 null 禁用 Redis
  port: 6379
  db: 5
session:
  default_timeout: 300  # 5分钟
  max_timeout: 3600     # 1小时
  cleanup_interval: 60  # 清理间隔(秒)
ui:
  theme: "light"
  language: "zh-CN"
  auto_refresh: true
  refresh_interval: 5   # 秒
logging:
  level: "INFO"
  file: "logs/human_loop_mcp.log"
  max_size: "10MB"
  backup_count: 5
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
security:
  enable_auth: false
  auth_method: "jwt"  # 或 "basic", "oauth"
  jwt_secret: "your-secret-key"
  token_expiry: 3600
  session_secret: "human-loop-secret-key-2025"
  cors_origins: ["*"]
integration:
  mcp_coordinator_url: "http://localhost:8090"
  workflow_callback_timeout: 30
execution:
  enable_hitl: true
  hitl_timeout_seconds: 1200.0
"#;

fn file(text: &str) -> Sources {
    Sources { file: Some(("c.yaml".into(), text.to_owned())), ..Sources::default() }
}

fn loaded(sources: &Sources) -> Loaded {
    load_sources(sources).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn refused(sources: &Sources) -> Vec<String> {
    load_sources(sources).unwrap_err().0
}

#[test]
fn the_original_file_is_accepted_but_for_the_network() {
    let problems = refused(&file(ORIGINAL));
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("c.yaml:7: server.host: found \"0.0.0.0\""), "{problems:?}");
    assert!(problems[0].contains("`security.enable_auth: true`"), "{problems:?}");
    assert!(problems[0].contains("`security.allow_unauthenticated_network: true`"), "{problems:?}");

    let opened = ORIGINAL.replace("  enable_auth: false\n", "  allow_unauthenticated_network: true\n");
    let Loaded { config, notices } = loaded(&file(&opened));
    assert_eq!(config.server.port, 8096);
    assert_eq!(config.database.path, DatabasePath::At("data/human_loop.db".into()));
    assert_eq!(config.session.max_timeout.0, Duration::from_hours(1));
    assert_eq!(config.logging.max_size.0, 10 << 20);
    assert_eq!(config.execution.hitl_timeout_seconds.0, Duration::from_mins(20));
    assert_eq!(config.integration.callback_timeout(), Duration::from_secs(15));
    let said = ["redis.host", "workflow_callback_timeout", "0.0.0.0 can answer", "`*` means loopback", "jwt_secret"];
    assert_eq!(notices.len(), said.len(), "{notices:#?}");
    for (notice, part) in notices.iter().zip(said) {
        assert!(notice.contains(part), "{notice}");
    }
    let shown = super::to_yaml(&config.show());
    assert!(!shown.contains("your-secret-key") && !shown.contains("secret-key-2025"), "{shown}");
    assert!(!format!("{config:?}").contains("secret-key"));
}

#[test]
fn every_refusal_names_place_key_found_and_expected() {
    for (text, expected) in [
        ("server:\n  port: eighty", "c.yaml:2: server.port: found \"eighty\", expected a whole number from 0 to 65535"),
        ("server:\n  port: 70000", "c.yaml:2: server.port: found 70000, expected a whole number from 0 to 65535"),
        (
            "server:\n  port: 80.5",
            "c.yaml:2: server.port: found the number 80.5, expected a whole number from 0 to 65535",
        ),
        ("server:\n  port:", "c.yaml:2: server.port: found nothing, expected a whole number from 0 to 65535"),
        ("server:\n  debug: maybe", "c.yaml:2: server.debug: found \"maybe\", expected true or false"),
        (
            "server:\n  host: http://a",
            "c.yaml:2: server.host: found \"http://a\", expected a host name or IP address alone, without scheme, port or path",
        ),
        (
            "server:\n  host: localhost:80",
            "c.yaml:2: server.host: found \"localhost:80\", expected a host name or IP address alone, without scheme, port or path",
        ),
        ("server: 8096", "c.yaml:1: server: found 8096, expected keys below it"),
        ("- a", "c.yaml:1: found a list, expected sections such as `server:`"),
        ("database:\n  type: mysql", "c.yaml:2: database.type: found \"mysql\", expected one of sqlite"),
        (
            "session:\n  default_timeout: 0",
            "c.yaml:2: session.default_timeout: found 0, expected a number of seconds above 0",
        ),
        (
            "session:\n  max_timeout: 60",
            "session.default_timeout: found 300, expected at most session.max_timeout, which is 60",
        ),
        (
            "session:\n  cleanup_interval: 0.01",
            "c.yaml:2: session.cleanup_interval: is below one second, expected at least 1",
        ),
        (
            "logging:\n  max_size: ten",
            "c.yaml:2: logging.max_size: found \"ten\", expected a size such as 10MB, in B, KB, MB, GB or TB (MB = 2^20 bytes)",
        ),
        (
            "logging:\n  level: LOUD",
            "c.yaml:2: logging.level: found \"LOUD\", expected one of TRACE, DEBUG, INFO, WARNING, ERROR",
        ),
        (
            "security:\n  cors_origins: [\"*\", example]",
            "c.yaml:2: security.cors_origins: found \"example\", expected a list, each entry `*` or an origin such as \
             https://example.com",
        ),
        (
            "webhooks:\n  secret: hunter2",
            "c.yaml:2: webhooks.secret: found a value that is not shown, expected `whsec_` followed by 24 to 64 bytes in \
             Base64, or null",
        ),
        (
            "egress:\n  allow_networks: [10.0.0.0/99]",
            "c.yaml:2: egress.allow_networks: found \"10.0.0.0/99\", expected a list, each entry a network such as \
             10.0.0.0/8, or one address",
        ),
        (
            "retention:\n  closed_days: 0",
            "c.yaml:2: retention.closed_days: found 0, expected at least 1 day, or null to keep them for ever",
        ),
    ] {
        assert_eq!(refused(&file(text)), [expected], "{text}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    assert_eq!(refused(&file("server:\n  port: x\nui:\n  theme: pink\n")).len(), 2);
}

#[test]
fn samples_are_no_secrets() {
    let problems = refused(&file(
        "security:\n  enable_auth: true\n  jwt_secret: your-secret-key\n  session_secret: human-loop-secret-key-2025\n",
    ));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("c.yaml:3: security.jwt_secret: is the sample"), "{problems:?}");
    assert!(problems[1].starts_with("c.yaml:4: security.session_secret: is the sample"), "{problems:?}");
    assert!(!problems[0].contains("your-secret-key"));
}

#[test]
fn with_authentication_a_network_may_be_served_but_in_the_clear_that_is_said() {
    let said = |text: &str| {
        let loaded = loaded(&file(&format!("security:\n  enable_auth: true\nserver:\n{text}")));
        loaded.notices.into_iter().filter(|notice| notice.contains("server.")).collect::<Vec<_>>()
    };
    let tls = "  tls_certificate: /c.pem\n  tls_key: /k.pem\n";
    for quiet in [
        "  host: 127.0.0.1\n",
        "  host: localhost\n  public_url: http://ask.example\n",
        &format!("  host: 0.0.0.0\n{tls}"),
        "  host: 0.0.0.0\n  trusted_proxies: [10.0.0.7]\n",
        "  host: 127.0.0.1\n  public_url: https://ask.example\n  trusted_proxies: [127.0.0.1]\n",
    ] {
        assert_eq!(said(quiet), Vec::<String>::new(), "{quiet}");
    }
    for (text, part) in [
        ("  host: 0.0.0.0\n", "c.yaml:4: server.host: PASSWORDS, COOKIES AND TOKENS TRAVEL IN THE CLEAR"),
        ("  host: '::'\n  public_url: https://ask.example\n", "TRAVEL IN THE CLEAR"),
        ("  public_url: https://ask.example\n", "server.public_url: is https, but no proxy is trusted"),
        ("  host: 10.0.0.1\n  trusted_proxies: [0.0.0.0/0]\n", "0.0.0.0/0 trusts everybody"),
    ] {
        let said = said(text);
        assert!(said.len() == 1 && said[0].contains(part), "{text}: {said:?}");
    }
}

#[test]
fn tls_takes_both_files_or_none() {
    for (text, expected) in [
        (
            "server:\n  tls_certificate: c.pem",
            "c.yaml:2: server.tls_certificate: stands alone, expected `server.tls_key` beside it, or neither",
        ),
        (
            "server:\n  tls_key: k.pem",
            "c.yaml:2: server.tls_key: stands alone, expected `server.tls_certificate` beside it, or neither",
        ),
    ] {
        assert_eq!(refused(&file(text)), [expected]);
    }
    // TLS is no authentication.
    let open = "server:\n  host: 0.0.0.0\n  tls_certificate: c.pem\n  tls_key: k.pem\n";
    assert!(refused(&file(open))[0].starts_with("c.yaml:2: server.host: found \"0.0.0.0\""));
}

#[test]
fn guessing_without_a_limit_is_said() {
    let text = "limits:\n  login_per_account: 0\n  max_open: 0\n";
    let Loaded { config, notices } = loaded(&file(text));
    assert_eq!((config.limits.login_per_account, config.limits.create_per_minute), (0, 60));
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].starts_with("c.yaml:2: limits.login_per_account: 0 lets passwords be guessed"), "{notices:?}");
}

#[test]
fn the_endpoint_of_agents_is_named_letter_by_letter() {
    let named = |text: &str| {
        let Loaded { config, notices } = loaded(&file(text));
        (config.mcp_resource(), notices)
    };
    let text = "mcp:\n  resource: https://Ask.example\n  authorization_servers: [https://id.example]\n";
    assert_eq!(named(text), (Some("https://Ask.example".to_owned()), Vec::new()));
    let text = "server:\n  public_url: https://ask.example/\n";
    assert_eq!(named(text).0.as_deref(), Some("https://ask.example/mcp"));
    let (name, notices) = named("mcp:\n  authorization_servers: [https://id.example]\n");
    assert_eq!((name, notices.len()), (None, 1), "{notices:?}");
    assert!(notices[0].starts_with("c.yaml:2: mcp.authorization_servers: what these give out"), "{notices:?}");
    for wrong in ["https://ask.example/mcp#x", "ask.example", "urn:ask"] {
        let text = format!("mcp:\n  resource: {wrong:?}\n");
        assert_eq!(refused(&file(&text)).len(), 1, "{wrong}");
    }
}

/// What is wrong with a way in; nothing where it leads somewhere.
fn wrong_with(ways: &str) -> Vec<String> {
    load_sources(&file(&format!("security:\n  enable_auth: true\n{ways}")))
        .err()
        .map(|refused| refused.0)
        .unwrap_or_default()
}

#[test]
fn a_way_in_must_lead_somewhere() {
    let secret = "0123456789abcdef0123456789abcdef";
    let jwks = "  jwt_jwks_url: https://idp.example/jwks\n";
    for (ways, expected) in [
        ("  auth_method: jwt\n".to_owned(), &["security.auth_method: names `jwt`, and there is nothing"][..]),
        (
            "  auth_method: jwt\n  jwt_secret: short\n".into(),
            &["security.jwt_secret: has 5 bytes, expected at least 32"],
        ),
        ("  auth_method: jwt\n  jwt_secret: your-secret-key\n".into(), &["security.jwt_secret: is the sample"]),
        (format!("  auth_method: jwt\n  jwt_secret: {secret}\n{jwks}"), &["security.jwt_jwks_url: stands beside"]),
        (
            format!("  auth_method: [password, jwt]\n{jwks}"),
            &["security.jwt_issuer: is missing", "security.jwt_audience: is missing"],
        ),
        ("  auth_method: oauth\n".into(), &["oauth.issuer: is missing", "oauth.client_id: is missing"]),
        (
            "  auth_method: password, oauth\noauth:\n  issuer: https://idp.example\n".into(),
            &["oauth.client_id: is missing"],
        ),
        ("  auth_method: ldap\n".into(), &["security.auth_method: found \"ldap\", expected one of password, jwt"]),
        (
            "oauth:\n  issuer: http://idp.example\n".into(),
            &["oauth.issuer: found \"http://idp.example\", expected an https"],
        ),
    ] {
        let problems = wrong_with(&ways);
        assert_eq!(problems.len(), expected.len(), "{ways}: {problems:#?}");
        for (problem, part) in problems.iter().zip(expected) {
            assert!(problem.contains(part), "{problem}");
        }
        assert!(!format!("{problems:?}").contains("short") && !format!("{problems:?}").contains(secret));
    }
    for ways in [
        String::new(),
        format!("  auth_method: jwt\n  jwt_secret: {secret}\n"),
        format!("  auth_method: [password, basic, jwt]\n{jwks}  jwt_issuer: https://idp.example\n  jwt_audience: a\n"),
        "  auth_method: oauth\noauth:\n  issuer: https://idp.example\n  client_id: a\n  client_secret: hush\n".into(),
    ] {
        assert_eq!(wrong_with(&ways), Vec::<String>::new(), "{ways}");
    }
}

#[test]
fn unknown_keys_are_notices_that_name_the_nearest() {
    let text = "server:\n  prot: 1\nsesion:\n  default_timeout: 5\nexecution:\n  max_retries: 3\n";
    let mut sources = file(text);
    sources.environment = vec![("ASKWELL__SERVER__HSOT".into(), "x".into()), ("ASKWELL_SERVER".into(), "x".into())];
    assert_eq!(
        loaded(&sources).notices[..2],
        [
            "c.yaml:2: unknown key `server.prot` is ignored; the nearest known one is `server.port`",
            "c.yaml:3: unknown key `sesion` is ignored; the nearest known one is `session`",
        ]
    );
    assert_eq!(loaded(&sources).notices.len(), 4);
    assert_eq!(
        loaded(&sources).notices[3],
        "ASKWELL__SERVER__HSOT: unknown key `server.hsot` is ignored; the nearest known one is `server.host`"
    );
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let mut sources = file("server:\n  port: 1\n");
    assert_eq!(loaded(&sources).config.server.port, 1);
    sources.environment = vec![("ASKWELL__SERVER__PORT".into(), "2".into())];
    assert_eq!(loaded(&sources).config.server.port, 2);
    sources.flags = vec![("server.port", "--port", "3".into())];
    assert_eq!(loaded(&sources).config.server.port, 3);
    assert_eq!(loaded(&Sources::default()).config.server.port, 8096);
}

#[test]
fn the_environment_reaches_every_kind_of_key() {
    let set = |name: &str, value: &str| Sources {
        environment: vec![(name.to_owned(), value.to_owned())],
        ..Sources::default()
    };
    assert_eq!(
        refused(&set("ASKWELL__SERVER__PORT", "x")),
        ["ASKWELL__SERVER__PORT: server.port: found \"x\", expected a whole number from 0 to 65535"]
    );
    let hosts = |sources: &Sources| loaded(sources).config.egress.allow_hosts.len();
    assert_eq!(hosts(&set("ASKWELL__EGRESS__ALLOW_HOSTS", "a.example, b.example")), 2);
    assert_eq!(hosts(&set("ASKWELL__EGRESS__ALLOW_HOSTS", r#"["a.example"]"#)), 1);
    assert_eq!(hosts(&set("ASKWELL__EGRESS__ALLOW_HOSTS", "")), 0);
    assert!(loaded(&set("ASKWELL__COMPAT__ORIGINAL_STATUS_CODES", "true")).config.compat.original_status_codes);
    assert_eq!(loaded(&set("ASKWELL__LOGGING__FILE", "")).config.logging.file, None);
}

#[test]
fn paths_follow_the_data_directory_unless_named() {
    let mut sources = file("files:\n  path: elsewhere\n");
    sources.flags = vec![("server.data_dir", "--data-dir", "/srv/askwell".into())];
    let config = loaded(&sources).config;
    assert_eq!(config.database.path, DatabasePath::At("/srv/askwell/askwell.db".into()));
    assert_eq!(config.files.path.path(), std::path::Path::new("elsewhere"));
    assert_eq!(config.logging.file.map(|file| file.path().to_owned()), Some("/srv/askwell/logs/askwell.log".into()));
}

#[test]
fn a_private_database_is_said() {
    let loaded = loaded(&file("database:\n  path: \":memory:\"\n"));
    assert_eq!(loaded.config.database.path, DatabasePath::Memory);
    assert!(loaded.notices[0].starts_with("c.yaml:2: database.path: `:memory:` is a private temporary file"));
}

#[test]
fn a_missing_file_is_named() {
    let refusal = super::load(Some(std::path::Path::new("/nowhere/c.yaml")), Vec::new()).unwrap_err();
    assert!(refusal.0[0].starts_with("/nowhere/c.yaml: cannot be read"), "{refusal}");
}

#[test]
fn the_address_it_listens_on_is_served() {
    let served = |text: &str| {
        let open = format!("security:\n  allow_unauthenticated_network: true\n  allowed_hosts: [a.example]\n{text}");
        loaded(&file(&open)).config.served_hosts()
    };
    assert_eq!(served("server:\n  host: 192.168.1.5\n"), ["a.example", "192.168.1.5"]);
    assert_eq!(served("server:\n  host: 'fd00::5'\n"), ["a.example", "[fd00::5]"]);
    for everywhere in ["0.0.0.0", "'::'"] {
        assert_eq!(served(&format!("server:\n  host: {everywhere}\n")), ["a.example"]);
    }
    let with_accounts = |text: &str| {
        let file = file(&format!("server:\n  host: 192.168.1.5\nsecurity:\n  enable_auth: true\n{text}"));
        loaded(&file).config.served_hosts()
    };
    assert_eq!(with_accounts(""), Vec::<String>::new());
    assert_eq!(with_accounts("  allowed_hosts: [a.example]\n"), ["a.example", "192.168.1.5"]);
}

#[test]
fn a_star_stays_beside_named_origins() {
    let config = loaded(&file("security:\n  cors_origins: ['*', 'https://a.example']\n")).config;
    assert_eq!(config.web_origins(), ["https://a.example", "*"]);
}
