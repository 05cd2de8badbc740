//! One line out of what others send.

/// The longest title, in characters.
pub(super) const MAX_TITLE: usize = 200;

/// The first line with words in it, without what marks a heading.
pub(super) fn first_line(text: &str) -> Option<&str> {
    text.lines().map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty())
}

/// At most `limit` characters; what was longer ends in an ellipsis.
pub(super) fn shortened(text: &str, limit: usize) -> String {
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
