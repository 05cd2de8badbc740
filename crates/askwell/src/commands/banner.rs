//! What a start says on standard output: where everything is, and how open it is.

use std::fmt::Write as _;

use crate::config::Config;
use crate::place::local_name;
use crate::wiring::Listening;

/// The lines to print once the server listens.
pub(super) fn banner(config: &Config, listening: &Listening) -> String {
    let address = listening.address;
    let page = match &config.server.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("{}://{}", if config.server.has_tls() { "https" } else { "http" }, local_name(address)),
    };
    let log = config.logging.file.as_ref().map_or("console only".to_owned(), |file| file.path().display().to_string());
    let mut text = format!("Askwell {} listens at {address}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<10} {value}");
    };
    line("page", &page);
    line("docs", &format!("{page}/docs"));
    line("data", &config.server.data_dir.display().to_string());
    line("database", config.database.show_path().as_str());
    line("log", &log);
    line("callbacks", &egress(config));
    line("origins", &origins(config));
    line("sign-in", &sign_in(config));
    if let Some(secret) = &listening.set_up {
        line("set up", &format!("{page}/setup#{secret} makes the first administrator, once"));
    }
    text
}

fn egress(config: &Config) -> String {
    let mut text = String::from("public addresses");
    if config.allows_loopback_callbacks() {
        text.push_str(" and this machine (development: loopback bind, authentication off)");
    }
    let named = config.egress.allow_networks.len() + config.egress.allow_hosts.len();
    if named > 0 {
        let _ = write!(text, ", and {named} allowed by egress");
    }
    text
}

fn sign_in(config: &Config) -> String {
    if config.security.enable_auth {
        return "required: people by their accounts, programs by tokens".to_owned();
    }
    "off: everybody who reaches this machine is the local owner".to_owned()
}

fn origins(config: &Config) -> String {
    match config.security.named_origins().len() {
        0 => "web pages of loopback origins only".to_owned(),
        named => format!("web pages of loopback origins and of {named} named in security.cors_origins"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load_sources};

    fn config(yaml: &str) -> Config {
        load_sources(&Sources { file: Some(("c".into(), yaml.to_owned())), ..Sources::default() }).unwrap().config
    }

    fn at(address: &str) -> Listening {
        Listening { address: address.parse().unwrap(), set_up: None }
    }

    #[test]
    fn a_start_without_people_says_how_the_first_comes_in() {
        let config = config("security:\n  enable_auth: true\n");
        let listening = Listening { set_up: Some("abc".to_owned()), ..at("127.0.0.1:8096") };
        let text = banner(&config, &listening);
        assert!(text.contains("/setup#abc makes the first administrator"), "{text}");
    }

    #[test]
    fn a_start_says_where_everything_is() {
        let text = banner(&config(""), &at("127.0.0.1:8096"));
        for line in [
            "listens at 127.0.0.1:8096",
            "page       http://127.0.0.1:8096\n",
            "docs       http://127.0.0.1:8096/docs",
            "data       data\n",
            "log        data/logs/askwell.log",
            "public addresses and this machine",
            "loopback origins only",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn an_open_bind_is_shown_under_a_name_that_works() {
        let yaml = "server:\n  host: 0.0.0.0\nsecurity:\n  allow_unauthenticated_network: true\n  cors_origins: [https://a.example, '*']\negress:\n  allow_hosts: [b.example]\n";
        let text = banner(&config(yaml), &at("0.0.0.0:8096"));
        assert!(text.contains("page       http://127.0.0.1:8096\n"), "{text}");
        assert!(text.contains("callbacks  public addresses, and 1 allowed by egress"), "{text}");
        assert!(text.contains("and of 1 named"), "{text}");
    }
}
