//! Rules at start that concern the whole: no open server by accident.

use super::Config;
use super::reader::Reader;

/// Adds what refuses to start, and what the owner should know.
pub(super) fn check(config: &Config, reader: &mut Reader) {
    let security = &config.security;
    if security.enable_auth {
        reader.refuse(
            "security.enable_auth",
            "this version has no accounts yet, so it cannot ask anybody to sign in. Set `security.enable_auth: false` and \
             listen on this machine alone (`server.host: 127.0.0.1`), or put a gate of your own in front and set \
             `security.allow_unauthenticated_network: true`",
        );
    } else if !config.server.is_loopback() {
        let host = &config.server.host.0;
        if security.allow_unauthenticated_network {
            let text = format!("anybody who can connect to {host} can answer: authentication is off");
            reader.notice("security.allow_unauthenticated_network", &text);
        } else {
            let reason = format!(
                "found {host:?}, which other machines can reach, while authentication is off. Listen on this machine alone \
                 (`server.host: 127.0.0.1`), or choose one of two ways out: `security.enable_auth: true` (in a later \
                 version, which has accounts), or `security.allow_unauthenticated_network: true` for who puts a gate of \
                 their own in front"
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
