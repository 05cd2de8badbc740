//! Reading a JSON object: what is there, what is wrong, what is not known.
//!
//! Job: each kind names its keys and gets typed values; pointers, violations
//! and warnings are kept here. Invariants: `null` is absent; every finding has
//! its pointer; a key that nobody asked for is named by [`Reader::finish`].
//! Neighbours: [`crate::interaction`] and [`crate::session::Draft`] read with it.

use std::fmt;

use serde_json::{Map, Number, Value};

use crate::finding::{Code, Finding, Findings};
use crate::text::Text;

/// The pointer of `key` below `pointer`.
#[must_use]
pub fn child(pointer: &str, key: impl fmt::Display) -> String {
    let mut path = format!("{pointer}/{key}");
    let key = pointer.len() + 1;
    if path[key..].contains(['~', '/']) {
        let escaped = path[key..].replace('~', "~0").replace('/', "~1");
        path.replace_range(key.., &escaped);
    }
    path
}

/// The finding that `value` is not of the type `expected`.
#[must_use]
pub fn wrong_type(pointer: &str, expected: &str, value: &Value) -> Finding {
    let actual = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Finding::new(pointer, Code::WrongType).with("expected", expected).with("actual", actual)
}

/// Reads one object, key by key.
#[derive(Debug)]
pub struct Reader<'v, 'f> {
    object: &'v Map<String, Value>,
    pointer: String,
    known: Vec<&'static str>,
    /// Where findings go.
    pub findings: &'f mut Findings,
}

impl<'v, 'f> Reader<'v, 'f> {
    /// A reader of the object at `pointer`; anything else is a violation.
    pub fn new(value: &'v Value, pointer: &str, findings: &'f mut Findings) -> Option<Self> {
        if let Value::Object(object) = value {
            return Some(Self { object, pointer: pointer.to_owned(), known: Vec::new(), findings });
        }
        findings.refuse(wrong_type(pointer, "object", value));
        None
    }

    /// The pointer of `key`.
    #[must_use]
    pub fn at(&self, key: &str) -> String {
        child(&self.pointer, key)
    }

    /// The value of `key`; `null` is absent.
    pub fn value(&mut self, key: &'static str) -> Option<&'v Value> {
        self.known.push(key);
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// The spelling in use, of a key that has two; the first where neither or both are there.
    pub fn spelled(&mut self, key: &'static str, alias: &'static str) -> &'static str {
        if self.value(key).is_none() && self.value(alias).is_some() { alias } else { key }
    }

    /// Whether [`Self::value`] or one of the typed readers has been asked for `key`.
    #[must_use]
    pub fn has_read(&self, key: &str) -> bool {
        self.known.contains(&key)
    }

    /// Records a violation at `key`.
    pub fn refuse(&mut self, key: &str, code: Code) {
        let finding = Finding::new(self.at(key), code);
        self.findings.refuse(finding);
    }

    /// The same, for a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<&'v Value> {
        let value = self.value(key);
        if value.is_none() {
            self.refuse(key, Code::MissingField);
        }
        value
    }

    /// Text that people read, of at most `limit` characters.
    pub fn text(&mut self, key: &'static str, limit: usize) -> Option<Text> {
        let value = self.value(key)?;
        // Most texts are plain and fit: no pointer is made for those.
        match value {
            Value::String(text) if text.len() <= limit => Some(Text::from(text.as_str())),
            _ => Text::read(value, &self.at(key), limit, self.findings),
        }
    }

    /// A string of at most `limit` characters that is not blank.
    pub fn string(&mut self, key: &'static str, limit: usize) -> Option<String> {
        let value = self.value(key)?;
        match value {
            Value::String(text) if text.len() <= limit && !text.trim().is_empty() => Some(text.clone()),
            _ => read_string(value, &self.at(key), limit, self.findings),
        }
    }

    /// A string as [`Self::string`], without control characters: what somebody or something is called.
    pub fn line(&mut self, key: &'static str, limit: usize) -> Option<String> {
        let text = self.string(key, limit)?;
        match line_fault(&text, &self.at(key), limit) {
            Some(fault) => {
                self.findings.refuse(fault);
                None
            }
            None => Some(text),
        }
    }

