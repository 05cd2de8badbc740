//! Log lines as Python's `logging` forms them.

use std::fmt::{self, Write as _};

use jiff::tz::TimeZone;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::wiring::wall_time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Time,
    Name,
    Level,
    Message,
    Process,
    Thread,
}

/// A format string, taken apart: literal text before each part, and what follows the last.
#[derive(Clone, Debug)]
pub(super) struct PythonFormat {
    parts: Vec<(String, Part)>,
    tail: String,
    zone: TimeZone,
}

const PARTS: [(&str, Part); 7] = [
    ("%(asctime)s", Part::Time),
    ("%(name)s", Part::Name),
    ("%(levelname)s", Part::Level),
    ("%(message)s", Part::Message),
    ("%(process)d", Part::Process),
    ("%(process)s", Part::Process),
    ("%(threadName)s", Part::Thread),
];

impl PythonFormat {
    /// Takes apart a format that the configuration has accepted.
    pub(super) fn new(format: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = format;
        let mut literal = String::new();
        while let Some(next) = rest.chars().next() {
            if let Some((text, part)) = PARTS.iter().find(|(text, _)| rest.starts_with(text)) {
                parts.push((std::mem::take(&mut literal), *part));
                rest = &rest[text.len()..];
            } else {
                literal.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        Self { parts, tail: literal, zone: TimeZone::system() }
    }
}

impl<S, N> FormatEvent<S, N> for PythonFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        for (literal, part) in &self.parts {
            writer.write_str(literal)?;
            match part {
                Part::Time => {
                    let time = wall_time().to_zoned(self.zone.clone());
                    write!(writer, "{}", time.strftime("%Y-%m-%d %H:%M:%S,%3f"))?;
                }
                Part::Name => writer.write_str(metadata.target())?,
                Part::Level => writer.write_str(level_name(*metadata.level()))?,
                Part::Message => {
                    let mut message = Message::default();
                    event.record(&mut message);
                    write!(writer, "{}{}", OneLine(&message.text), OneLine(&message.fields))?;
                }
                Part::Process => write!(writer, "{}", std::process::id())?,
                Part::Thread => writer.write_str(std::thread::current().name().unwrap_or("unnamed"))?,
            }
        }
        writeln!(writer, "{}", self.tail)
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "TRACE",
        Level::DEBUG => "DEBUG",
        Level::INFO => "INFO",
        Level::WARN => "WARNING",
        Level::ERROR => "ERROR",
    }
}

#[derive(Default)]
struct Message {
    text: String,
    fields: String,
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.text, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

/// Text of others cannot begin a line of its own in the log.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_taken_apart() {
        let format = PythonFormat::new("[%(levelname)s] %(message)s %(process)d.");
        let parts: Vec<_> = format.parts.iter().map(|(text, part)| (text.as_str(), *part)).collect();
        assert_eq!(parts, [("[", Part::Level), ("] ", Part::Message), (" ", Part::Process)]);
        assert_eq!(format.tail, ".");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(OneLine("a\r\nb\u{1b}[0m 中").to_string(), r"a\r\nb\u{1b}[0m 中");
    }
}
