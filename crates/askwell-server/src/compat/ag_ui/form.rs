//! One form of several schemas.

use serde_json::{Map, Value, json};

/// A form with a field for each schema, all of them needed.
pub(super) fn of(fields: Vec<(&str, Value)>) -> Value {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    for (index, (name, mut schema)) in fields.into_iter().enumerate() {
        let place = format!("#/$defs/{index}");
        if relocate(&mut schema, &place) > 0 {
            // A field's name may hold what a reference cannot; a number does not.
            definitions.insert(index.to_string(), schema);
            schema = json!({ "$ref": place });
        }
        properties.insert(name.to_owned(), schema);
    }
    let mut form =
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    if !definitions.is_empty() {
        form["$defs"] = definitions.into();
    }
    form
}

/// Has references lead to where the schema will stand; how many there are.
fn relocate(schema: &mut Value, place: &str) -> usize {
    match schema {
        Value::Object(keywords) => {
            let each = keywords.iter_mut().map(|(keyword, value)| match value {
                Value::String(to) if keyword == "$ref" && to.starts_with('#') => {
                    to.replace_range(..1, place);
                    1
                }
                _ => relocate(value, place),
            });
            each.sum()
        }
        Value::Array(parts) => parts.iter_mut().map(|part| relocate(part, place)).sum(),
        _ => 0,
    }
}
