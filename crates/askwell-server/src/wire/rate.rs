//! How often one may still ask, as headers.
//!
//! The fields of draft-ietf-httpapi-ratelimit-headers as most clients read
//! them: three numbers, times in seconds from now.

use std::time::Duration;

use askwell_app::Allowance;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

use super::problem::{Code, Problem};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The answer that says what is left, too; as it is where nobody counts.
pub(crate) fn tell(mut answer: Response, allowance: Option<Allowance>) -> Response {
    answer.headers_mut().extend(allowance.into_iter().flat_map(fields));
    answer
}

/// The problem whose answer says what is left, too.
pub(crate) fn told(problem: Problem, allowance: Option<Allowance>) -> Problem {
    // That it was too often says it already.
    let allowance = allowance.filter(|_| problem.code() != Code::TooManyRequests);
    let fields = allowance.into_iter().flat_map(fields);
    fields.fold(problem, |problem, (name, value)| problem.header(name, value))
}

fn fields(allowance: Allowance) -> [(HeaderName, HeaderValue); 3] {
    let Allowance { limit, remaining, reset } = allowance;
    [(LIMIT, limit.into()), (REMAINING, remaining.into()), (RESET, seconds(reset).into())]
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
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn times_are_rounded_up() {
        let allowance = Allowance { limit: 60, remaining: 59, reset: Duration::from_millis(1_001) };
        let answer = tell(Response::default(), Some(allowance));
        let mut refusal = HeaderMap::new();
        told(Problem::new(Code::BadCredentials), Some(allowance)).set_headers(&mut refusal);
        for headers in [answer.headers(), &refusal] {
            let of = |name: &HeaderName| headers[name].to_str().unwrap().to_owned();
            assert_eq!([of(&LIMIT), of(&REMAINING), of(&RESET)], ["60", "59", "2"]);
        }
        let mut headers = HeaderMap::new();
        told(exceeded(5, Duration::from_millis(11_001)), Some(allowance)).set_headers(&mut headers);
        for (name, value) in [("retry-after", "12"), ("ratelimit-reset", "12"), ("ratelimit-remaining", "0")] {
            assert_eq!(headers[name], value, "{name}");
        }
        assert!(tell(Response::default(), None).headers().is_empty());
    }
}
