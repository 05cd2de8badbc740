//! Where the page is, judged as browsers judge it before they use a passkey.

use url::{Host, Url};

/// Passkeys cannot be offered where the page is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyStartError {
    /// No origin was given.
    #[error("passkeys need the address of the page: set `server.public_url`")]
    Nowhere,
    /// The page is at an IP address.
    #[error(
        "passkeys are bound to a name, and {0} is an IP address: open the page at http://localhost, or set \
         `server.public_url` to an https address with a name"
    )]
    Address(String),
    /// The page is not encrypted.
    #[error("browsers use passkeys over https, and over http only on localhost; found {0}")]
    Plain(String),
    /// One origin is not at the first one's name.
    #[error("{origin} is neither at the name `{name}`, to which passkeys are bound, nor below it")]
    Foreign {
        /// Which.
        origin: String,
        /// The first one's name.
        name: String,
    },
}

/// The name that passkeys are bound to.
pub(super) fn relying_party(origins: &[Url]) -> Result<String, PasskeyStartError> {
    let mut name: Option<&str> = None;
    for origin in origins {
        let Some(Host::Domain(host)) = origin.host() else {
            return Err(PasskeyStartError::Address(origin.to_string()));
        };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if origin.scheme() != "https" && !(origin.scheme() == "http" && is_local) {
            return Err(PasskeyStartError::Plain(origin.to_string()));
        }
        let name = *name.get_or_insert(host);
        if host != name && !host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')) {
            return Err(PasskeyStartError::Foreign { origin: origin.to_string(), name: name.to_owned() });
        }
    }
    name.map(str::to_owned).ok_or(PasskeyStartError::Nowhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_want_a_name_and_encryption() {
        let at = |origins: &[&str]| relying_party(&origins.iter().map(|url| url.parse().unwrap()).collect::<Vec<_>>());
        for (origins, name) in [
            (&["http://localhost:8096"][..], "localhost"),
            (&["https://ask.example.com"], "ask.example.com"),
            (&["https://example.com", "https://ask.example.com:8443"], "example.com"),
            (&["http://localhost:1", "http://localhost:2"], "localhost"),
        ] {
            assert_eq!(at(origins).as_deref(), Ok(name));
        }
        assert_eq!(at(&[]), Err(PasskeyStartError::Nowhere));
        for address in ["http://127.0.0.1:8096", "https://[::1]/", "https://192.0.2.7/"] {
            assert!(matches!(at(&[address]), Err(PasskeyStartError::Address(_))), "{address}");
        }
        assert!(matches!(at(&["http://ask.example.com"]), Err(PasskeyStartError::Plain(_))));
        for other in ["https://evilexample.com", "https://com", "https://example.com.evil.test"] {
            assert!(matches!(at(&["https://example.com", other]), Err(PasskeyStartError::Foreign { .. })), "{other}");
        }
    }
}
