//! How long closed sessions are kept.

use super::reader::Reader;
use super::section::section;

section! {
    /// How long closed sessions are kept.
    Retention = "retention" {
        /// Days after which a closed session and its uploads are removed; null keeps them for ever.
        closed_days: Option<u32> = None,
    }
}

impl Retention {
    pub(super) fn check(&self, reader: &mut Reader) {
        if self.closed_days == Some(0) {
            reader.refuse("retention.closed_days", "found 0, expected at least 1 day, or null to keep them for ever");
        }
    }
}
