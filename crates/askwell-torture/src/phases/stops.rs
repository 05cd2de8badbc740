//! SIGSTOP of clients and server.

use crate::effort::Effort;
use crate::plant::Plant;
use crate::report::Report;

/// Runs it.
///
/// # Errors
/// What kept it from running.
#[expect(clippy::unused_async, reason = "not written yet")]
pub(crate) async fn run(_effort: &Effort, _plant: Option<Plant>, _report: &mut Report) -> anyhow::Result<()> {
    Ok(())
}
