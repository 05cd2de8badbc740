//! A run: rounds of phases, then the planted bugs, then the line of JSON.

use std::process::ExitCode;

use clap::Args;

/// What a run takes, from the environment.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One short round: under a minute.
    #[arg(long, env = "QUICK")]
    quick: Option<String>,
    /// Repeats a run.
    #[arg(long, env = "SEED")]
    seed: Option<String>,
    /// Runs with this bug, and must fail.
    #[arg(long, env = "PLANT")]
    plant: Option<String>,
    /// How many minutes of rounds.
    #[arg(long, env = "MINUTES")]
    minutes: Option<String>,
    /// The program that is tortured.
    #[arg(long, env = "ASKWELL_BIN")]
    binary: Option<std::path::PathBuf>,
}

/// Runs all of it.
///
/// # Errors
/// What kept it from running.
#[expect(clippy::unused_async, reason = "not written yet")]
pub(crate) async fn run(_options: &Options) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::FAILURE)
}
