//! `askwell backup FILE`: a consistent copy of a live database.

use std::path::Path;

use anyhow::bail;

use super::tell;
use crate::cli::Settings;
use crate::config::DatabasePath;

/// Copies the configured database to a new file.
pub(super) fn run(file: &Path, settings: &Settings) -> anyhow::Result<()> {
    let config = settings.load()?.config;
    let DatabasePath::At(database) = &config.database.path else {
        bail!("database.path is `:memory:`: there is nothing to copy");
    };
    if !database.is_file() {
        bail!("there is no database at {}", database.display());
    }
    if file.exists() {
        bail!("{} exists already; a backup never overwrites", file.display());
    }
    askwell_sqlite::backup(database, file)?;
    tell(&format!(
        "{} copied to {}; uploads lie in {}",
        database.display(),
        file.display(),
        config.files.path.path().display()
    ));
    Ok(())
}
