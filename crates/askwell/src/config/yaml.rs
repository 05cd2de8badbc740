//! A YAML document as a tree whose every value knows its line.
//!
//! Configuration is read from this tree key by key, so that each mistake can
//! name its file, line and key, and one run reports all of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// A value of a document, or of an environment variable or flag (then a text).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Raw>),
    /// A mapping, in the order of the document.
    Map(Vec<(String, Located)>),
}

/// A value and the line that its key stands in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Located {
    /// The value.
    pub(crate) value: Raw,
    /// Counted from 1.
    pub(crate) line: u64,
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "the number {value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::List(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a mapping"),
        }
    }
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Raw>::deserialize(deserializer)?;
        Ok(Self { value: spanned.value, line: spanned.referenced.line() })
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Integer(value.into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Raw>()? {
            entries.push((key.value, Located { value, line: key.referenced.line() }));
        }
        Ok(Raw::Map(entries))
    }
}

/// Reads a document. The error is one line: where, and what is wrong.
pub(crate) fn parse(text: &str, file: &str) -> Result<Located, String> {
    if text.trim().is_empty() {
        return Ok(Located { value: Raw::Map(Vec::new()), line: 1 });
    }
    // Comments are passed over: kept, more than 32 in a row would be refused, and a file has as many as it likes.
    let options = serde_saphyr::options! { emit_comments: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        let reason = error.without_snippet().to_string();
        format!("{file}:{line}: not readable as YAML: {}", reason.lines().next().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_as_long_as_one_likes() {
        let text = format!("server:\n{}  port: 1\n", "  # still\n".repeat(5000));
        let Raw::Map(sections) = parse(&text, "f").unwrap().value else { panic!("no map") };
        assert!(matches!(&sections[0].1.value, Raw::Map(keys) if keys[0].1.line == 5002));
    }

    #[test]
    fn every_value_knows_its_line() {
        let text = "# head\nserver:\n  host: \"0.0.0.0\"  # all\n\n  port: 8096\nsecurity:\n  cors_origins: [\"*\", b]\nredis:\n";
        let Raw::Map(sections) = parse(text, "f").unwrap().value else { panic!("no map") };
        assert_eq!(sections.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["server", "security", "redis"]);
        let Raw::Map(server) = &sections[0].1.value else { panic!("no map") };
        assert_eq!(server[0], ("host".into(), Located { value: Raw::Text("0.0.0.0".into()), line: 3 }));
        assert_eq!(server[1], ("port".into(), Located { value: Raw::Integer(8096), line: 5 }));
        let Raw::Map(security) = &sections[1].1.value else { panic!("no map") };
        assert_eq!(security[0].1.value, Raw::List(vec![Raw::Text("*".into()), Raw::Text("b".into())]));
        assert_eq!(sections[2].1.value, Raw::Null);
    }

    #[test]
    fn broken_documents_name_the_line() {
        let error = parse("server:\n  host: a\n  host: b\n", "c.yaml").unwrap_err();
        assert!(error.starts_with("c.yaml:3: "), "{error}");
        let error = parse("server: [1, 2\nx: y\n", "c.yaml").unwrap_err();
        assert!(error.starts_with("c.yaml:"), "{error}");
    }
}
