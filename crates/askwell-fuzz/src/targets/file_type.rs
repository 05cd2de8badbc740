//! What an upload is, from a name (the first line) and its bytes (the rest).
//!
//! Holds: it does not matter in which pieces the bytes come; bytes that are no
//! text never get a type of text; a name alone makes nothing an image or a
//! document.

use askwell_files::{Judge, judge as judge_type};

use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "file_type",
    run,
    words: &[
        "a.svg\n",
        "a.html\n",
        "a.png\n",
        "a.json\n",
        "..\n",
        "\u{7f}ELF",
        "PK\u{3}\u{4}",
        "%PDF-",
        "GIF89a",
        "<svg",
        "<html",
        "#!",
        "MZ",
        "BM",
    ],
    bounded: 3_000,
};

fn run(bytes: &[u8]) -> Verdict {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (name, content) = bytes.split_at(at);
    let (name, content) = (String::from_utf8_lossy(name), content.get(1..).unwrap_or_default());
    let whole = judge_type(&name, content);
    let mut piecewise = Judge::default();
    let size = 1 + bytes.len() % 7;
    content.chunks(size).for_each(|piece| piecewise.see(piece));
    let pieces = piecewise.conclude(&name);
    hold!(whole == pieces, "whole it is {whole}, in pieces of {size} it is {pieces}");
    judge(&name, content, &whole)
}

/// What must hold of the type that a file is said to have.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(name: &str, content: &[u8], kind: &str) -> Verdict {
    let is_sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    let halves = kind.split_once('/');
    let is_type =
        halves.is_some_and(|(a, b)| !a.is_empty() && !b.is_empty() && a.chars().chain(b.chars()).all(is_sound));
    hold!(is_type, "{kind:?} is no type");
    let is_text = std::str::from_utf8(content).is_ok() && !content.contains(&0);
    let shown_as_text =
        kind.starts_with("text/") || matches!(kind, "image/svg+xml" | "application/json" | "application/xml");
    let is_script = content.starts_with(b"#!") && kind == "text/x-shellscript";
    hold!(is_text || is_script || !shown_as_text, "{name:?} of bytes that are no text is {kind}");
    let shown_as_picture = kind.starts_with("image/") && kind != "image/svg+xml";
    hold!(!is_text || !shown_as_picture, "{name:?} of plain letters is {kind}");
    hold!(!content.is_empty() || !kind.starts_with("image/") || kind == "image/svg+xml", "nothing at all is {kind}");
    Ok(())
}
