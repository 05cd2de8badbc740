//! A regular expression that a whole value must match.
//!
//! Job: compile it once, when the question is read, under a limit. Invariant:
//! matching is linear in time. Neighbours: fields of a form.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast;

use crate::finding::{Code, Finding};

const MAX_BYTES: usize = 512;

/// Memory of one compiled pattern. `\w{3,20}` needs 700 KiB of it: classes are of Unicode.
const MAX_COMPILED: usize = 1024 * 1024;

/// A regular expression that a whole value must match.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    given: String,
    whole: Regex,
}

impl Pattern {
    pub(super) fn read(given: &str, pointer: &str) -> Result<Self, Finding> {
        if given.len() > MAX_BYTES {
            return Err(Finding::new(pointer, Code::TooLong)
                .with("limit", MAX_BYTES)
                .with("actual", given.len())
                .with("unit", "bytes"));
        }
        let invalid = |reason: &str| Finding::new(pointer, Code::InvalidPattern).with("reason", reason);
        // Alone first: errors then speak of what was given, and `a)(b` cannot break out of the group below.
        if let Err(error) = ast::parse::Parser::new().parse(given) {
            return Err(match error.kind() {
                ast::ErrorKind::UnsupportedLookAround => invalid("look-around is not supported"),
                ast::ErrorKind::UnsupportedBackreference => invalid("backreferences are not supported"),
                kind => invalid(&kind.to_string()),
            });
        }
        match RegexBuilder::new(&format!(r"\A(?:{given})\z")).size_limit(MAX_COMPILED).build() {
            Ok(whole) => Ok(Self { given: given.to_owned(), whole }),
            Err(regex::Error::CompiledTooBig(_)) => Err(invalid("it is too large when compiled")),
            Err(error) => Err(invalid(error.to_string().lines().last().unwrap_or_default().trim())),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.given
    }

    pub(super) fn check(&self, text: &str, pointer: &str) -> Result<(), Finding> {
        if self.whole.is_match(text) {
            return Ok(());
        }
        Err(Finding::new(pointer, Code::PatternMismatch).with("pattern", &self.given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_whole_value() {
        for (pattern, text, fits) in [
            ("^[a-zA-Z0-9-]+$", "web-01", true),
            ("[a-z]+", "ab1", false),
            ("a|ab", "ab", true),
            ("a", "a\n", false),
            (r"\w{3,20}", "服务器一", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(Pattern::read(pattern, "").unwrap().check(text, "").is_ok(), fits, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn says_why_not() {
        for (pattern, reason) in [
            ("(?=a)b", "look-around is not supported"),
            ("(?<!a)b", "look-around is not supported"),
            (r"(a)\1", "backreferences are not supported"),
            ("a)(b", "unopened group"),
            ("(", "unclosed group"),
            ("((((a{100}){100}){100}){100})", "it is too large when compiled"),
        ] {
            let finding = Pattern::read(pattern, "/validation").unwrap_err();
            assert_eq!((finding.code, finding.args[0].1.as_str()), (Code::InvalidPattern, reason), "{pattern}");
        }
        assert_eq!(Pattern::read(&"a".repeat(513), "").unwrap_err().code, Code::TooLong);
    }
}
