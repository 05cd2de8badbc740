//! The two cookies: of a sign-in, and of the way to an identity provider and back.
//!
//! Where the outside is TLS they carry the prefix `__Host-`, which browsers
//! give to nobody but this very host. What is sent to the provider's way is
//! sealed with the owner's `session_secret`, so that nobody writes one for us.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::client::Client;

/// The cookie of a sign-in.
pub(crate) const LOGIN: &str = "askwell";
/// The cookie of the way to an identity provider.
const FLOW: &str = "askwell-flow";
/// How long somebody may stay at the identity provider, in seconds.
const FLOW_LASTS: i64 = 600;

/// Whether the outside is TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// It is: cookies go nowhere else.
    Tls,
    /// It is not.
    Plain,
}

impl From<Client> for Outside {
    fn from(client: Client) -> Self {
        if client.is_tls { Self::Tls } else { Self::Plain }
    }
}

/// Stands before the name of a cookie that only this very host can have set, over TLS.
const HOST: &str = "__Host-";

/// The secret of the sign-in that a request brings.
pub(crate) fn secret(headers: &HeaderMap, outside: Outside) -> Option<String> {
    find(headers, LOGIN, outside)
}

/// Whether a cookie of this name may be that of a sign-in.
pub(crate) fn is_login(name: &[u8]) -> bool {
    name.strip_prefix(HOST.as_bytes()).unwrap_or(name) == LOGIN.as_bytes()
}

/// Sets the cookie of a sign-in for so many seconds.
pub(crate) fn set_login(headers: &mut HeaderMap, secret: &str, seconds: i64, outside: Outside) {
    set(headers, LOGIN, secret, seconds, outside);
}

/// Removes the cookie of a sign-in.
pub(crate) fn remove_login(headers: &mut HeaderMap, outside: Outside) {
    set(headers, LOGIN, "", 0, outside);
}

/// Sets the cookie of the way to an identity provider.
pub(crate) fn set_flow(headers: &mut HeaderMap, flow: &str, key: &[u8; 32], outside: Outside) {
    let body = URL_SAFE_NO_PAD.encode(flow);
    let value = format!("{body}.{}", URL_SAFE_NO_PAD.encode(seal(&body, key).finalize().into_bytes()));
    set(headers, FLOW, &value, FLOW_LASTS, outside);
}

/// Removes the cookie of the way to an identity provider.
pub(crate) fn remove_flow(headers: &mut HeaderMap, outside: Outside) {
    set(headers, FLOW, "", 0, outside);
}

/// What was put into the cookie of the way to an identity provider, if it was us who did.
pub(crate) fn flow(headers: &HeaderMap, key: &[u8; 32], outside: Outside) -> Option<String> {
    let value = find(headers, FLOW, outside)?;
    let (body, mac) = value.split_once('.')?;
    seal(body, key).verify_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

fn seal(body: &str, key: &[u8; 32]) -> Hmac<Sha256> {
    // The block that HMAC makes of a short key, so that no length can be wrong.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(b"askwell flow v1\0");
    mac.update(body.as_bytes());
    mac
}

/// Over TLS only one that this host has set counts: any other may be by a neighbour, or by somebody on the way.
fn find(headers: &HeaderMap, name: &str, outside: Outside) -> Option<String> {
    let wanted = full_name(name, outside);
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, value)| *given == wanted && !value.is_empty()).map(|(_, value)| value.to_owned())
}

fn full_name(name: &str, outside: Outside) -> String {
    match outside {
        Outside::Tls => format!("{HOST}{name}"),
        Outside::Plain => name.to_owned(),
    }
}

fn set(headers: &mut HeaderMap, name: &str, value: &str, seconds: i64, outside: Outside) {
    let secure = match outside {
        Outside::Tls => "; Secure",
        Outside::Plain => "",
    };
    let name = full_name(name, outside);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brought(set: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in set.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            headers.append(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        }
        headers
    }

    #[test]
    fn a_flow_comes_back_as_it_went_and_only_from_us() {
        let mut set = HeaderMap::new();
        set_flow(&mut set, r#"{"state":"a"}"#, &[1; 32], Outside::Tls);
        let back = brought(&set);
        assert_eq!(flow(&back, &[1; 32], Outside::Tls).as_deref(), Some(r#"{"state":"a"}"#));
        assert_eq!(flow(&back, &[2; 32], Outside::Tls), None);
        assert_eq!(flow(&back, &[1; 32], Outside::Plain), None);
        let text = back[header::COOKIE].to_str().unwrap();
        assert!(text.starts_with("__Host-askwell-flow="));
        let forged = text.replacen("=ey", "=ez", 1);
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&forged).unwrap());
        assert_eq!(flow(&headers, &[1; 32], Outside::Tls), None);
    }

    #[test]
    fn cookies_are_kept_from_scripts_and_other_sites() {
        for (outside, begins, secure) in
            [(Outside::Tls, "__Host-askwell=s;", true), (Outside::Plain, "askwell=s;", false)]
        {
            let mut headers = HeaderMap::new();
            set_login(&mut headers, "s", 60, outside);
            let text = headers[header::SET_COOKIE].to_str().unwrap();
            assert!(text.starts_with(begins) && text.contains("HttpOnly") && text.contains("SameSite=Lax"), "{text}");
            assert_eq!(text.contains("Secure"), secure);
        }
    }
}
