//! The kinds of questions that exist, each with an example.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::identity::Identity;
use crate::wire::{interaction, json};

/// A kind of question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Template {
    /// In the caller's language.
    name: String,
    /// In the caller's language.
    description: String,
    /// An `interaction_data` of this kind.
    example: Value,
}

/// The kinds of questions by their `interaction_type`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Templates {
    success: bool,
    templates: BTreeMap<&'static str, Template>,
}

/// List the kinds of questions
#[utoipa::path(get, path = "/api/templates", operation_id = "listTemplates", tag = "server",
    responses((status = 200, description = "One template for each kind that exists", body = Templates)))]
pub(super) async fn templates(who: Identity) -> Response {
    let template = |(kind, example)| {
        let id = format!("template-{kind}");
        let description = who.locale.text(&format!("{id}.description"), &[]);
        (kind, Template { name: who.locale.text(&id, &[]), description, example })
    };
    json(&Templates { success: true, templates: interaction::examples().into_iter().map(template).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;

    #[test]
    fn every_kind_has_its_words_in_every_language() {
        for (kind, _) in interaction::examples() {
            for locale in Locale::ALL {
                for attribute in ["", ".description"] {
                    let id = format!("template-{kind}{attribute}");
                    assert!(locale.find(&id, &[]).is_some(), "{} lacks {id}", locale.as_str());
                }
            }
        }
    }
}
