//! `selection`: one or several of a list.
//!
//! Answer: `{"selection": value}`, or a list of values where `multiple`.

use serde_json::{Map, Value, json};

use super::option::Choices;
use super::or_null;
use crate::finding::{Code, Finding, Findings};
use crate::reader::Reader;

#[derive(Clone, Debug)]
pub(super) struct Selection {
    options: Choices,
    count: Count,
}

/// How many options an answer names.
#[derive(Clone, Debug)]
enum Count {
    One,
    Several { min: Option<u64>, max: Option<u64> },
}

impl Selection {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
        let options = reader.required("options").and_then(|_| Choices::read(reader));
        let count = if reader.flag("multiple") == Some(true) {
            let (min, max) = (reader.count("min_choices"), reader.count("max_choices"));
            let offered = options.as_ref().map_or(u64::MAX, |options| options.len() as u64);
            let highest = max.unwrap_or(offered).min(offered);
            if min.is_some_and(|min| min > highest) {
                let finding = Finding::new(reader.at("min_choices"), Code::AboveMaximum).with("limit", highest);
                reader.findings.refuse(finding);
            }
            if max == Some(0) {
                let finding = Finding::new(reader.at("max_choices"), Code::BelowMinimum).with("limit", 1);
                reader.findings.refuse(finding);
            }
            Count::Several { min, max }
        } else {
            Count::One
        };
        Some(Self { options: options?, count })
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        out.insert("options".into(), self.options.to_value());
        let (multiple, min, max) = match self.count {
            Count::One => (false, None, None),
            Count::Several { min, max } => (true, min, max),
        };
        out.insert("multiple".into(), multiple.into());
        out.insert("min_choices".into(), or_null(min));
        out.insert("max_choices".into(), or_null(max));
    }

    pub(super) fn check(&self, response: &Value, pointer: &str, findings: &mut Findings) -> Option<Value> {
        let mut reader = Reader::new(response, pointer, findings)?;
        let key = match reader.spelled("selection", "choice") {
            "selection" => reader.spelled("selection", "choices"),
            choice => choice,
        };
        let at = reader.at(key);
        let given = reader.value(key).filter(|given| given.as_str() != Some(""));
        let selection = given.and_then(|given| self.find(given, &at, reader.findings));
        if given.is_none() {
            reader.refuse(key, Code::Required);
        }
        reader.finish();
        Some(json!({ "selection": selection? }))
    }

    fn find(&self, given: &Value, at: &str, findings: &mut Findings) -> Option<Value> {
        let Count::Several { min, max } = self.count else {
            // A page of checkboxes sends a list even where one may be chosen.
            let given = match given {
                Value::Array(list) if list.len() > 1 => {
                    findings.refuse(Finding::new(at, Code::TooMany).with("limit", 1).with("actual", list.len()));
                    return None;
                }
                Value::Array(list) => list.first(),
                single => Some(single),
            };
            let Some(given) = given else {
                findings.refuse(Finding::new(at, Code::Required));
                return None;
            };
            return self.options.find(given, at, findings);
        };
        let values = self.options.find_several(given, at, findings)?;
        let chosen = values.len() as u64;
        let wrong = if chosen == 0 && min != Some(0) {
            Finding::new(at, Code::Required)
        } else if let Some(min) = min.filter(|min| chosen < *min) {
            Finding::new(at, Code::TooFew).with("limit", min).with("actual", chosen)
        } else if let Some(max) = max.filter(|max| chosen > *max) {
            Finding::new(at, Code::TooMany).with("limit", max).with("actual", chosen)
        } else {
            return Some(values.into());
        };
        findings.refuse(wrong);
        None
    }
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "selection",
        "title": "选择部署环境",
        "message": "请选择要部署的目标环境",
        "options": [
            {"value": "dev", "label": "开发环境"},
            {"value": "staging", "label": "测试环境"},
            {"value": "prod", "label": "生产环境"},
        ],
        "multiple": false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{answer, read, read_refused, refused};
    use super::*;

    #[test]
    fn one_of_a_list() {
        let asked = read(json!({"interaction_type":"choice","title":"t","options":["dev", 2]}));
        for given in [json!({"selection":"dev"}), json!({"choice":"dev"}), json!({"choices":["dev"]})] {
            assert_eq!(answer(&asked, given), json!({"selection":"dev"}));
        }
        assert_eq!(answer(&asked, json!({"selection":"2"})), json!({"selection":2}));
        for (given, code) in [
            (json!({}), Code::Required),
            (json!({"selection":[]}), Code::Required),
            (json!({"selection":["dev", 2]}), Code::TooMany),
            (json!({"selection":"x"}), Code::UnknownOption),
            (json!({"selection":{"a":1}}), Code::WrongType),
        ] {
            assert_eq!(refused(&asked, given), [("/response/selection".into(), code)]);
        }
    }

    #[test]
    fn several_within_bounds() {
        let asked = |more: Value| {
            let mut value = json!({"interaction_type":"selection","title":"t","options":["a","b","c"],"multiple":true});
            value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            value
        };
        let plain = read(asked(json!({})));
        assert_eq!(answer(&plain, json!({"selection":["c","a"]})), json!({"selection":["c","a"]}));
        assert_eq!(answer(&plain, json!({"choices":"b"})), json!({"selection":["b"]}));
        assert_eq!(refused(&plain, json!({"selection":[]})), [("/response/selection".into(), Code::Required)]);
        assert_eq!(
            refused(&plain, json!({"selection":["a","a"]})),
            [("/response/selection/1".into(), Code::Duplicate)]
        );
        let bounded = read(asked(json!({"min_choices":2,"max_choices":2})));
        assert_eq!(refused(&bounded, json!({"selection":["a"]})), [("/response/selection".into(), Code::TooFew)]);
        assert_eq!(
            refused(&bounded, json!({"selection":["a","b","c"]})),
            [("/response/selection".into(), Code::TooMany)]
        );
        let none = read(asked(json!({"min_choices":0,"default_value":[]})));
        assert_eq!(answer(&none, json!({"selection":[]})), json!({"selection":[]}));
        assert_eq!(read_refused(asked(json!({"min_choices":4}))), [("/in/min_choices".into(), Code::AboveMaximum)]);
        assert_eq!(read_refused(asked(json!({"max_choices":-1}))), [("/in/max_choices".into(), Code::WrongType)]);
    }

    #[test]
    fn needs_options() {
        let found = read_refused(json!({"interaction_type":"selection","title":"t"}));
        assert_eq!(found, [("/in/options".into(), Code::MissingField)]);
    }
}
