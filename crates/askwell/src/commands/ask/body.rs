//! From options to the body of a create.

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use super::AskArgs;

/// The body of a create; `given` is what `--json` stands for. Options lie over it.
///
/// # Errors
/// What is wrong with the options.
pub(super) fn body(args: &AskArgs, given: Option<&str>) -> anyhow::Result<Value> {
    let mut body = match given {
        Some(text) => whole(text)?,
        None => Map::new(),
    };
    let mut interaction = match body.remove("interaction_data") {
        Some(Value::Object(interaction)) => interaction,
        Some(_) => bail!("--json: interaction_data must be an object"),
        None => Map::new(),
    };
    question(args, &mut interaction)?;
    set(&mut interaction, "title", args.title.as_deref());
    set(&mut interaction, "message", args.message.as_deref());
    if given.is_none() {
        interaction.entry("message").or_insert_with(|| "".into());
    }
    if let Some(default) = &args.default {
        let value = if args.multiple { default.split(',').collect() } else { Value::from(default.as_str()) };
        interaction.insert("default_value".into(), value);
    }
    if let Some(timeout) = args.timeout {
        if !timeout.is_finite() {
            bail!("--timeout: found {timeout}, expected a number of seconds");
        }
        interaction.insert("timeout".into(), number(timeout));
    }
    if let Some(consequence) = &args.consequence {
        interaction.insert("consequences".into(), json!({"on_answer": consequence}));
    }
    if args.on_timeout.as_deref() == Some("default") && !interaction.contains_key("default_value") {
        bail!("--on-timeout default needs --default");
    }
    body.insert("interaction_data".into(), interaction.into());
    set(&mut body, "workflow_id", args.workflow_id.as_deref());
    set(&mut body, "assignee", args.assignee.as_deref());
    if !args.candidate.is_empty() {
        body.insert("candidates".into(), json!(args.candidate));
    }
    set(&mut body, "callback_url", args.callback_url.as_deref());
    set(&mut body, "on_timeout", args.on_timeout.as_deref());
    set(&mut body, "risk", args.risk.as_deref());
    Ok(body.into())
}

fn set(map: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        map.insert(key.into(), value.into());
    }
}

/// A whole seconds' timeout stays an integer.
#[expect(clippy::cast_possible_truncation, reason = "judged just before")]
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}

/// `--json`: a create body, or only its question.
fn whole(text: &str) -> anyhow::Result<Map<String, Value>> {
    let object: Map<String, Value> = serde_json::from_str(text).context("--json is no JSON object")?;
    if object.contains_key("interaction_data") || !object.contains_key("interaction_type") {
        return Ok(object);
    }
    Ok(Map::from_iter([("interaction_data".to_owned(), Value::Object(object))]))
}

fn question(args: &AskArgs, interaction: &mut Map<String, Value>) -> anyhow::Result<()> {
    let mut kind = |name: &str| interaction.insert("interaction_type".into(), name.into());
    if args.confirm {
        kind("confirmation");
    } else if !args.choose.is_empty() {
        kind("selection");
        let option = |text: &String| {
            let (value, label) = text.split_once('=').unwrap_or((text, text));
            if value.is_empty() {
                bail!("--choose {text:?}: found no value, expected VALUE or VALUE=LABEL");
            }
            Ok(json!({"value": value, "label": label}))
        };
        let options: Vec<Value> = args.choose.iter().map(option).collect::<Result<_, _>>()?;
        interaction.insert("options".into(), options.into());
        interaction.insert("multiple".into(), args.multiple.into());
    } else if !args.text.is_empty() {
        kind("text_input");
        let fields: Vec<Value> = args.text.iter().map(|text| field(text)).collect::<Result<_, _>>()?;
        interaction.insert("fields".into(), fields.into());
    }
    Ok(())
}

/// `NAME[:TYPE][=DEFAULT]`; without a default it must be filled in.
fn field(text: &str) -> anyhow::Result<Value> {
    let (head, default) = text.split_once('=').map_or((text, None), |(head, default)| (head, Some(default)));
    let (name, field_type) = head.split_once(':').unwrap_or((head, "text"));
    if name.is_empty() {
        bail!("--text {text:?}: found no name, expected NAME, NAME:TYPE or NAME:TYPE=DEFAULT");
    }
    let mut field = json!({"name": name, "label": name, "field_type": field_type, "required": default.is_none()});
    if let Some(default) = default {
        let typed = matches!(field_type, "number" | "integer" | "range" | "checkbox" | "json" | "multiselect");
        let value = if typed {
            serde_json::from_str(default).with_context(|| {
                format!("--text {text:?}: the default {default:?} does not fit the type {field_type}")
            })?
        } else {
            Value::from(default)
        };
        field["default"] = value;
    }
    Ok(field)
}
