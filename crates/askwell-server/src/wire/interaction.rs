//! The interaction as it stands on the wire: as stored, and its message as HTML.
//!
//! Invariant: HTML leaves here only through the one sanitiser, whose list names
//! what is allowed; nothing in it loads anything from anywhere.

use std::collections::HashSet;
use std::sync::LazyLock;

use askwell_core::interaction::NormalForm;
pub(crate) use askwell_core::interaction::examples;
use pulldown_cmark::{Options, Parser, html};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .clean_content_tags(HashSet::from(["script", "style", "iframe", "object", "svg", "math", "template"]))
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start"])
        // Beside these, nothing on any tag: as it comes `title` and `lang` would be let through.
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// The interaction as it stands on the wire: every key, null where unset.
#[derive(Debug)]
pub(crate) struct InteractionBody<'a> {
    stored: &'a NormalForm,
    message_html: Option<Value>,
}

impl<'a> InteractionBody<'a> {
    pub(crate) fn of(stored: &'a NormalForm) -> Self {
        Self { stored, message_html: None }
    }

    /// The same with its `message` also as HTML, in the same shape: a text, or a text for each language.
    pub(crate) fn with_html(stored: &'a NormalForm) -> Self {
        let html = match stored.get("message") {
            Value::String(text) => Value::String(render(&text)),
            Value::Object(texts) => {
                let translate = |(language, text): (&String, &Value)| {
                    text.as_str().map(|text| (language.clone(), Value::String(render(text))))
                };
                Value::Object(texts.iter().filter_map(translate).collect())
            }
            _ => Value::Null,
        };
        Self { stored, message_html: Some(html) }
    }
}

impl Serialize for InteractionBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        for (key, text) in self.stored.entries().map_err(S::Error::custom)?.iter() {
            body.serialize_entry(key, &text)?;
        }
        if let Some(html) = &self.message_html {
            body.serialize_entry("message_html", html)?;
        }
        body.end()
    }
}

/// Markdown as safe HTML.
fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options));
    SANITISER.clean(&unsafe_html).to_string()
}

/// The names of the kinds that exist.
pub(crate) fn kinds() -> Vec<&'static str> {
    examples().into_iter().map(|(kind, _)| kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_meant() {
        let html = render("# Title\n\n*a* **b** `c` ~~d~~\n\n|x|y|\n|-|-|\n|1|2|\n\n[link](https://example.com/?a=1)");
        for part in
            ["<h1>Title</h1>", "<em>a</em>", "<strong>b</strong>", "<code>c</code>", "<del>d</del>", "<td>1</td>"]
        {
            assert!(html.contains(part), "{html}");
        }
        assert!(html.contains(r#"<a href="https://example.com/?a=1" rel="noopener noreferrer nofollow">link</a>"#));
    }

    #[test]
    fn runs_nothing_and_loads_nothing() {
        let hostile = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![pixel](https://evil.example/p.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html,hi)",
            "[x](//evil.example)",
            "<a href=\"jAvAsCrIpT:alert(1)\">x</a>",
            "<svg onload=alert(1)><script>1</script></svg>",
            "<iframe src=https://evil.example></iframe>",
            "<p style=\"background:url(https://evil.example)\" onclick=alert(1)>x</p>",
            "<form action=https://evil.example><input name=p></form>",
            "<base href=https://evil.example>",
            "<meta http-equiv=refresh content=0>",
            "<math><mi xlink:href=javascript:alert(1)>x</math>",
            "<style>@import 'https://evil.example'</style>",
            "[x](https://example.com 'shown to nobody who does not point at it')",
            "<p lang=x>y</p>",
        ];
        for markdown in hostile {
            let html = render(markdown).to_lowercase();
            let bad = [
                "<script",
                "<img",
                "javascript:",
                "data:",
                "onerror",
                "onload",
                "onclick",
                "<svg",
                "<iframe",
                "style",
                "<form",
                "<base",
                "<meta",
                "<math",
                "src=",
                "href=\"//",
                "title=",
                "lang=",
            ];
            for bad in bad {
                assert!(!html.contains(bad), "{markdown} → {html}");
            }
        }
    }

    #[test]
    fn follows_the_shape_of_the_message() {
        let with_html =
            |stored: Value| serde_json::to_value(InteractionBody::with_html(&NormalForm::from(&stored))).unwrap();
        let one = with_html(serde_json::json!({"message": "*x*"}));
        assert_eq!(one["message_html"], "<p><em>x</em></p>\n");
        let two = with_html(serde_json::json!({"message": {"zh-CN": "甲", "en": "a"}}));
        assert_eq!(two["message_html"]["en"], "<p>a</p>\n");
        assert_eq!(with_html(serde_json::json!({"message": null}))["message_html"], Value::Null);
    }
}
