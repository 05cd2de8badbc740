//! Text that people read: one text, or one for each language.
//!
//! Job: read, bound, keep as given. Invariant: never without words in some
//! language. Neighbours: every title, label and sentence of
//! [`crate::interaction`] is one.

use serde_json::{Map, Value};

use crate::finding::{Code, Finding, Findings};
use crate::reader::{child, wrong_type};

/// Text that people read: one text, or one for each language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// The same for everybody.
    Plain(String),
    /// By language (BCP 47), in the order given; at least one.
    Translated(Vec<(String, String)>),
}

impl Text {
    /// Reads a text of at most `limit` characters in each language.
    pub fn read(value: &Value, pointer: &str, limit: usize, findings: &mut Findings) -> Option<Self> {
        match value {
            Value::String(text) => within(text, pointer, limit, findings).map(Self::Plain),
            Value::Object(languages) if !languages.is_empty() => {
                let before = findings.violations.len();
                let texts = languages
                    .iter()
                    .filter_map(|(language, text)| {
                        let pointer = child(pointer, language);
                        if !is_language(language) {
                            findings.refuse(Finding::new(&pointer, Code::InvalidLanguage).with("value", language));
                        }
                        match text {
                            Value::String(text) => {
                                within(text, &pointer, limit, findings).map(|text| (language.clone(), text))
                            }
                            other => {
                                findings.refuse(wrong_type(&pointer, "string", other));
                                None
                            }
                        }
                    })
                    .collect();
                (findings.violations.len() == before).then_some(Self::Translated(texts))
            }
            other => {
                findings.refuse(wrong_type(pointer, "text", other));
                None
            }
        }
    }

    /// The words in `language`, else in a dialect of it, else in the first language given.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        let texts = match self {
            Self::Plain(text) => return text,
            Self::Translated(texts) => texts,
        };
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        texts
            .iter()
            .find(|(tag, _)| tag.eq_ignore_ascii_case(language))
            .or_else(|| texts.iter().find(|(tag, _)| primary(tag) == primary(language)))
            .or_else(|| texts.first())
            .map_or("", |(_, text)| text)
    }

    /// Whether it has no visible words in some language.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Plain(text) => text.trim().is_empty(),
            Self::Translated(texts) => texts.iter().any(|(_, text)| text.trim().is_empty()),
        }
    }

    /// As it was given.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Plain(text) => Value::String(text.clone()),
            Self::Translated(texts) => {
                let texts = texts.iter().map(|(language, text)| (language.clone(), Value::String(text.clone())));
                Value::Object(texts.collect::<Map<_, _>>())
            }
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

fn within(text: &str, pointer: &str, limit: usize, findings: &mut Findings) -> Option<String> {
    // Bytes are never fewer than characters, so most texts need no counting.
    if text.len() > limit {
        let actual = text.chars().count();
        if actual > limit {
            findings.refuse(
                Finding::new(pointer, Code::TooLong)
                    .with("limit", limit)
                    .with("actual", actual)
                    .with("unit", "characters"),
            );
            return None;
        }
    }
    Some(text.to_owned())
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> (Option<Text>, Vec<(String, Code)>) {
        let mut findings = Findings::default();
        let text = Text::read(value, "/t", 3, &mut findings);
        (text, findings.violations.into_iter().map(|finding| (finding.pointer, finding.code)).collect())
    }

    #[test]
    fn keeps_what_was_given() {
        for value in [json!("删除吗"), json!({"zh-CN": "一二三", "en": "abc"}), json!("")] {
            assert_eq!(read(&value).0.unwrap().to_value(), value);
        }
    }

    #[test]
    fn refuses_with_the_place() {
        for (value, pointer, code) in [
            (json!("一二三四"), "/t", Code::TooLong),
            (json!(7), "/t", Code::WrongType),
            (json!({}), "/t", Code::WrongType),
            (json!({"en": "abcd"}), "/t/en", Code::TooLong),
            (json!({"en": 1}), "/t/en", Code::WrongType),
            (json!({"not a tag": "x"}), "/t/not a tag", Code::InvalidLanguage),
        ] {
            assert_eq!(read(&value), (None, vec![(pointer.to_owned(), code)]), "{value}");
        }
    }

    #[test]
    fn picks_the_nearest_language() {
        let text = Text::Translated(vec![("zh-CN".into(), "中".into()), ("en".into(), "e".into())]);
        for (language, words) in [("zh-CN", "中"), ("ZH-cn", "中"), ("zh-TW", "中"), ("en-GB", "e"), ("de", "中")] {
            assert_eq!(text.in_language(language), words, "{language}");
        }
        assert_eq!(Text::from("x").in_language("en"), "x");
    }
}
