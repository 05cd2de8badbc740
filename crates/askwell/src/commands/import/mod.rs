//! `askwell import ORIGINAL_DB`: the original component's history, read into a new database.
//!
//! The original file is opened read-only and never changed. What cannot be
//! read is listed and skipped. Running it again adds only what is missing.

mod convert;
mod original;
mod times;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use askwell_app::ports::{Clock, Commit, Committed, Lane, SessionStore as _, StoreError};
use askwell_core::Status;
use askwell_core::ids::{RunId, Version};
use clap::Args;
use futures::{StreamExt, stream};

use self::convert::Converter;
use self::original::{Original, OriginalRow};
use super::tell;
use crate::cli::Settings;
use crate::place::Place;
use crate::wiring::{SystemClock, open_store};

/// What to import, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct ImportArgs {
    /// The original's database file, e.g. `data/human_loop.db`. It is only read.
    original: PathBuf,
    /// The time zone that the original ran in, e.g. `Asia/Shanghai` or `+08:00`: it wrote times without one.
    #[arg(long, default_value = "UTC")]
    timezone: String,
    /// Fail when a row cannot be read, before anything is written.
    #[arg(long)]
    strict: bool,
    /// Where the configuration is.
    #[command(flatten)]
    settings: Settings,
}

/// How many sessions are on their way to the disk at once; the engine commits them together.
const AT_ONCE: usize = 64;

/// Rows that are read at once.
const PAGE: usize = 1_000;

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Report {
    imported: u64,
    open: u64,
    overdue: u64,
    present: u64,
    renamed: u64,
    skipped: Vec<String>,
}

impl Report {
    fn text(&self) -> String {
        let Self { imported, open, overdue, present, renamed, skipped } = self;
        format!(
            "{imported} sessions imported, {open} of them open ({overdue} past their deadline: they close as timeout when \
             the server starts), {renamed} under a new id (the old one is in their metadata as `original_session_id`); \
             {present} were there already, {} could not be read",
            skipped.len()
        )
    }
}

/// Imports, says how it goes on standard error, and exits 1 where rows were skipped.
pub(crate) async fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let config = args.settings.load()?.config;
    let zone = times::zone(&args.timezone)?;
    let original = Original::open(&args.original)?;
    let place = Place::take(&config)?;
    if is_same_file(&args.original, place.database()) {
        bail!("{} is the original itself; `database.path` must name a new file", args.original.display());
    }
    let clock = SystemClock::start();
    let converter = Converter::new(zone, clock.now().run);
    if args.strict {
        refuse_unreadable(&original, &converter)?;
    }
    let store = open_store(&place)?;
    let report = import(&original, &converter, async |commit| store.commit(commit).await, &clock).await?;
    store.close().await;
    for row in &report.skipped {
        tell(&format!("skipped: {row}"));
    }
    tell(&report.text());
    Ok(if report.skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn refuse_unreadable(original: &Original, converter: &Converter) -> anyhow::Result<()> {
    let mut unreadable = Vec::new();
    let mut after = 0;
    loop {
        let rows = original.page(after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.rowid;
        unreadable.extend(rows.iter().filter_map(|row| Some(skipped(row, &converter.convert(row).err()?))));
    }
    if unreadable.is_empty() {
        return Ok(());
    }
    bail!("{} rows cannot be read, so nothing was imported:\n  {}", unreadable.len(), unreadable.join("\n  "))
}

fn skipped(row: &OriginalRow, reason: &str) -> String {
    format!("{} (row {}): {reason}", row.session_id.as_deref().unwrap_or("no id"), row.rowid)
}

async fn import(
    original: &Original,
    converter: &Converter,
    commit: impl AsyncFn(Commit) -> Result<Committed, StoreError>,
    clock: &dyn Clock,
) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let store = &commit;
    let (mut after, mut seen, total) = (0, 0, original.count()?);
    loop {
        let rows = original.page(after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.rowid;
        seen += rows.len();
        let mut ready = Vec::with_capacity(rows.len());
        for row in &rows {
            match converter.convert(row) {
                Ok(session) => ready.push(session),
                Err(reason) => report.skipped.push(skipped(row, &reason)),
            }
        }
        let mut commits = stream::iter(ready)
            .map(|converted| async move {
                let commit = Commit {
                    expected: Version::NONE,
                    session: converted.session.clone(),
                    events: converted.events,
                    deliveries: Vec::new(),
                    idempotency: None,
                    files: Vec::new(),
                    standing: None,
                    audit: None,
                    lane: Lane::Open,
                };
                (converted.session, converted.renamed, store(commit).await)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((session, renamed, result)) = commits.next().await {
            match result {
                Ok(_) => {
                    report.imported += 1;
                    report.renamed += u64::from(renamed);
                    if session.status == Status::Pending {
                        report.open += 1;
                        report.overdue += u64::from(session.state.deadline.is_due(&clock.now()));
                    }
                }
                Err(StoreError::Stale) => report.present += 1,
                Err(error) => bail!("session {}: {error}", session.id()),
            }
        }
        tell(&format!("{seen} of {total} rows read"));
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
