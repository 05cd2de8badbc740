//! Who may reach the server.

use askwell_identity::MIN_SECRET;
use serde_json::Value;
use url::Url;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;
use super::values::{HostName, Seconds, Secret, words};
use super::yaml::Raw;

words! {
    /// A way to prove who one is.
    AuthMethod {
        /// Login and password on the page.
        Password = "password",
        /// Signed tokens.
        Jwt = "jwt",
        /// Name and password with each request.
        Basic = "basic",
        /// An identity provider.
        Oauth = "oauth" | "oauth2" | "oidc",
    }
}

/// One way in, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthMethods(pub(crate) Vec<AuthMethod>);

impl AuthMethods {
    /// Whether this way is open.
    pub(crate) fn has(&self, method: AuthMethod) -> bool {
        self.0.contains(&method)
    }
}

impl Setting for AuthMethods {
    fn expected() -> String {
        format!("{}, or a list of them", AuthMethod::expected())
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::of(Vec::from_text(text)?)
    }

    fn from_raw(raw: &Raw) -> Result<Self, String> {
        Self::of(Vec::from_raw(raw)?).ok_or_else(|| raw.to_string())
    }

    /// One alone as the originals wrote it.
    fn show(&self) -> Value {
        match self.0.as_slice() {
            [only] => only.show(),
            all => all.iter().map(Setting::show).collect(),
        }
    }
}

impl AuthMethods {
    /// At least one, each once.
    fn of(listed: Vec<AuthMethod>) -> Option<Self> {
        let mut methods = Vec::new();
        for method in listed {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        (!methods.is_empty()).then_some(Self(methods))
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
        /// Whether people and programs must sign in. The first start prints a link that makes the first administrator, or
        /// use `askwell user add`.
        enable_auth: bool = false,
        /// How they sign in: one way, or a list of them. Tokens made here (`ask_…`) always count.
        auth_method: AuthMethods = AuthMethods(vec![AuthMethod::Password]),
        /// The secret that signed tokens (HS256) are verified with, at least 32 bytes. Instead of `jwt_jwks_url`.
        jwt_secret: Option<Secret> = None,
        /// The address of the keys that signed tokens are verified with (a JWK set: RS256, ES256 or EdDSA). Needs
        /// `jwt_issuer` and `jwt_audience`.
        jwt_jwks_url: Option<Url> = None,
        /// Who has to have issued signed tokens (`iss`).
        jwt_issuer: Option<String> = None,
        /// For whom signed tokens have to be (`aud`). Null: a token that is for somebody in particular is refused.
        jwt_audience: Option<String> = None,
        /// The claim of signed tokens that holds groups; with a leading `/`, a path such as `/realm_access/roles`.
        /// Null: they say nothing of groups.
        jwt_groups_claim: Option<String> = None,
        /// The groups that are taken over from signed tokens; all others are ignored.
        jwt_allowed_groups: Vec<String> = Vec::new(),
        /// Seconds for which a sign-in on the page lasts.
        token_expiry: Seconds = Seconds::new(3600),
        /// The key that seals the cookie of the way to the identity provider and back. Null: one for each start.
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
        if self.auth_method.has(AuthMethod::Jwt) {
            self.check_jwt(reader);
        } else {
            for (key, is_set) in [
                ("security.jwt_secret", self.jwt_secret.is_some()),
                ("security.jwt_jwks_url", self.jwt_jwks_url.is_some()),
            ] {
                if is_set {
                    reader.notice(key, "has no effect: `security.auth_method` does not name `jwt`");
                }
            }
        }
    }

    fn check_jwt(&self, reader: &mut Reader) {
        match (&self.jwt_secret, &self.jwt_jwks_url) {
            (None, None) => reader.refuse(
                "security.auth_method",
                "names `jwt`, and there is nothing to verify tokens with: set `security.jwt_secret` or \
                 `security.jwt_jwks_url`, or name another way in",
            ),
            (Some(_), Some(_)) => reader.refuse(
                "security.jwt_jwks_url",
                "stands beside `security.jwt_secret`: tokens are verified with one or the other, leave one out",
            ),
            // A sample was refused already, in better words.
            (Some(secret), None) if secret.0.len() < MIN_SECRET && !SAMPLES.contains(&secret.0.as_str()) => {
                let reason = format!(
                    "has {} bytes, expected at least {MIN_SECRET}: `openssl rand -base64 48` makes one",
                    secret.0.len()
                );
                reader.refuse("security.jwt_secret", &reason);
            }
            (Some(_), None) => {}
            (None, Some(_)) => {
                for (key, value) in
                    [("security.jwt_issuer", &self.jwt_issuer), ("security.jwt_audience", &self.jwt_audience)]
                {
                    if value.is_none() {
                        let reason = "is missing: without it whoever gets a token signed with one of the keys of \
                                      `security.jwt_jwks_url` would be let in";
                        reader.refuse(key, reason);
                    }
                }
            }
        }
        if !self.jwt_allowed_groups.is_empty() && self.jwt_groups_claim.is_none() {
            reader.notice("security.jwt_allowed_groups", "has no effect without `security.jwt_groups_claim`");
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
    fn ways_in() {
        let methods = |text: &str| AuthMethods::from_text(text).map(|methods| methods.show());
        assert_eq!(methods("jwt"), Some("jwt".into()));
        assert_eq!(methods("oidc"), Some("oauth".into()));
        assert_eq!(methods("password, jwt,password"), Some(serde_json::json!(["password", "jwt"])));
        for text in ["", "ldap", "jwt, ldap"] {
            assert_eq!(methods(text), None, "{text}");
        }
        let list = Raw::List(vec![Raw::Text("basic".into()), Raw::Text("oauth".into())]);
        assert_eq!(AuthMethods::from_raw(&list), Ok(AuthMethods(vec![AuthMethod::Basic, AuthMethod::Oauth])));
        assert!(AuthMethods::from_raw(&Raw::Null).is_err() && AuthMethods::from_raw(&Raw::List(Vec::new())).is_err());
    }

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
