//! `AskUserQuestion`: the tool of Claude Code that asks rather than acts.
//!
//! Job: its questions as one form, and the form's answer as the tool's input.
//! Invariant: the input comes back whole, with `answers` by the question's text.

use serde_json::{Map, Value, json};

use super::{MAX_TITLE, first_line, shortened};

/// The tool's name.
pub(super) const TOOL: &str = "AskUserQuestion";

/// Two fields each; a form holds a hundred.
const MAX_QUESTIONS: usize = 50;
const MAX_LABEL: usize = 1_000;
const MAX_DESCRIPTION: usize = 10_000;

/// Between several answers to one question.
const BETWEEN: &str = ", ";

struct Question<'a> {
    text: &'a str,
    header: Option<&'a str>,
    options: Vec<Choice<'a>>,
    several: bool,
}

struct Choice<'a> {
    label: &'a str,
    description: Option<&'a str>,
    /// The label, told apart from an equal one before it.
    value: String,
}

/// The create body; nothing where the input holds no questions that a form could ask.
pub(super) fn form(input: &Map<String, Value>) -> Option<Value> {
    let questions = read(input)?;
    let fields: Vec<Value> =
        questions.iter().zip(1..).flat_map(|(question, number)| fields(question, number)).collect();
    Some(json!({ "interaction_data": {
        "interaction_type": "text_input",
        "title": title(&questions),
        "message": "",
        "fields": fields,
        "consequences": {
            "on_answer": { "en": "Claude Code goes on with it at once.", "zh-CN": "Claude Code 立即据此继续。" },
        },
    }}))
}

/// The input with what a person answered. What they left open is left out; what they said beside it stands as a note on
/// the last question, as Claude Code has no place for what is said about all.
pub(super) fn answered(input: &Map<String, Value>, data: &Value, comment: &str) -> Value {
    let mut answers = Map::new();
    let questions = read(input).unwrap_or_default();
    for (question, number) in questions.iter().zip(1..) {
        let chosen = match &data[format!("q{number}")] {
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            Value::String(one) => vec![one.as_str()],
            _ => Vec::new(),
        };
        let label =
            |value: &str| question.options.iter().find(|choice| choice.value == value).map(|choice| choice.label);
        let mut texts: Vec<&str> = chosen.into_iter().map(|value| label(value).unwrap_or(value)).collect();
        texts.extend(data[format!("q{number}_other")].as_str());
        texts.retain(|text| !text.trim().is_empty());
        // Two questions of one text have one answer: of both.
        let before = answers.get(question.text).and_then(Value::as_str).map(str::to_owned);
        let all: Vec<&str> = before.as_deref().into_iter().chain(texts).collect();
        if !all.is_empty() {
            answers.insert(question.text.to_owned(), all.join(BETWEEN).into());
        }
    }
    let mut out = input.clone();
    out.insert("answers".to_owned(), answers.into());
    if let Some(last) = questions.last().filter(|_| !comment.trim().is_empty()) {
        out.insert("annotations".to_owned(), json!({ last.text: { "notes": comment } }));
    }
    out.into()
}

fn read(input: &Map<String, Value>) -> Option<Vec<Question<'_>>> {
    let questions = input.get("questions")?.as_array()?;
    if questions.is_empty() || questions.len() > MAX_QUESTIONS {
        return None;
    }
    questions.iter().map(Question::read).collect()
}

impl<'a> Question<'a> {
    fn read(value: &'a Value) -> Option<Self> {
        let filled = |value: &'a Value| value.as_str().filter(|text| !text.trim().is_empty());
        let mut options: Vec<Choice<'a>> = Vec::new();
        for option in value["options"].as_array().into_iter().flatten() {
            let Some(label) = filled(if option.is_string() { option } else { &option["label"] }) else { continue };
            let known = |value: &str| options.iter().any(|choice| choice.value == value);
            let shown = shortened(label, MAX_LABEL - 10);
            let numbered = (2..).map(|number| format!("{shown} ({number})"));
            let value = std::iter::once(shown.clone()).chain(numbered).find(|value| !known(value))?;
            options.push(Choice { label, description: filled(&option["description"]), value });
        }
        Some(Self {
            text: filled(&value["question"])?,
            header: filled(&value["header"]),
            options,
            several: value["multiSelect"] == true,
        })
    }

    fn name(&self) -> &'a str {
        self.header.unwrap_or(self.text)
    }
}

/// The choice, and room for an answer of one's own.
fn fields(question: &Question<'_>, number: usize) -> Vec<Value> {
    let label = shortened(question.text, MAX_LABEL);
    if question.options.is_empty() {
        return vec![
            json!({ "name": format!("q{number}"), "label": label, "field_type": "textarea", "required": true }),
        ];
    }
    let option = |choice: &Choice<'_>| {
        json!({
            "value": choice.value,
            "label": shortened(choice.label, MAX_LABEL),
            "description": choice.description.map(|text| shortened(text, MAX_DESCRIPTION)),
        })
    };
    vec![
        json!({
            "name": format!("q{number}"),
            "label": label,
            "field_type": if question.several { "checkbox" } else { "radio" },
            "options": question.options.iter().map(option).collect::<Vec<_>>(),
        }),
        json!({
            "name": format!("q{number}_other"),
            "label": {
                "en": format!("Something else: {}", shortened(question.name(), 100)),
                "zh-CN": format!("其他：{}", shortened(question.name(), 100)),
            },
            "field_type": "text",
            "placeholder": { "en": "In your own words", "zh-CN": "用自己的话回答" },
        }),
    ]
}

fn title(questions: &[Question<'_>]) -> Value {
    if let [only] = questions {
        return shortened(first_line(only.text).unwrap_or(only.text), MAX_TITLE).into();
    }
    let (count, names) = (questions.len(), questions.iter().map(Question::name).collect::<Vec<_>>());
    json!({
        "en": shortened(&format!("{count} questions: {}", names.join(", ")), MAX_TITLE),
        "zh-CN": shortened(&format!("{count} 个问题：{}", names.join("、")), MAX_TITLE),
    })
}
