//! What will happen, in the requester's words.
//!
//! Job: `consequences` of a question, on an answer and on silence. Invariant:
//! kept as given, every sentence a text. Neighbours: [`super::context`] holds it.

use serde_json::{Value, json};

use crate::finding::Findings;
use crate::reader::{Reader, child};
use crate::text::Text;

const MAX_SENTENCES: usize = 50;
const MAX_SENTENCE: usize = 2_000;

/// What an answer does, and what silence does.
#[derive(Clone, Debug)]
pub(super) struct Consequences {
    on_answer: Option<Effects>,
    on_timeout: Option<Effects>,
}

/// One sentence, or several.
#[derive(Clone, Debug)]
enum Effects {
    One(Text),
    Several(Vec<Effect>),
}

/// A sentence, alone or with what the page must know of it.
#[derive(Clone, Debug)]
enum Effect {
    Bare(Text),
    Marked { text: Text, irreversible: Option<bool> },
}

impl Consequences {
    pub(super) fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let mut reader = Reader::new(value, pointer, findings)?;
        let on_answer = Effects::read(&mut reader, "on_answer");
        let on_timeout = Effects::read(&mut reader, "on_timeout");
        reader.finish();
        Some(Self { on_answer, on_timeout })
    }

    pub(super) fn to_value(&self) -> Value {
        let value = |effects: &Option<Effects>| effects.as_ref().map_or(Value::Null, Effects::to_value);
        json!({ "on_answer": value(&self.on_answer), "on_timeout": value(&self.on_timeout) })
    }
}

impl Effects {
    fn read(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<Self> {
        let value = reader.value(key)?;
        if !value.is_array() {
            return reader.text(key, MAX_SENTENCE).map(Self::One);
        }
        let pointer = reader.at(key);
        let entries = reader.list(key, MAX_SENTENCES)?.iter().enumerate();
        let effects =
            entries.filter_map(|(index, entry)| Effect::read(entry, &child(&pointer, index), reader.findings));
        Some(Self::Several(effects.collect()))
    }

    fn to_value(&self) -> Value {
        match self {
            Self::One(text) => text.to_value(),
            Self::Several(effects) => effects.iter().map(Effect::to_value).collect(),
        }
    }
}

impl Effect {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        // `text` is no language, so an object with it is not a translated text.
        if value.get("text").is_none() {
            return Text::read(value, pointer, MAX_SENTENCE, findings).map(Self::Bare);
        }
        let mut reader = Reader::new(value, pointer, findings)?;
        reader.required("text")?;
        let text = reader.text("text", MAX_SENTENCE);
        let irreversible = reader.flag("irreversible");
        reader.finish();
        Some(Self::Marked { text: text?, irreversible })
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Bare(text) => text.to_value(),
            Self::Marked { text, irreversible } => json!({ "text": text.to_value(), "irreversible": irreversible }),
        }
    }
}
