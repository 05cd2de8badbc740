//! What a request shows of who sends it.

use askwell_app::Presented;
use askwell_core::access::secret::is_token;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cookie::{self, Outside};

/// What a request says in `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authorization<'h> {
    /// Nothing.
    Absent,
    /// Somebody's token.
    Bearer(&'h str),
    /// Name and password, encoded.
    Basic(&'h str),
    /// Something else, or more than one thing.
    Other,
}

impl<'h> Authorization<'h> {
    /// Of a request.
    pub(crate) fn of(headers: &'h HeaderMap) -> Self {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let Some(first) = given.next() else { return Self::Absent };
        let text = first.to_str().unwrap_or_default();
        let (scheme, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim();
        match scheme.to_ascii_lowercase().as_str() {
            _ if given.next().is_some() || rest.is_empty() => Self::Other,
            "bearer" => Self::Bearer(rest),
            "basic" => Self::Basic(rest),
            _ => Self::Other,
        }
    }
}

/// What a request shows. `Authorization` goes before a cookie: whoever sends it means it.
pub(super) enum Shown {
    Cookie(String),
    Bearer(String),
    /// By a client of the Model Context Protocol.
    McpBearer(String),
    Basic {
        login: String,
        password: String,
    },
    /// Something that is no way in at all.
    Nonsense,
}

impl Shown {
    pub(super) fn of(headers: &HeaderMap, outside: Outside) -> Option<Self> {
        Some(match Authorization::of(headers) {
            Authorization::Absent => return cookie::secret(headers, outside).map(Self::Cookie),
            Authorization::Bearer(text) => Self::Bearer(text.to_owned()),
            Authorization::Basic(text) => basic(text).unwrap_or(Self::Nonsense),
            Authorization::Other => Self::Nonsense,
        })
    }

    /// A token and nothing else.
    pub(super) fn bearer_of(headers: &HeaderMap) -> Option<Self> {
        match Authorization::of(headers) {
            Authorization::Absent => None,
            Authorization::Bearer(text) => Some(Self::McpBearer(text.to_owned())),
            Authorization::Basic(_) | Authorization::Other => Some(Self::Nonsense),
        }
    }

    pub(super) fn presented(&self) -> Presented<'_> {
        match self {
            Self::Cookie(secret) => Presented::Cookie(secret),
            Self::Bearer(text) => bearer(text),
            Self::McpBearer(text) => match bearer(text) {
                Presented::Jwt(text) => Presented::McpJwt(text),
                other => other,
            },
            Self::Basic { login, password } => Presented::Basic { login, password },
            Self::Nonsense => Presented::Token(""),
        }
    }
}

/// A bearer's text is a token of ours, or a signed one of somebody else's.
pub(crate) fn bearer(text: &str) -> Presented<'_> {
    if is_token(text) || !text.contains('.') { Presented::Token(text) } else { Presented::Jwt(text) }
}

fn basic(text: &str) -> Option<Shown> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    Some(Shown::Basic { login: login.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn shown(pairs: &[(&'static str, &str)], outside: Outside) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        Shown::of(&headers, outside).map(|shown| match shown {
            Shown::Cookie(text) => format!("cookie {text}"),
            Shown::Bearer(text) | Shown::McpBearer(text) => format!("bearer {text}"),
            Shown::Basic { login, password } => format!("basic {login} {password}"),
            Shown::Nonsense => "nonsense".to_owned(),
        })
    }

    #[test]
    fn what_is_shown() {
        for (pairs, expected) in [
            (vec![], None),
            (vec![("cookie", "a=b; askwell=s1")], Some("cookie s1")),
            (vec![("cookie", "askwell=s1; __Host-askwell=s2")], Some("cookie s1")),
            (vec![("cookie", "__Host-askwell=s2")], None),
            (vec![("cookie", "askwell=")], None),
            (vec![("authorization", "Bearer ask_1"), ("cookie", "askwell=s1")], Some("bearer ask_1")),
            (vec![("authorization", "bearer  x.y.z")], Some("bearer x.y.z")),
            (vec![("authorization", "Basic YTpiOmM=")], Some("basic a b:c")),
            (vec![("authorization", "Basic !!"), ("cookie", "askwell=s1")], Some("nonsense")),
            (vec![("authorization", "Digest x")], Some("nonsense")),
            (vec![("authorization", "Bearer a"), ("authorization", "Bearer b")], Some("nonsense")),
        ] {
            assert_eq!(shown(&pairs, Outside::Plain).as_deref(), expected, "{pairs:?}");
        }
        // Over TLS a name that anybody nearby can set is nobody's.
        for (text, expected) in [
            ("__Host-askwell=s2", Some("cookie s2")),
            ("askwell=s1; __Host-askwell=s2", Some("cookie s2")),
            ("askwell=s1", None),
            ("askwell=s1; __Host-askwell=", None),
        ] {
            assert_eq!(shown(&[("cookie", text)], Outside::Tls).as_deref(), expected, "{text}");
        }
        assert!(matches!(bearer("ask_x.y"), Presented::Token(_)));
        assert!(matches!(bearer("x.y.z"), Presented::Jwt(_)));
    }
}
