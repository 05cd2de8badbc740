//! What a request says who it is with, as far as that matters to where it may come from.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::identity::{Authorization, cookie};

/// What a request says who it is with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    Nothing,
    /// Whoever sends it knows a secret: no browser adds it unasked.
    Bearer,
    /// Name and password, or whatever else a browser adds to each request once it knows it.
    Remembered,
    /// Our cookie, which a browser adds to each request.
    Cookie,
}

impl Credential {
    /// Reads the headers. What stands in `Authorization` comes before cookies.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match Authorization::of(headers) {
            Authorization::Absent if headers.get_all(header::COOKIE).iter().any(has_ours) => Self::Cookie,
            Authorization::Absent => Self::Nothing,
            Authorization::Bearer(_) => Self::Bearer,
            Authorization::Basic(_) | Authorization::Other => Self::Remembered,
        }
    }
}

/// Whether one of them may be ours, however it is written: where it is not, nothing is lost by being careful.
fn has_ours(cookies: &HeaderValue) -> bool {
    cookies.as_bytes().split(|byte| *byte == b';').any(|cookie| {
        let name = cookie.split(|byte| *byte == b'=').next().unwrap_or_default();
        cookie::is_login(name.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn what_counts_as_what() {
        use Credential::{Bearer, Cookie, Nothing, Remembered};

        let table: [(&[(&str, &str)], Credential); 18] = [
            (&[], Nothing),
            (&[("cookie", "theme=dark")], Nothing),
            (&[("cookie", "askwell2=x; myaskwell=y; __Host-askwellx=z")], Nothing),
            (&[("cookie", "note=askwell=1")], Nothing),
            (&[("cookie", "askwell=x")], Cookie),
            (&[("cookie", "__Host-askwell=x")], Cookie),
            (&[("cookie", "theme=dark; askwell=x")], Cookie),
            (&[("cookie", "theme=dark;askwell = x")], Cookie),
            (&[("cookie", "theme=dark"), ("cookie", "askwell=x")], Cookie),
            (&[("cookie", "askwell")], Cookie),
            (&[("authorization", "Bearer ask_1")], Bearer),
            (&[("authorization", "bEARER ask_1"), ("cookie", "askwell=x")], Bearer),
            (&[("authorization", "Basic YTpi")], Remembered),
            (&[("authorization", "Basic YTpi"), ("cookie", "askwell=x")], Remembered),
            (&[("authorization", "Bearer ")], Remembered),
            (&[("authorization", "Negotiate x")], Remembered),
            (&[("authorization", "")], Remembered),
            (&[("authorization", "Bearer a"), ("authorization", "Basic b")], Remembered),
        ];
        for (given, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(Credential::of(&headers), expected, "{given:?}");
        }
    }
}
