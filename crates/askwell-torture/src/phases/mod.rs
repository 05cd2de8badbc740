//! What is broken, one kind of trouble a file. Each loads a server, breaks something, and has the ledger compared.

pub(crate) mod clock;
pub(crate) mod disk;
pub(crate) mod kills;
pub(crate) mod power;
pub(crate) mod receivers;
mod scene;
pub(crate) mod stops;

use crate::effort::Effort;
use crate::plant::{PhaseName, Plant};
use crate::report::Report;

/// Runs one phase, with a bug or without.
///
/// # Errors
/// What kept the phase from running; what it found is in the report.
pub(crate) async fn run(
    phase: PhaseName,
    effort: &Effort,
    plant: Option<Plant>,
    report: &mut Report,
) -> anyhow::Result<()> {
    match phase {
        PhaseName::Kills => kills::run(effort, plant, report).await,
        PhaseName::Power => power::run(effort, plant, report).await,
        PhaseName::Disk => disk::run(effort, plant, report).await,
        PhaseName::Receivers => receivers::run(effort, plant, report).await,
        PhaseName::Clock => clock::run(effort, plant, report).await,
        PhaseName::Stops => stops::run(effort, plant, report).await,
    }
}
