//! Groups that somebody else says a person is in, of those that the owner lets in.
//!
//! Invariant: a name that is not on the list never comes through. Once a claim
//! is configured it speaks for all groups: one that is missing means none, so
//! that whoever is taken out of their last group loses it here too.

use serde_json::Value;

use crate::claims::Claims;

/// Where groups stand, and which of them count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsClaim {
    /// The claim's name; with a leading `/`, a JSON pointer such as `/realm_access/roles`.
    pub claim: String,
    /// The names that are let in.
    pub allowed: Vec<String>,
}

impl GroupsClaim {
    /// Whether the claims say anything of groups.
    pub(crate) fn is_in(&self, claims: &Claims) -> bool {
        self.find(claims).is_some()
    }

    /// The groups, in the order of the list of those let in.
    pub(crate) fn pick(&self, claims: &Claims) -> Result<Vec<String>, String> {
        let names = match self.find(claims) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(name)) => vec![name.as_str()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(_) => return Err(format!("the claim `{}` is no list of groups", self.claim)),
        };
        Ok(self.allowed.iter().filter(|allowed| names.contains(&allowed.as_str())).cloned().collect())
    }

    fn find<'c>(&self, claims: &'c Claims) -> Option<&'c Value> {
        match self.claim.strip_prefix('/') {
            None => claims.get(&self.claim),
            Some(path) => {
                let (first, rest) = path.split_once('/').unwrap_or((path, ""));
                let value = claims.get(&first.replace("~1", "/").replace("~0", "~"))?;
                if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn picked(claim: &str, claims: &Value) -> Result<Vec<String>, String> {
        let allowed = vec!["ops".into(), "leads".into()];
        GroupsClaim { claim: claim.into(), allowed }.pick(claims.as_object().unwrap())
    }

    #[test]
    fn only_those_let_in_come_through() {
        for (claim, claims, expected) in [
            ("groups", json!({"groups": ["leads", "root", "ops", "ops"]}), vec!["ops", "leads"]),
            ("groups", json!({"groups": "ops"}), vec!["ops"]),
            ("groups", json!({"groups": ["OPS", "ops ", 7, null]}), vec![]),
            ("groups", json!({"groups": null}), vec![]),
            ("groups", json!({}), vec![]),
            ("https://example.org/groups", json!({"https://example.org/groups": ["ops"]}), vec!["ops"]),
            ("/realm/roles", json!({"realm": {"roles": ["ops"]}}), vec!["ops"]),
            ("/roles", json!({"roles": ["ops"]}), vec!["ops"]),
            ("/a~1b/c", json!({"a/b": {"c": ["ops"]}}), vec!["ops"]),
        ] {
            assert_eq!(picked(claim, &claims).unwrap(), expected, "{claim} {claims}");
        }
        assert!(picked("groups", &json!({"groups": {"ops": true}})).is_err());
    }
}
