//! Other systems.

use std::time::Duration;

use url::Url;

use super::reader::Reader;
use super::section::section;
use super::values::Seconds;

/// The longest that one attempt of a callback may take in all.
const LONGEST_ATTEMPT: Seconds = Seconds::new(15);

section! {
    /// Other systems.
    Integration = "integration" {
        /// Seconds that one attempt of a callback may take; more than 15 counts as 15, as a receiver that is slow
        /// is tried again.
        workflow_callback_timeout: Seconds = LONGEST_ATTEMPT,
        /// Accepted for the first original's files; nothing is sent there.
        mcp_coordinator_url: Option<Url> = None,
    }
}

impl Integration {
    /// How long one attempt of a callback may take.
    pub(crate) fn callback_timeout(&self) -> Duration {
        self.workflow_callback_timeout.min(LONGEST_ATTEMPT).0
    }

    pub(super) fn check(&self, reader: &mut Reader) {
        if self.workflow_callback_timeout > LONGEST_ATTEMPT {
            reader.notice("integration.workflow_callback_timeout", "an attempt is given 15 seconds, then tried again");
        }
    }
}
