//! The original's times: ISO 8601 without a zone, as the machine's own clock showed them.

use anyhow::Context;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, TimestampRound, Unit};

static PARSER: DateTimeParser = DateTimeParser::new();

/// A zone by its name or offset.
///
/// # Errors
/// There is no such zone.
pub(super) fn zone(text: &str) -> anyhow::Result<TimeZone> {
    PARSER.parse_time_zone(text).with_context(|| {
        format!("--timezone: found {text:?}, expected a name such as Asia/Shanghai, or an offset such as +08:00")
    })
}

/// Reads a time, in whole milliseconds. One that names its offset keeps it.
pub(super) fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let exact: Result<Timestamp, _> = text.parse();
    let time = match exact {
        Ok(time) => time,
        Err(_) => text
            .parse::<DateTime>()
            .and_then(|civil| zone.to_ambiguous_timestamp(civil).compatible())
            .map_err(|_| format!("{text:?} is no time"))?,
    };
    let millisecond = TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc);
    time.round(millisecond).map_err(|_| format!("{text:?} is out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_of_the_machine() {
        for (text, zone_name, expected) in [
            ("2025-06-17T10:30:00.123456", "UTC", "2025-06-17T10:30:00.123Z"),
            ("2025-06-17T10:30:00", "UTC", "2025-06-17T10:30:00Z"),
            ("2025-06-17T10:30:00", "Asia/Shanghai", "2025-06-17T02:30:00Z"),
            ("2025-06-17T10:30:00", "+08:00", "2025-06-17T02:30:00Z"),
            ("2025-06-17T10:30:00Z", "Asia/Shanghai", "2025-06-17T10:30:00Z"),
            ("2025-06-17 10:30:00", "UTC", "2025-06-17T10:30:00Z"),
        ] {
            assert_eq!(time(text, &zone(zone_name).unwrap()).unwrap().to_string(), expected, "{text} {zone_name}");
        }
        assert!(time("yesterday", &TimeZone::UTC).is_err());
        assert!(zone("Mars/Base").unwrap_err().to_string().starts_with("--timezone: found"));
    }
}
