//! `askwell config`: what is in force, and what is odd about it.

use super::{print, tell};
use crate::cli::Settings;
use crate::config::to_yaml;

/// Prints the effective configuration as YAML, secrets masked; notices go to standard error.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let loaded = settings.load()?;
    for notice in &loaded.notices {
        tell(&format!("note: {notice}"));
    }
    print(&to_yaml(&loaded.config.show()))
}
