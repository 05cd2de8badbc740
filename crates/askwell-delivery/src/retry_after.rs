//! `Retry-After`: seconds or an HTTP date.
//!
//! Neighbours: `webhook` reads it off a response; how far it is honoured is
//! decided by the back-off schedule in `askwell-core`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How long to wait from `now`: nothing where the value means nothing, zero where the date is past.
pub(crate) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are as good as the most that do.
        let seconds = value.parse::<u32>().unwrap_or(u32::MAX);
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
        let seconds = |n| Some(Duration::from_secs(n));
        for (value, expected) in [
            ("0", seconds(0)),
            (" 120 ", seconds(120)),
            ("99999999999999999999999", seconds(u64::from(u32::MAX))),
            ("Mon, 02 Nov 2026 10:01:30 GMT", seconds(90)),
            ("Mon, 02 Nov 2026 09:00:00 GMT", seconds(0)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("Mon, 32 Nov 2026 10:01:30 GMT", None),
        ] {
            assert_eq!(parse(value, now), expected, "{value:?}");
        }
    }
}
