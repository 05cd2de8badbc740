//! Reviews that agents ask for.

use super::reader::Reader;
use super::section::section;
use super::values::Seconds;

section! {
    /// Reviews that agents ask for. The keys are the second original's; those that choose checkpoints are the agent's
    /// own affair and only accepted here.
    Execution = "execution" {
        /// Accepted; the agent decides.
        enable_hitl: bool = true,
        /// Seconds until a review closes unanswered, where it names none itself.
        hitl_timeout_seconds: Seconds = Seconds::new(1200),
        /// Accepted; the agent decides.
        hitl_root_plan_only: bool = true,
        /// Accepted; the agent decides.
        hitl_after_plan_generation: bool = true,
        /// Accepted; the agent decides.
        hitl_after_modified_plan: bool = true,
        /// Accepted; the agent decides.
        hitl_after_atomizer: bool = false,
        /// Accepted; the agent decides.
        hitl_before_execute: bool = false,
    }
}

impl Execution {
    #[expect(clippy::unused_self, reason = "every section has this rule; this one has nothing to refuse")]
    pub(super) fn check(&self, _reader: &mut Reader) {}
}
