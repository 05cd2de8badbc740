//! What a configured value can be: read from text or YAML, and shown again.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::yaml::Raw;

/// A type that a key can have.
pub(crate) trait Setting: Sized {
    /// Whether its value must never be shown.
    const SECRET: bool = false;

    /// What may stand there, to complete "expected …".
    fn expected() -> String;

    /// Reads a text: of the environment, a flag or the file. `None`: it is not one.
    fn from_text(text: &str) -> Option<Self>;

    /// Reads a value of the file. The error is what was found.
    fn from_raw(raw: &Raw) -> Result<Self, String> {
        let text = match raw {
            Raw::Text(text) => text.clone(),
            Raw::Integer(number) => number.to_string(),
            Raw::Bool(flag) => flag.to_string(),
            Raw::Null | Raw::Float(_) | Raw::List(_) | Raw::Map(_) => return Err(raw.to_string()),
        };
        Self::from_text(&text).ok_or_else(|| raw.to_string())
    }

    /// The effective value, as JSON. A secret shows only that it is set.
    fn show(&self) -> Value;

    /// The value that stands in for `self` once the data directory is known.
    #[must_use]
    fn resolved(self, data_dir: &Path) -> Self {
        let _ = data_dir;
        self
    }
}

impl Setting for bool {
    fn expected() -> String {
        "true or false".into()
    }

    /// `yes`, `no`, `on` and `off` too: the originals' files were read as YAML 1.1.
    fn from_text(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    fn show(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Setting for u16 {
    fn expected() -> String {
        "a whole number from 0 to 65535".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> Value {
        (*self).into()
    }
}

impl Setting for u32 {
    fn expected() -> String {
        "a whole number, 0 or more".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> Value {
        (*self).into()
    }
}

impl Setting for String {
    fn expected() -> String {
        "text (in quotes where it looks like a number)".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn show(&self) -> Value {
        self.as_str().into()
    }
}

impl Setting for PathBuf {
    fn expected() -> String {
        "a path".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }

    fn show(&self) -> Value {
        self.display().to_string().into()
    }
}

impl<T: Setting> Setting for Option<T> {
    const SECRET: bool = T::SECRET;

    fn expected() -> String {
        format!("{}, or null", T::expected())
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "" | "null" | "~" => Some(None),
            text => T::from_text(text).map(Some),
        }
    }

    fn from_raw(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Null => Ok(None),
            Raw::Text(text) if text.is_empty() => Ok(None),
            raw => T::from_raw(raw).map(Some),
        }
    }

    fn show(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::show)
    }

    fn resolved(self, data_dir: &Path) -> Self {
        self.map(|value| value.resolved(data_dir))
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn expected() -> String {
        format!("a list, each entry {}", T::expected())
    }

    /// Separated by commas, or a JSON list.
    fn from_text(text: &str) -> Option<Self> {
        if text.trim_start().starts_with('[') {
            let entries: Vec<String> = serde_json::from_str(text).ok()?;
            return entries.iter().map(|entry| T::from_text(entry)).collect();
        }
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(T::from_text).collect()
    }

    fn from_raw(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Null => Ok(Self::new()),
            Raw::List(list) => list.iter().map(T::from_raw).collect(),
            Raw::Text(text) => Self::from_text(text).ok_or_else(|| raw.to_string()),
            _ => Err(raw.to_string()),
        }
    }

    fn show(&self) -> Value {
        self.iter().map(T::show).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_as_commas_json_or_yaml() {
        let two = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(Vec::<String>::from_text("a, b"), Some(two.clone()));
        assert_eq!(Vec::<String>::from_text(r#"["a","b"]"#), Some(two.clone()));
        assert_eq!(Vec::<String>::from_text(r#"["a""#), None);
        assert_eq!(Vec::<String>::from_raw(&Raw::List(vec![Raw::Text("a".into()), Raw::Text("b".into())])), Ok(two));
        assert_eq!(Vec::<u32>::from_raw(&Raw::List(vec![Raw::Text("x".into())])), Err("\"x\"".into()));
    }

    #[test]
    fn nothing_is_an_option() {
        assert_eq!(Option::<String>::from_raw(&Raw::Null), Ok(None));
        assert_eq!(Option::<u32>::from_text(""), Some(None));
        assert_eq!(String::from_raw(&Raw::Null), Err("nothing".into()));
    }
}
