//! Who may reach the server.

use serde_json::Value;
use url::Url;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;
use super::values::{HostName, Seconds, Secret, words};

words! {
    /// How people prove who they are, once there are accounts.
    AuthMethod {
        /// Signed tokens.
        Jwt = "jwt",
        /// Name and password with each request.
        Basic = "basic",
        /// An identity provider.
        Oauth = "oauth" | "oauth2" | "oidc",
    }
}

/// A web origin that may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CorsOrigin {
    /// `*`
    Any,
    /// Scheme, host and port.
    Named(String),
}

impl Setting for CorsOrigin {
    fn expected() -> String {
        "`*` or an origin such as https://example.com".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let url = <Url as Setting>::from_text(text)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        bare.then(|| Self::Named(url.origin().ascii_serialization()))
    }

    fn show(&self) -> Value {
        match self {
            Self::Any => "*".into(),
            Self::Named(origin) => origin.as_str().into(),
        }
    }
}

section! {
    /// Who may reach the server.
    Security = "security" {
        /// Whether people and programs must sign in. This version has no accounts yet and refuses to start with `true`.
        enable_auth: bool = false,
        /// How they sign in, once there are accounts.
        auth_method: AuthMethod = AuthMethod::Jwt,
        /// The key that signs tokens, once there are accounts.
        jwt_secret: Option<Secret> = None,
        /// Seconds for which a token holds, once there are accounts.
        token_expiry: Seconds = Seconds::new(3600),
        /// The key that signs cookies, once there are accounts.
        session_secret: Option<Secret> = None,
        /// Whether whoever asked may answer, too. Also through tokens that a person owns, and through delegation.
        requester_may_answer: bool = false,
        /// Web origins whose pages may call the server. While authentication is off, loopback origins always may, and
        /// `*` means no more than those.
        cors_origins: Vec<CorsOrigin> = Vec::new(),
        /// Host names under which the server may be addressed, beside loopback and `server.host`: a proxy's public name.
        allowed_hosts: Vec<HostName> = Vec::new(),
        /// Listen beyond this machine although anybody who can connect may then answer. Only where you put a gate of
        /// your own in front.
        allow_unauthenticated_network: bool = false,
    }
}

/// Secrets that stand in published documents.
const SAMPLES: [&str; 4] = ["your-secret-key", "your-secret-key-here", "human-loop-secret-key-2025", "default-secret"];

impl Security {
    pub(super) fn check(&self, reader: &mut Reader) {
        if !self.enable_auth {
            return;
        }
        for (key, secret) in
            [("security.jwt_secret", &self.jwt_secret), ("security.session_secret", &self.session_secret)]
        {
            if secret.as_ref().is_some_and(|secret| SAMPLES.contains(&secret.0.as_str())) {
                reader.refuse(key, "is the sample from a published document; set one of your own, or leave it out");
            }
        }
    }

    /// The origins that `cors_origins` names, as `scheme://host:port`.
    pub(crate) fn named_origins(&self) -> Vec<&str> {
        self.cors_origins
            .iter()
            .filter_map(|origin| match origin {
                CorsOrigin::Named(name) => Some(name.as_str()),
                CorsOrigin::Any => None,
            })
            .collect()
    }

    /// Whether `cors_origins` holds `*`.
    pub(super) fn any_origin(&self) -> bool {
        self.cors_origins.contains(&CorsOrigin::Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        assert_eq!(CorsOrigin::from_text("*"), Some(CorsOrigin::Any));
        let named = |text: &str| Some(CorsOrigin::Named(text.to_owned()));
        assert_eq!(CorsOrigin::from_text("https://A.example"), named("https://a.example"));
        assert_eq!(CorsOrigin::from_text("http://a.example:8080/"), named("http://a.example:8080"));
        for text in ["a.example", "https://a.example/path", "ftp://a.example", ""] {
            assert_eq!(CorsOrigin::from_text(text), None, "{text}");
        }
    }
}
