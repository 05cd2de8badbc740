//! How exactly the originals are followed.

use super::reader::Reader;
use super::section::section;

section! {
    /// How exactly the originals are followed where they were wrong.
    Compat = "compat" {
        /// Answer 400, as the first original did, instead of 404, 409, 410 and 422 to opening, answering and cancelling.
        original_status_codes: bool = false,
    }
}

impl Compat {
    #[expect(clippy::unused_self, reason = "every section has this rule; this one has nothing to refuse")]
    pub(super) fn check(&self, _reader: &mut Reader) {}
}
