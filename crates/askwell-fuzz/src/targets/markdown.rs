//! Messages in Markdown, as the page gets them: through a preview of the real routes.
//!
//! Holds: the HTML consists of text and of tags of a list, with the attributes
//! of a list, and leads only to places that a person can see; by a reader of
//! this file's own, which knows no HTML but that.

use serde_json::{Value, json};

use crate::world::{Ask, Doors, World};
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "markdown",
    run,
    words: &[
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=",
        "<a href=\"javascript:alert(1)\">",
        "[x](javascript:alert(1))",
        "![x](y)",
        "[x]: data:text/html,",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<math>",
        "<style>",
        "<template>",
        "<noscript>",
        "&#x6a;",
        "&colon;",
        "`",
        "```",
        "|",
        "|-|",
        "~~",
        "**",
        "> ",
        "1. ",
        "\u{0}",
        "<p title=\"",
        "<a\thref=",
        "\\<",
    ],
    bounded: 300,
};

const TAGS: [&str; 25] = [
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

fn run(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    World::with(Doors::Open, |world| {
        let body = json!({"interaction_data": {"interaction_type": "confirmation", "title": "t", "message": text}});
        let ask = Ask::post("/api/sessions/preview", body.to_string().into_bytes());
        let reply = world.ask(ask)?;
        if reply.status == 422 {
            return Ok(());
        }
        hold!(reply.status == 200, "status {}: {}", reply.status, reply.text());
        let body: Value = serde_json::from_slice(&reply.bytes).map_err(|error| Broken(error.to_string()))?;
        let html = body["session"]["interaction_data"]["message_html"]
            .as_str()
            .or_else(|| body["session"]["message_html"].as_str());
        judge(html.ok_or_else(|| Broken(format!("no HTML: {body}")))?)
    })
}

/// What must hold of HTML that a browser is given.
///
/// # Errors
/// [`Broken`]
pub fn judge(html: &str) -> Verdict {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let inside = rest.get(at + 1..).unwrap_or_default();
        let end = tag_end(inside).ok_or_else(|| Broken(format!("a tag does not end: {html:?}")))?;
        let (tag, after) = inside.split_at(end);
        judge_tag(tag).map_err(|Broken(what)| Broken(format!("{what} in {html:?}")))?;
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(())
}

/// Where a tag ends, passing over what stands in quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn judge_tag(tag: &str) -> Verdict {
    let name = tag.trim_start_matches('/').split([' ', '\t', '\n', '/']).next().unwrap_or_default();
    hold!(!name.is_empty() && TAGS.contains(&name), "the tag <{tag}>");
    let mut rest = tag.trim_start_matches('/').strip_prefix(name).unwrap_or_default().trim_start();
    while !rest.is_empty() && rest != "/" {
        let (attribute, value) =
            rest.split_once("=\"").ok_or_else(|| Broken(format!("an attribute without quotes: <{tag}>")))?;
        let (value, after) = value.split_once('"').ok_or_else(|| Broken(format!("a value without an end: <{tag}>")))?;
        judge_attribute(name, attribute, value)?;
        rest = after.trim_start();
    }
    Ok(())
}

fn judge_attribute(tag: &str, name: &str, value: &str) -> Verdict {
    match (tag, name) {
        ("a", "href") => {
            let scheme = value.split(':').next().unwrap_or_default().to_ascii_lowercase();
            hold!(matches!(scheme.as_str(), "http" | "https" | "mailto"), "a link to {value:?}");
        }
        ("a", "rel") => hold!(value == "noopener noreferrer nofollow", "the relation {value:?}"),
        ("ol", "start") => {}
        _ => return Err(Broken(format!("the attribute {name} of {tag}"))),
    }
    Ok(())
}
