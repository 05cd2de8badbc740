//! The subset of JSON Schema 2020-12 that a `custom` question may use.
//!
//! Job: compile a schema that cannot hurt: no references that leave the
//! document or return to where they came from, and a bound on what references
//! multiply into. Invariant: validation is bounded by schema × answer.
//! Neighbours: [`super::custom`]; the `jsonschema` crate does the validating.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

const MAX_BYTES: usize = 64 * 1024;
const MAX_NODES: usize = 10_000;
const MAX_HOPS: usize = 32;
const MAX_PATTERNS: usize = 100;
const MAX_COMPILED_PATTERN: usize = 1024 * 1024;

/// Keywords by which evaluation leaves the plain tree of the schema.
const REFUSED: [&str; 6] = ["$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary"];

/// Compiles a schema.
///
/// # Errors
/// The pointer within the schema, and why it cannot be used.
pub(super) fn compile(schema: &Value) -> Result<Validator, (String, String)> {
    if schema.to_string().len() > MAX_BYTES {
        return Err((String::new(), format!("it is larger than {MAX_BYTES} bytes")));
    }
    let mut walk = Walk { root: schema, nodes: 0, patterns: 0, open: Vec::new() };
    walk.visit(schema).map_err(|reason| (String::new(), reason))?;
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(MAX_COMPILED_PATTERN))
        .build(schema)
        .map_err(|error| (error.instance_path().as_str().to_owned(), error.masked().to_string()))
}

/// Counts a schema with every reference written out.
struct Walk<'s> {
    root: &'s Value,
    nodes: usize,
    patterns: usize,
    /// The references being followed.
    open: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    fn visit(&mut self, node: &'s Value) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} parts when its references are written out"));
        }
        match node {
            Value::Array(entries) => entries.iter().try_for_each(|entry| self.visit(entry)),
            Value::Object(keywords) => {
                for (keyword, value) in keywords {
                    match keyword.as_str() {
                        "$ref" if value.is_string() => self.follow(value.as_str().unwrap_or_default())?,
                        // Only under `properties` could these be names; refusing them there, too, keeps this simple.
                        refused if REFUSED.contains(&refused) && !value.is_object() => {
                            return Err(format!("{refused} is not supported"));
                        }
                        "$schema" if !value.as_str().is_some_and(|uri| uri.contains("2020-12")) => {
                            return Err("only draft 2020-12 is supported".to_owned());
                        }
                        // Definitions count where they are used; unused ones must still be harmless to compile.
                        "pattern" => self.patterns += 1,
                        "patternProperties" => self.patterns += value.as_object().map_or(0, serde_json::Map::len),
                        _ => {}
                    }
                    if self.patterns > MAX_PATTERNS {
                        return Err(format!("it has more than {MAX_PATTERNS} patterns"));
                    }
                    self.visit(value)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn follow(&mut self, reference: &'s str) -> Result<(), String> {
        if self.open.contains(&reference) {
            return Err(format!("{reference} refers back to itself"));
        }
        if self.open.len() >= MAX_HOPS {
            return Err(format!("it has more than {MAX_HOPS} references one behind the other"));
        }
        // An escape could spell a reference in a way that hides where it leads.
        if reference.contains('%') {
            return Err(format!("{reference} holds an escape, which is not supported"));
        }
        let root = self.root;
        let Some(target) = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) else {
            return Err(format!("{reference} is not in the schema"));
        };
        self.open.push(reference);
        self.visit(target)?;
        self.open.pop();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_what_could_hurt() {
        let doubling = |levels: usize| {
            let mut defs = serde_json::Map::new();
            for level in 0..levels {
                let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
                defs.insert(format!("d{level}"), json!({"allOf":[next.clone(), next]}));
            }
            defs.insert(format!("d{levels}"), json!({"type":"string"}));
            json!({"$defs": defs, "$ref":"#/$defs/d0"})
        };
        for schema in [
            json!({"$ref":"#"}),
            json!({"properties":{"child":{"$ref":"#"}}}),
            json!({"$ref":"https://example.com/s.json"}),
            json!({"$ref":"file:///etc/passwd"}),
            json!({"$ref":"#/$defs/gone"}),
            json!({"$ref":"#anchor"}),
            json!({"$dynamicRef":"#x"}),
            json!({"$id":"http://x/","type":"object"}),
            json!({"$schema":"http://json-schema.org/draft-07/schema#"}),
            json!({"type":"nope"}),
            json!({"pattern":"(?=a)"}),
            json!({"pattern":"((((a{100}){100}){100}){100})"}),
            json!({"allOf": vec![json!({"pattern":"a"}); 101]}),
            json!(1),
            json!("x"),
            json!({"const": "x".repeat(70_000)}),
            json!({"a":{"$ref":"#/%61"},"%61":true,"$ref":"#/a"}),
            doubling(30),
            doubling(3_000),
        ] {
            assert!(compile(&schema).is_err(), "{}", schema.to_string().chars().take(200).collect::<String>());
        }
    }

    #[test]
    fn takes_what_is_plain() {
        for schema in [
            json!(true),
            json!({}),
            json!({"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"n":{"type":"number"}},
                   "type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"}}}),
            json!({"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}),
        ] {
            assert!(compile(&schema).is_ok(), "{schema}");
        }
    }
}
