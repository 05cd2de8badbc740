//! `askwell webhook-secret`: the key that receivers check callbacks with.

use crate::cli::Settings;

/// Prints the key, making it where there is none.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let config = settings.load()?.config;
    super::print(&(crate::place::webhook_secret(&config)?.0 + "\n"))
}