    /// A string of at most `limit` characters; a blank one is absent.
    pub fn remark(&mut self, key: &'static str, limit: usize) -> Option<String> {
        match self.value(key)? {
            Value::String(text) if text.trim().is_empty() => None,
            _ => self.string(key, limit),
        }
    }

    /// A string as [`Self::string`], or an integer that becomes one.
    pub fn name(&mut self, key: &'static str, limit: usize) -> Option<String> {
        match self.value(key)? {
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => self.string(key, limit),
        }
    }

    /// A boolean.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        self.typed(key, "boolean", value, value.as_bool())
    }

    /// A number.
    pub fn number(&mut self, key: &'static str) -> Option<&'v Number> {
        let value = self.value(key)?;
        self.typed(key, "number", value, value.as_number())
    }

    /// An integer from 0.
    pub fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        self.typed(key, "non_negative_integer", value, value.as_u64())
    }

    /// A list of at most `limit` entries.
    pub fn list(&mut self, key: &'static str, limit: usize) -> Option<&'v [Value]> {
        let value = self.value(key)?;
        let list = self.typed(key, "array", value, value.as_array())?;
        if list.len() > limit {
            let finding = Finding::new(self.at(key), Code::TooMany).with("limit", limit).with("actual", list.len());
            self.findings.refuse(finding);
            return None;
        }
        Some(list)
    }

    /// A list of strings as [`Self::string`] reads them.
    pub fn strings(&mut self, key: &'static str, entries: usize, limit: usize) -> Vec<String> {
        self.each(key, entries, |value, pointer, findings| read_string(value, pointer, limit, findings))
    }

    /// A list of strings as [`Self::line`] reads them.
    pub fn lines(&mut self, key: &'static str, entries: usize, limit: usize) -> Vec<String> {
        self.each(key, entries, |value, pointer, findings| {
            let text = read_string(value, pointer, limit, findings)?;
            let Some(fault) = line_fault(&text, pointer, limit) else { return Some(text) };
            findings.refuse(fault);
            None
        })
    }

    fn each<T>(
        &mut self,
        key: &'static str,
        entries: usize,
        read: impl Fn(&Value, &str, &mut Findings) -> Option<T>,
    ) -> Vec<T> {
        let list = self.list(key, entries).unwrap_or_default();
        if list.is_empty() {
            return Vec::new();
        }
        let pointer = self.at(key);
        let read = |(index, value)| read(value, &child(&pointer, index), self.findings);
        list.iter().enumerate().filter_map(read).collect()
    }

    /// One of the words given, and what it stands for.
    pub fn one_of<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(key)?;
        let given = self.typed(key, "string", value, value.as_str())?;
        let found = words.iter().find(|(word, _)| *word == given).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let finding =
                Finding::new(self.at(key), Code::NotAllowed).with("value", given).with("allowed", allowed.join(", "));
            self.findings.refuse(finding);
        }
        found
    }

    /// Says that `key`, where it is set, is of no use to a `kind`. Unset and empty values are common and silent.
    pub fn ignore(&mut self, key: &'static str, kind: &str) {
        let set = match self.value(key) {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::String(text)) => !text.is_empty(),
            Some(_) => true,
        };
        if set {
            let finding = Finding::new(self.at(key), Code::UnusedKey).with("key", key).with("kind", kind);
            self.findings.warn(finding);
        }
    }

    /// Ends the reading: what nobody asked for is named.
    pub fn finish(self) {
        for (key, value) in self.object {
            if !value.is_null() && !self.known.contains(&key.as_str()) {
                let finding = Finding::new(child(&self.pointer, key), Code::UnknownKey).with("key", key);
                self.findings.warn(finding);
            }
        }
    }

    fn typed<T>(&mut self, key: &str, expected: &str, value: &Value, found: Option<T>) -> Option<T> {
        if found.is_none() {
            let finding = wrong_type(&self.at(key), expected, value);
            self.findings.refuse(finding);
        }
        found
    }
}

