//! From a closed session to what is printed, and to the exit status.

use serde_json::Value;

/// What the program ends with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    /// The exit status.
    pub(super) code: u8,
    /// What goes to standard output.
    pub(super) answer: Option<Value>,
    /// What goes to standard error.
    pub(super) note: Option<String>,
}

/// The outcome of a session as the API shows it.
pub(super) fn outcome(session: &Value, negative: Option<&str>) -> Outcome {
    let answer = match &session["response"]["response_data"] {
        Value::Null => None,
        answer => Some(answer.clone()),
    };
    let reason = session["error_message"].as_str().unwrap_or("no reason given");
    let (code, note) = match session["status"].as_str().unwrap_or_default() {
        "completed" => {
            let is_negative = answer.as_ref().is_some_and(|answer| is_negative(answer, session, negative));
            (u8::from(is_negative), None)
        }
        "timeout" => (3, Some("nobody answered in time".to_owned())),
        "cancelled" => (4, Some(format!("cancelled: {reason}"))),
        _ => (5, Some(format!("failed: {reason}"))),
    };
    Outcome { code, answer, note }
}

/// Whether an answer says no: the option that was named as negative; else
/// `cancel`, the last of two options, or the abortion of a review.
fn is_negative(answer: &Value, session: &Value, negative: Option<&str>) -> bool {
    let chosen = ["choice", "selection", "action"].iter().find_map(|key| answer.get(*key)).unwrap_or(&Value::Null);
    let is = |value: &Value, text: &str| plain(value) == text;
    if let Some(negative) = negative {
        return match chosen {
            Value::Array(values) => values.iter().any(|value| is(value, negative)),
            value => is(value, negative),
        };
    }
    if chosen.is_null() || chosen.is_array() {
        return false;
    }
    let options = session["interaction_data"]["options"].as_array();
    let last_of_two = match options.map(Vec::as_slice) {
        Some([_, last]) => last.get("value").unwrap_or(last) == chosen,
        _ => false,
    };
    last_of_two || is(chosen, "cancel") || (answer.get("action").is_some() && is(chosen, "abort"))
}

/// A value without JSON around it: a text as it is, a list line by line, the
/// one value of an object that has only one.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("\n"),
        Value::Object(map) if map.len() == 1 => map.values().map(plain).collect(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn completed(options: &Value, answer: &Value) -> Value {
        json!({"status": "completed", "interaction_data": {"options": options}, "response": {"response_data": answer}})
    }

    #[test]
    fn the_negative_answer_is_one() {
        let pair = json!([{"value": "confirm"}, {"value": "cancel"}]);
        let three = json!([{"value": "a"}, {"value": "b"}, {"value": "cancel"}]);
        let numbers = json!([{"value": 1}, {"value": 2}]);
        for (options, answer, negative, code) in [
            (&pair, json!({"choice": "confirm"}), None, 0),
            (&pair, json!({"choice": "cancel"}), None, 1),
            (&pair, json!({"choice": "cancel"}), Some("confirm"), 0),
            (&pair, json!({"choice": "confirm"}), Some("confirm"), 1),
            (&three, json!({"selection": "b"}), None, 0),
            (&three, json!({"selection": "cancel"}), None, 1),
            (&three, json!({"selection": ["a", "cancel"]}), None, 0),
            (&three, json!({"selection": ["a", "b"]}), Some("b"), 1),
            (&numbers, json!({"choice": 2}), None, 1),
            (&numbers, json!({"choice": 1}), Some("1"), 1),
            (&Value::Null, json!({"port": 8080}), None, 0),
            (&Value::Null, json!({"action": "abort"}), None, 1),
            (&Value::Null, json!({"action": "approve"}), None, 0),
        ] {
            let outcome = outcome(&completed(options, &answer), negative);
            assert_eq!((outcome.code, outcome.answer), (code, Some(answer.clone())), "{answer} {negative:?}");
        }
    }

    #[test]
    fn other_ends_have_their_own_status() {
        for (session, code, answer) in [
            (json!({"status": "timeout"}), 3, None),
            (
                json!({"status": "timeout", "response": {"response_data": {"choice": "a"}}}),
                3,
                Some(json!({"choice": "a"})),
            ),
            (json!({"status": "cancelled", "error_message": "why"}), 4, None),
            (json!({"status": "error"}), 5, None),
        ] {
            let outcome = outcome(&session, None);
            assert_eq!((outcome.code, outcome.answer), (code, answer), "{session}");
            assert!(outcome.note.is_some());
        }
    }

    #[test]
    fn plain_values() {
        for (value, text) in [
            (json!({"choice": "confirm"}), "confirm"),
            (json!({"selection": ["a", "b"]}), "a\nb"),
            (json!({"port": 8080}), "8080"),
            (json!({"a": 1, "b": "x"}), r#"{"a":1,"b":"x"}"#),
        ] {
            assert_eq!(plain(&value), text);
        }
    }
}
