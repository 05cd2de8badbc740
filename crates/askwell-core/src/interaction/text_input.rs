//! `text_input`: a form.
//!
//! Answer: `{"<field>": value, …}`.

use serde_json::{Map, Value, json};

use super::form::{Form, Strictness};
use crate::finding::Findings;
use crate::reader::{Reader, wrong_type};

#[derive(Clone, Debug)]
pub(super) struct TextInput {
    pub(super) form: Form,
}

impl TextInput {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        reader.required("fields")?;
        Form::read(reader).map(|form| Self { form })
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        out.insert("fields".into(), self.form.to_value());
    }

    pub(super) fn check(&self, response: &Value, pointer: &str, findings: &mut Findings) -> Option<Value> {
        let Value::Object(answers) = response else {
            findings.refuse(wrong_type(pointer, "object", response));
            return None;
        };
        Some(Value::Object(self.form.check(answers, Strictness::Complete, pointer, findings)))
    }
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "text_input",
        "title": "服务器配置",
        "message": "请填写服务器配置信息",
        "fields": [
            {"name": "server_name", "label": "服务器名称", "field_type": "text", "required": true,
             "validation": "^[a-zA-Z0-9-]+$"},
            {"name": "port", "label": "端口号", "field_type": "number", "required": true,
             "min_value": 1, "max_value": 65535, "default": 8080},
            {"name": "admin_email", "label": "管理员邮箱", "field_type": "email", "required": true},
            {"name": "description", "label": "描述信息", "field_type": "textarea", "required": false},
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{answer, read, read_refused, refused};
    use super::*;
    use crate::finding::Code;

    #[test]
    fn takes_a_form_and_names_every_error() {
        let asked = read(example());
        assert_eq!(
            answer(&asked, json!({"server_name":"web-01","port":"8080","admin_email":"a@b.c","description":""})),
            json!({"server_name":"web-01","port":8080,"admin_email":"a@b.c","description":""})
        );
        assert_eq!(
            refused(&asked, json!({"server_name":" ","port":70000})),
            [
                ("/response/server_name".into(), Code::Required),
                ("/response/port".into(), Code::AboveMaximum),
                ("/response/admin_email".into(), Code::Required),
            ]
        );
        assert_eq!(refused(&asked, json!(["x"])), [("/response".into(), Code::WrongType)]);
    }

    #[test]
    fn unknown_keys_are_dropped_and_named() {
        let asked = read(json!({"interaction_type":"form","title":"t","fields":[{"name":"a/b"}]}));
        let checked = asked.check(&json!({"a/b":"1","x":2}), &[], "/response").unwrap();
        assert_eq!(checked.data, json!({"a/b":"1"}));
        assert_eq!(checked.warnings[0].pointer, "/response/x");
    }

    #[test]
    fn what_is_optional_may_be_empty() {
        let asked = read(json!({"interaction_type":"input","title":"t","fields":[
            {"name":"n","type":"number"},{"name":"e","type":"email"},{"name":"t"},
            {"name":"m","type":"multiselect","options":["a"]}]}));
        assert_eq!(answer(&asked, json!({"n":"","e":null,"t":"","m":[]})), json!({"t":"","m":[]}));
        assert_eq!(answer(&asked, json!({})), json!({}));
    }

    #[test]
    fn defaults_are_held_to_the_rules() {
        let asked = read(json!({"interaction_type":"input","title":"t","default_value":"8080",
            "fields":[{"name":"n","type":"number","default":"1"}]}));
        assert_eq!(asked.default_answer(), Some(&json!({"n":8080})));
        assert_eq!(asked.to_value()["fields"][0]["default"], 1);
        let found = read_refused(json!({"interaction_type":"input","title":"t","default_value":{"n":"x"},
            "fields":[{"name":"n","type":"number","default":"y"}]}));
        assert_eq!(
            found,
            [("/in/default_value".into(), Code::InvalidDefault), ("/in/fields/0/default".into(), Code::InvalidDefault)]
        );
    }

    #[test]
    fn fields_must_be_usable() {
        for (fields, pointer, code) in [
            (json!(null), "/in/fields", Code::MissingField),
            (json!([]), "/in/fields", Code::TooFew),
            (json!(vec![json!({"name":"a"}); 101]), "/in/fields", Code::TooMany),
            (json!([{"name":"a"},{"name":"a"}]), "/in/fields/1/name", Code::Duplicate),
            (json!([{"name":"a","validation":"(?=x)"}]), "/in/fields/0/validation", Code::InvalidPattern),
        ] {
            let found = read_refused(json!({"interaction_type":"text_input","title":"t","fields":fields}));
            assert_eq!(found, [(pointer.into(), code)]);
        }
    }
}