fn read_string(value: &Value, pointer: &str, limit: usize, findings: &mut Findings) -> Option<String> {
    let Value::String(text) = value else {
        findings.refuse(wrong_type(pointer, "string", value));
        return None;
    };
    let Some(fault) = length_fault(text, pointer, limit) else { return Some(text.clone()) };
    findings.refuse(fault);
    None
}

fn length_fault(text: &str, pointer: &str, limit: usize) -> Option<Finding> {
    let actual = text.chars().count();
    let (code, limit) = match actual {
        _ if text.trim().is_empty() => (Code::TooShort, 1),
        _ if actual > limit => (Code::TooLong, limit),
        _ => return None,
    };
    Some(Finding::new(pointer, code).with("limit", limit).with("actual", actual).with("unit", "characters"))
}

/// What keeps a text from being what somebody or something is called: it is blank, too long, or has control characters.
#[must_use]
pub fn line_fault(text: &str, pointer: &str, limit: usize) -> Option<Finding> {
    length_fault(text, pointer, limit).or_else(|| {
        let has_control = text.chars().any(char::is_control);
        has_control.then(|| Finding::new(pointer, Code::ControlCharacter))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_types_and_names_the_rest() {
        let value = json!({"s":"x","n":1.5,"b":true,"c":3,"l":[1],"w":"low","id":7,"null":null,"odd/key":1,"old":2});
        let mut findings = Findings::default();
        let mut reader = Reader::new(&value, "/in", &mut findings).unwrap();
        assert_eq!(reader.string("s", 1).as_deref(), Some("x"));
        assert_eq!(reader.number("n").and_then(Number::as_f64), Some(1.5));
        assert_eq!(reader.flag("b"), Some(true));
        assert_eq!(reader.count("c"), Some(3));
        assert_eq!(reader.list("l", 1).map(<[Value]>::len), Some(1));
        assert_eq!(reader.one_of("w", &[("low", 1), ("high", 2)]), Some(1));
        assert_eq!(reader.name("id", 9).as_deref(), Some("7"));
        assert_eq!(reader.value("null"), None);
        assert_eq!(reader.spelled("new", "old"), "old");
        reader.finish();
        assert!(findings.violations.is_empty());
        assert_eq!(findings.warnings, [Finding::new("/in/odd~1key", Code::UnknownKey).with("key", "odd/key")]);
    }

    #[test]
    fn what_something_is_called_stands_on_one_line() {
        let value = json!({"who":"a\nb","names":["李梅","a\u{0}","a\u{7f}b","a b","\u{85}"]});
        let mut findings = Findings::default();
        let mut reader = Reader::new(&value, "", &mut findings).unwrap();
        assert_eq!(reader.line("who", 9), None);
        assert_eq!(reader.lines("names", 9, 9), ["李梅", "a b"]);
        let found: Vec<_> = findings.violations.iter().map(|f| (f.pointer.as_str(), f.code)).collect();
        let control = Code::ControlCharacter;
        assert_eq!(found[..3], [("/who", control), ("/names/1", control), ("/names/2", control)]);
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn every_violation_has_its_place() {
        let value = json!({"s":" ","long":"abc","n":"1","l":[1,2],"w":"x","c":-1,"ss":["a",1]});
        let mut findings = Findings::default();
        let mut reader = Reader::new(&value, "", &mut findings).unwrap();
        assert!(reader.string("s", 2).is_none() && reader.string("long", 2).is_none() && reader.number("n").is_none());
        assert!(reader.list("l", 1).is_none() && reader.one_of("w", &[("low", 1)]).is_none());
        assert!(reader.count("c").is_none() && reader.required("gone").is_none());
        assert_eq!(reader.strings("ss", 2, 2), ["a"]);
        let found: Vec<_> = findings.violations.iter().map(|f| (f.pointer.as_str(), f.code)).collect();
        assert_eq!(
            found,
            [
                ("/s", Code::TooShort),
                ("/long", Code::TooLong),
                ("/n", Code::WrongType),
                ("/l", Code::TooMany),
                ("/w", Code::NotAllowed),
                ("/c", Code::WrongType),
                ("/gone", Code::MissingField),
                ("/ss/1", Code::WrongType),
            ]
        );
    }
}
