//! The Chinese of what handlers and types say of themselves in English.
//!
//! Job: beside every `description` an `x-description` by language, out of
//! `locales/zh-CN/openapi.json`, which goes by the English text. Invariant: no
//! description with words lacks its Chinese, and no Chinese is left over (tests
//! hold both). Neighbours: `openapi` makes the document, `docs/docs.js` reads it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::locale::Locale;

static CHINESE: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../locales/zh-CN/openapi.json")).unwrap_or_default());

/// What holds a caller's data rather than parts of the description.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Gives every description below `value` its text in every language.
pub(super) fn translate(value: &mut Value) {
    each(value, &mut |part, english| {
        if part.get("x-description").is_none()
            && let Some(chinese) = CHINESE.get(english)
        {
            part["x-description"] = json!({ Locale::En.as_str(): english, Locale::ZhCn.as_str(): chinese });
        }
    });
}

/// Shows every part that describes itself, with its description. Extensions are left alone.
fn each(value: &mut Value, show: &mut impl FnMut(&mut Value, &str)) {
    if let Some(english) = value.get("description").and_then(Value::as_str).map(str::to_owned) {
        show(value, &english);
    }
    match value {
        Value::Object(map) => {
            for (key, part) in map {
                match part {
                    // The keys are names here, whatever else they mean elsewhere.
                    Value::Object(properties) if key == "properties" => {
                        properties.values_mut().for_each(|part| each(part, show));
                    }
                    _ if key.starts_with("x-") || DATA.contains(&key.as_str()) => {}
                    _ => each(part, show),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|part| each(part, show)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Whether there is anything to translate: something beside code and what separates it.
    fn has_words(text: &str) -> bool {
        text.split('`').step_by(2).any(|plain| plain.contains(char::is_alphabetic))
    }

    #[test]
    fn every_description_is_there_in_every_language() {
        let mut lacking = Vec::new();
        let mut seen = 0;
        each(&mut super::super::openapi(), &mut |part, english| {
            seen += 1;
            let complete = Locale::ALL.iter().all(|locale| part["x-description"][locale.as_str()].is_string());
            if has_words(english) && !complete {
                lacking.push(english.to_owned());
            }
        });
        assert!(seen > 200, "only {seen} were found");
        assert!(lacking.is_empty(), "locales/zh-CN/openapi.json lacks {lacking:#?}");
    }

    #[test]
    fn nothing_is_left_over() {
        let mut said = HashSet::new();
        each(&mut super::super::openapi(), &mut |_, english| {
            said.insert(english.to_owned());
        });
        let stale: Vec<_> = CHINESE.keys().filter(|english| !said.contains(*english)).collect();
        assert!(stale.is_empty(), "locales/zh-CN/openapi.json says what nothing says: {stale:#?}");
    }

    #[test]
    fn the_same_code_is_named_in_every_language() {
        let code = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<HashSet<_>>();
        for (english, chinese) in &*CHINESE {
            assert_eq!(code(english), code(chinese), "{english}");
        }
    }

    #[test]
    fn data_is_left_as_it_is() {
        let english = "The session's id";
        let mut value = json!({
            "description": english,
            "properties": { "default": { "description": english }, "description": { "description": english } },
            "example": { "description": english },
            "x-own": { "description": english },
        });
        translate(&mut value);
        assert_eq!(value["x-description"], json!({ "en": english, "zh-CN": "会话的 ID" }));
        assert_eq!(value["properties"]["default"]["x-description"]["zh-CN"], "会话的 ID");
        assert_eq!(value["properties"]["description"]["x-description"]["zh-CN"], "会话的 ID");
        assert_eq!(value["properties"].get("x-description"), None);
        assert_eq!(value["example"].get("x-description"), None);
        assert_eq!(value["x-own"].get("x-description"), None);
    }
}
