//! The wiring of `askwell`, with a VFS, a clock and decorators of our choice.

use std::path::PathBuf;

use clap::Args;

use crate::plant::Plant;

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Where the data is.
    #[arg(long)]
    pub(crate) data_dir: PathBuf,
    /// The port, 0 for a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The bug that is planted.
    #[arg(long)]
    pub(crate) plant: Option<Plant>,
}

/// Serves until SIGTERM. Prints `listens at http://127.0.0.1:PORT` once connections are accepted.
///
/// # Errors
/// What kept it from starting.
#[expect(clippy::unused_async, reason = "not written yet")]
pub(crate) async fn serve(_options: ServeOptions) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
