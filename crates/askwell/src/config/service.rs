//! What the server calls itself.

use super::reader::Reader;
use super::section::section;

section! {
    /// What the server calls itself in `/api/health`.
    Service = "service" {
        /// The name that clients of the original component look for.
        name: String = "human_loop_mcp".into(),
        /// The version shown; null for the program's own.
        version: Option<String> = None,
        /// One line for people; accepted, and shown nowhere yet.
        description: String = "Askwell: automation asks, a person answers".into(),
    }
}

impl Service {
    /// The version shown.
    pub(crate) fn version(&self) -> &str {
        self.version.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"))
    }

    pub(super) fn check(&self, reader: &mut Reader) {
        if self.name.trim().is_empty() {
            reader.refuse("service.name", "is empty, expected a name");
        }
    }
}
