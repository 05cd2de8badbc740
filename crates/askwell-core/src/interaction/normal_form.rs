//! The normal form of a question as text.
//!
//! Job: keep a question as it is stored and sent. Most who load a session only
//! pass its question on; so it stays text, and is read only by whoever decides
//! about it. Invariant: the text is what [`Interaction::to_value`] made.
//! Neighbours: [`crate::session::Opened`] holds it; engines store it as it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Interaction, KEYS};

/// A question in its normal form, as JSON text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NormalForm(Box<RawValue>);

impl PartialEq for NormalForm {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl From<&Value> for NormalForm {
    fn from(value: &Value) -> Self {
        // A `Value` can always be written: its keys are texts and its numbers finite.
        Self(serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl NormalForm {
    /// The question itself.
    ///
    /// # Errors
    /// Why the stored form no longer loads, in English for the log.
    pub fn interaction(&self) -> Result<Interaction, String> {
        let value: Value = serde_json::from_str(self.0.get()).map_err(|error| error.to_string())?;
        Interaction::from_stored(&value)
    }

    /// Some keys' values; null where they are unset.
    #[must_use]
    pub fn get_all<const N: usize>(&self, keys: [&str; N]) -> [Value; N] {
        let entries = self.entries().ok();
        keys.map(|key| {
            let found = entries.as_ref().and_then(|entries| entries.iter().find(|(name, _)| *name == key));
            found.and_then(|(_, text)| serde_json::from_str(text?.get()).ok()).unwrap_or_default()
        })
    }

    /// One key's value; null where it is unset.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        let [value] = self.get_all([key]);
        value
    }

    /// The kind's name, e.g. `confirmation`.
    #[must_use]
    pub fn kind(&self) -> Cow<'_, str> {
        // The normal form begins with it, and the names of kinds need no escapes.
        let rest = self.0.get().strip_prefix("{\"interaction_type\":\"");
        match rest.and_then(|rest| rest.split_once('"')) {
            Some((kind, _)) => Cow::Borrowed(kind),
            None => match self.get("interaction_type") {
                Value::String(kind) => Cow::Owned(kind),
                _ => Cow::Borrowed(""),
            },
        }
    }

    /// The keys of the wire with their texts, without reading what is in them.
    ///
    /// # Errors
    /// The text is no JSON object.
    pub fn entries(&self) -> Result<Entries<'_>, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

/// The texts of a question's keys.
#[derive(Debug)]
pub struct Entries<'a>([Option<&'a RawValue>; KEYS.len()]);

impl<'a> Entries<'a> {
    /// Every key in the order of the wire, with its text where it is set.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&'a RawValue>)> {
        KEYS.into_iter().zip(self.0)
    }
}

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByKey;

        impl<'de> Visitor<'de> for ByKey {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = [None; KEYS.len()];
                while let Some(key) = map.next_key::<&str>()? {
                    match KEYS.iter().position(|known| *known == key) {
                        Some(at) => entries[at] = Some(map.next_value()?),
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(ByKey)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_back_what_every_kind_stores() {
        for (kind, example) in super::super::examples() {
            let mut findings = crate::Findings::default();
            let asked = Interaction::read(&example, "", &mut findings).unwrap();
            let stored = NormalForm::from(&asked.to_value());
            assert_eq!(stored.kind(), kind);
            assert_eq!(stored.interaction().unwrap().to_value(), asked.to_value());
            let again: NormalForm = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
            assert_eq!(again, stored);
        }
    }

    #[test]
    fn shows_every_key_of_the_wire_and_reads_none() {
        let stored = NormalForm::from(&json!({"title": "t", "node_id": "n", "attempt": 2, "later": [1]}));
        let entries = stored.entries().unwrap();
        assert_eq!(entries.iter().map(|(key, _)| key).collect::<Vec<_>>(), KEYS);
        let set: Vec<_> = entries.iter().filter_map(|(key, text)| Some((key, text?.get()))).collect();
        assert_eq!(set, [("title", "\"t\""), ("node_id", "\"n\""), ("attempt", "2")]);
        assert_eq!((stored.get("attempt"), stored.get("message")), (json!(2), Value::Null));
        assert_eq!(NormalForm::from(&json!({"title": "t", "interaction_type": "review"})).kind(), "review");
        let broken = NormalForm::from(&json!([1]));
        assert!(broken.entries().is_err() && broken.interaction().is_err());
        assert_eq!((broken.get("title"), broken.kind()), (Value::Null, Cow::Borrowed("")));
    }
}
