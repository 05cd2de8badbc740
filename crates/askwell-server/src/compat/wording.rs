//! One line out of what others send.

use serde_json::Value;

/// The longest title, in characters.
pub(crate) const MAX_TITLE: usize = 200;

/// The longest name of an action.
pub(super) const MAX_NAME: usize = 200;

/// The longest message.
pub(super) const MAX_MESSAGE: usize = 64 << 10;

/// The first line with words in it, without what marks a heading.
pub(super) fn first_line(text: &str) -> Option<&str> {
    text.lines().map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty())
}

/// The first line of a description, else the action as a call.
pub(super) fn titled(description: &str, action: &str, args: Option<&Value>) -> String {
    let call = || format!("{action}({})", args.map(Value::to_string).unwrap_or_default());
    shortened(&first_line(description).map_or_else(call, str::to_owned), MAX_TITLE)
}

/// At most `limit` characters; what was longer ends in an ellipsis.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_and_not_too_long() {
        assert_eq!(first_line("\n \n# Title \nmore"), Some("Title"));
        assert_eq!(first_line(" \n#\n"), None);
        assert_eq!(shortened("长长长", 3), "长长长");
        assert_eq!(shortened("长长长长", 3), "长长…");
    }
}
