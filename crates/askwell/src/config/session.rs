//! Deadlines of questions.

use super::reader::Reader;
use super::section::section;
use super::values::Seconds;

section! {
    /// Deadlines of questions.
    Session = "session" {
        /// Seconds until a question closes unanswered, where it names none itself.
        default_timeout: Seconds = Seconds::new(300),
        /// The longest deadline in seconds that a question may ask for, 30 days by default.
        max_timeout: Seconds = Seconds::new(30 * 24 * 60 * 60),
        /// Seconds between two rounds that remove what `retention.closed_days` lets go and uploads that belong to
        /// nothing, at least 1. Deadlines are kept to the instant and need no interval.
        cleanup_interval: Seconds = Seconds::new(60),
    }
}

impl Session {
    pub(super) fn check(&self, reader: &mut Reader) {
        if self.max_timeout.0.as_secs() < 1 {
            reader.refuse("session.max_timeout", "is below one second, expected at least 1");
        }
        if self.cleanup_interval.0.as_secs() < 1 {
            reader.refuse("session.cleanup_interval", "is below one second, expected at least 1");
        }
        if self.default_timeout > self.max_timeout {
            let (default, max) = (self.default_timeout.0.as_secs_f64(), self.max_timeout.0.as_secs_f64());
            let reason = format!("found {default}, expected at most session.max_timeout, which is {max}");
            reader.refuse("session.default_timeout", &reason);
        }
    }
}
