//! `confirmation`: one of a few buttons.
//!
//! Answer: `{"choice": "<option value>"}`.

use serde_json::{Map, Value, json};

use super::option::Choices;
use crate::finding::{Code, Findings};
use crate::reader::Reader;
use crate::text::Text;

#[derive(Clone, Debug)]
pub(super) struct Confirmation {
    options: Choices,
}

impl Confirmation {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        if reader.value("options").is_some() {
            return Choices::read(reader).map(|options| Self { options });
        }
        let label = |zh: &str, en: &str| Text::Translated(vec![("zh-CN".into(), zh.into()), ("en".into(), en.into())]);
        let options = Choices::of([("confirm", label("确认", "Confirm")), ("cancel", label("取消", "Cancel"))]);
        Some(Self { options })
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        out.insert("options".into(), self.options.to_value());
    }

    pub(super) fn check(&self, response: &Value, pointer: &str, findings: &mut Findings) -> Option<Value> {
        let mut reader = Reader::new(response, pointer, findings)?;
        let at = reader.at("choice");
        let given = reader.value("choice").filter(|given| given.as_str() != Some(""));
        let choice = given.and_then(|given| self.options.find(given, &at, reader.findings));
        if given.is_none() {
            reader.refuse("choice", Code::Required);
        }
        reader.finish();
        Some(json!({ "choice": choice? }))
    }
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "confirmation",
        "title": "确认操作",
        "message": "是否继续执行？",
        "options": [{"value": "confirm", "label": "确认"}, {"value": "cancel", "label": "取消"}],
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{answer, read, refused};
    use super::*;

    #[test]
    fn takes_an_option() {
        let asked = read(json!({"interaction_type":"approval","title":"t"}));
        assert_eq!(asked.kind(), "confirmation");
        assert_eq!(asked.to_value()["options"][1]["value"], "cancel");
        assert_eq!(answer(&asked, json!({"choice":"confirm"})), json!({"choice":"confirm"}));
        assert_eq!(refused(&asked, json!({"choice":"yes"})), [("/response/choice".into(), Code::UnknownOption)]);
        for empty in [json!({}), json!({"choice":null}), json!({"choice":""})] {
            assert_eq!(refused(&asked, empty), [("/response/choice".into(), Code::Required)]);
        }
        assert_eq!(refused(&asked, json!("confirm")), [("/response".into(), Code::WrongType)]);
    }

    #[test]
    fn a_default_may_be_bare_or_whole() {
        for default in [json!("cancel"), json!({"choice":"cancel"})] {
            let asked = read(json!({"interaction_type":"confirmation","title":"t","default_value":default}));
            assert_eq!(asked.default_answer(), Some(&json!({"choice":"cancel"})));
        }
    }
}
