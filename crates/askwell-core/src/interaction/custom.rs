//! `custom`: whatever a JSON Schema admits.
//!
//! Answer: any JSON that fits `schema`.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::schema;
use crate::finding::{Code, Finding, Findings};
use crate::reader::Reader;

/// How many violations one answer is told of.
const MAX_REPORTED: usize = 50;

#[derive(Clone, Debug)]
pub(super) struct Custom {
    given: Value,
    schema: Validator,
}

impl Custom {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        let given = reader.required("schema")?;
        match schema::compile(given) {
            Ok(schema) => Some(Self { given: given.clone(), schema }),
            Err((within, reason)) => {
                let finding = Finding::new(reader.at("schema") + &within, Code::InvalidSchema).with("reason", reason);
                reader.findings.refuse(finding);
                None
            }
        }
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        out.insert("schema".into(), self.given.clone());
    }

    pub(super) fn check(&self, response: &Value, pointer: &str, findings: &mut Findings) -> Value {
        for error in self.schema.iter_errors(response).take(MAX_REPORTED) {
            let at = format!("{pointer}{}", error.instance_path().as_str());
            // Masked: an answer's own values have no place in messages that may be logged.
            findings.refuse(Finding::new(at, Code::SchemaMismatch).with("reason", error.masked()));
        }
        response.clone()
    }
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "custom",
        "title": "设置告警阈值",
        "message": "请给出各服务的阈值",
        "schema": {
            "type": "object",
            "properties": {
                "cpu": {"type": "integer", "minimum": 1, "maximum": 100},
                "services": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            },
            "required": ["cpu", "services"],
            "additionalProperties": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{answer, read, read_refused, refused};
    use super::*;

    #[test]
    fn takes_what_the_schema_admits() {
        let asked = read(example());
        let given = json!({"cpu":80,"services":["api"]});
        assert_eq!(answer(&asked, given.clone()), given);
        assert_eq!(
            refused(&asked, json!({"cpu":0,"services":[1]})),
            [("/response/cpu".into(), Code::SchemaMismatch), ("/response/services/0".into(), Code::SchemaMismatch)]
        );
        assert_eq!(refused(&asked, json!(null)), [("/response".into(), Code::SchemaMismatch)]);
    }

    #[test]
    fn needs_a_usable_schema() {
        let asked = |schema: Value| json!({"interaction_type":"custom","title":"t","schema":schema});
        assert_eq!(read_refused(asked(json!(null))), [("/in/schema".into(), Code::MissingField)]);
        assert_eq!(read_refused(asked(json!({"type":"nope"}))), [("/in/schema/type".into(), Code::InvalidSchema)]);
    }
}
