//! Parameters of a query string, with every wrong one named.

use std::str::FromStr;
use std::time::Duration;

use askwell_core::{Code as Fault, Finding};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;

use super::problem::{Issue, Problem};

/// The parameters of a request. Those that nobody asks for are ignored, empty ones are absent.
#[derive(Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    issues: Vec<Issue>,
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

impl Params {
    /// Those of a query string.
    pub(crate) fn of(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self { pairs: pairs.filter(|(_, value)| !value.is_empty()).collect(), issues: Vec::new() }
    }

    /// Whether any of these is given.
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        self.pairs.iter().any(|(name, _)| names.contains(&name.as_str()))
    }

    /// The value; of several, the last.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.pairs.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.clone())
    }

    /// Every value of a repeatable parameter, also separated by commas.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let values = self.pairs.iter().filter(|(given, _)| given == name);
        let words = values.flat_map(|(_, value)| value.split(',')).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Every value of a repeatable parameter, whole.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(given, _)| given == name).map(|(_, value)| value.clone()).collect()
    }

    /// One of `allowed`, by its name.
    pub(crate) fn choice<T: Copy>(&mut self, name: &'static str, allowed: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = allowed.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<_> = allowed.iter().map(|(word, _)| *word).collect();
            self.refuse_word(name, &text, &words);
        }
        found
    }

    /// Says that a word is none of those allowed.
    pub(crate) fn refuse_word(&mut self, name: &'static str, word: &str, allowed: &[&str]) {
        self.refuse(name, Finding::new("", Fault::NotAllowed).with("value", word).with("allowed", allowed.join(", ")));
    }

    /// A whole number from 1 to `most`.
    pub(crate) fn limit(&mut self, name: &'static str, most: usize) -> Option<usize> {
        let text = self.text(name)?;
        let finding = match text.parse::<i64>() {
            Err(_) => Finding::new("", Fault::WrongType).with("expected", "integer").with("actual", text),
            Ok(number) if number < 1 => Finding::new("", Fault::BelowMinimum).with("limit", 1),
            Ok(number) => match usize::try_from(number) {
                Ok(number) if number <= most => return Some(number),
                _ => Finding::new("", Fault::AboveMaximum).with("limit", most),
            },
        };
        self.refuse(name, finding);
        None
    }

    /// Seconds, zero or more; fractions allowed.
    pub(crate) fn seconds(&mut self, name: &'static str) -> Option<Duration> {
        let text = self.text(name)?;
        let finding = match text.parse::<f64>() {
            Ok(seconds) if seconds < 0.0 => Finding::new("", Fault::BelowMinimum).with("limit", 0),
            // Larger than any duration is still only "as long as possible".
            Ok(seconds) if seconds.is_finite() => {
                return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
            }
            _ => Finding::new("", Fault::WrongType).with("expected", "number").with("actual", text),
        };
        self.refuse(name, finding);
        None
    }

    /// An instant in RFC 3339.
    pub(crate) fn timestamp(&mut self, name: &'static str) -> Option<Timestamp> {
        // A `+` that nobody escaped has become a space.
        self.parsed(name, Fault::InvalidDatetime, |text| text.replace(' ', "+").parse().ok())
    }

    /// An id.
    pub(crate) fn id<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.parsed(name, Fault::WrongType, |text| text.parse().ok())
    }

    fn parsed<T>(&mut self, name: &'static str, fault: Fault, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.refuse(name, Finding::new("", fault).with("expected", "id").with("actual", text));
        }
        parsed
    }

    fn refuse(&mut self, name: &'static str, finding: Finding) {
        self.issues.push(Issue::Parameter(name, finding));
    }

    /// The result, unless a parameter was wrong.
    ///
    /// # Errors
    /// Every wrong parameter.
    pub(crate) fn done<T>(self, value: T) -> Result<T, Problem> {
        if self.issues.is_empty() { Ok(value) } else { Err(Problem::invalid(self.issues)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_right() {
        let mut params =
            Params::of("limit=5&wait=0.5&empty=&s=a,b&s=c&t=2026-01-02T03:04:05+08:00&w=%E5%AE%A1&other=1");
        assert_eq!(params.limit("limit", 10), Some(5));
        assert_eq!(params.seconds("wait"), Some(Duration::from_millis(500)));
        assert_eq!(params.text("empty"), None);
        assert_eq!(params.words("s"), ["a", "b", "c"]);
        assert_eq!(params.text("w").as_deref(), Some("审"));
        assert_eq!(params.timestamp("t").map(|at| at.to_string()).as_deref(), Some("2026-01-01T19:04:05Z"));
        assert!(params.has_any(&["t"]) && !params.has_any(&["empty", "u"]));
        assert!(params.done(()).is_ok());
    }

    #[test]
    fn names_what_is_wrong() {
        for query in ["limit=0", "limit=11", "limit=x", "limit=1.5", "limit=99999999999999999999"] {
            let mut params = Params::of(query);
            assert_eq!(params.limit("limit", 10), None, "{query}");
            assert!(params.done(()).is_err(), "{query}");
        }
        for query in ["wait=soon", "wait=-1", "wait=NaN", "wait=inf"] {
            let mut params = Params::of(query);
            assert_eq!(params.seconds("wait"), None, "{query}");
            assert!(params.done(()).is_err(), "{query}");
        }
        let mut params = Params::of("wait=1e300");
        assert_eq!(params.seconds("wait"), Some(Duration::MAX));
    }
}
