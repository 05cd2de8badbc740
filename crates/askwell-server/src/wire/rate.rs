//! How often one may still ask, as headers.
//!
//! The fields of draft-ietf-httpapi-ratelimit-headers as most clients read
//! them: three numbers, times in seconds from now.

use std::time::Duration;

use askwell_app::Allowance;
use axum::http::{HeaderMap, HeaderName, header};

use super::problem::{Code, Problem};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Says what is left; nothing where nobody counts.
pub(crate) fn tell(headers: &mut HeaderMap, allowance: Option<Allowance>) {
    let Some(Allowance { limit, remaining, reset }) = allowance else { return };
    headers.insert(LIMIT, limit.into());
    headers.insert(REMAINING, remaining.into());
    headers.insert(RESET, seconds(reset).into());
}

/// Nothing is left.
pub(super) fn exceeded(limit: u32, retry_after: Duration) -> Problem {
    let wait = seconds(retry_after).max(1);
    Problem::new(Code::TooManyRequests)
        .member("retry_after", wait)
        .header(header::RETRY_AFTER, wait)
        .header(LIMIT, limit)
        .header(REMAINING, 0)
        .header(RESET, wait)
}

/// Whole seconds, rounded up: whoever waits so long has waited long enough.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up() {
        let mut headers = HeaderMap::new();
        let allowance = Allowance { limit: 60, remaining: 59, reset: Duration::from_millis(1_001) };
        tell(&mut headers, Some(allowance));
        let of = |name: &HeaderName| headers[name].to_str().unwrap().to_owned();
        assert_eq!([of(&LIMIT), of(&REMAINING), of(&RESET)], ["60", "59", "2"]);
        let mut headers = HeaderMap::new();
        exceeded(5, Duration::from_millis(11_001)).set_headers(&mut headers);
        for (name, value) in [("retry-after", "12"), ("ratelimit-reset", "12"), ("ratelimit-remaining", "0")] {
            assert_eq!(headers[name], value, "{name}");
        }
        let mut none = HeaderMap::new();
        tell(&mut none, None);
        assert!(none.is_empty());
    }
}
