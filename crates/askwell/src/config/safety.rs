//! Rules at start that concern the whole: no open server by accident.

use super::Config;
use super::reader::Reader;

/// Adds what refuses to start, and what the owner should know.
pub(super) fn check(config: &Config, reader: &mut Reader) {
    let security = &config.security;
    if security.enable_auth {
        check_secrecy(config, reader);
    } else if !config.server.is_loopback() {
        let host = &config.server.host.0;
        if security.allow_unauthenticated_network {
            let text = format!("anybody who can connect to {host} can answer: authentication is off");
            reader.notice("security.allow_unauthenticated_network", &text);
        } else {
            let reason = format!(
                "found {host:?}, which other machines can reach, while authentication is off. Listen on this machine alone \
                 (`server.host: 127.0.0.1`), or choose one of two ways out: `security.enable_auth: true`, or \
                 `security.allow_unauthenticated_network: true` for who puts a gate of their own in front"
            );
            reader.refuse("server.host", &reason);
        }
    }
    if !security.enable_auth && security.any_origin() {
        reader.notice(
            "security.cors_origins",
            "while authentication is off, `*` means loopback origins only; name other origins one by one",
        );
    }
    if !security.enable_auth && security.jwt_secret.is_some() {
        reader.notice("security.jwt_secret", "has no effect while authentication is off");
    }
}

/// Passwords, cookies and tokens must not travel in the clear without the owner knowing.
fn check_secrecy(config: &Config, reader: &mut Reader) {
    let server = &config.server;
    if server.has_tls() || !server.trusted_proxies.is_empty() {
        return;
    }
    if !server.is_loopback() {
        let host = &server.host.0;
        let text = format!(
            "PASSWORDS, COOKIES AND TOKENS TRAVEL IN THE CLEAR: other machines can reach {host}, and there is no TLS. Set \
             `server.tls_certificate` and `server.tls_key`, or put a proxy with TLS in front, name it in \
             `server.trusted_proxies` and listen on this machine alone (docs/guide/network.md)"
        );
        reader.notice("server.host", &text);
    } else if server.public_url.as_ref().is_some_and(|url| url.scheme() == "https") {
        let text = "is https, but no proxy is trusted: cookies are not marked Secure, and whoever comes through the proxy \
                    counts as one address. Name it in `server.trusted_proxies`, e.g. [127.0.0.1]";
        reader.notice("server.public_url", text);
    }
}
