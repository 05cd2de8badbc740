//! `askwell audit`: whether the audit is what it was, and all of it as evidence.
//!
//! Job: read an export or the database itself, also while a server writes it,
//! and say how it stands. Invariant: it changes nothing. Neighbours:
//! `askwell_core::audit` judges, `askwell_sqlite::AuditLog` reads the rows.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use askwell_app::ports::SealedBatch;
use askwell_core::audit::ndjson::{BadLine, Reader};
use askwell_core::audit::{ExportForm, Hash, Head, parse_hash};
use askwell_sqlite::{AuditLog, AuditLogError};
use clap::Subcommand;

use super::{print, tell};
use crate::cli::Settings;
use crate::config::DatabasePath;

/// The longest line of an export, in bytes: more than any entry may have.
const MAX_LINE: u64 = 64 << 20;

/// Entries that are exported at once.
const PAGE: usize = 4_096;

/// What to do with the audit.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether an NDJSON export, or the database itself, is what was once sealed.
    ///
    /// Prints the number of entries and the head of their chain. Exit status: 0 it is, 1 it is not (the first thing
    /// that is wrong is named), 2 it could not be read.
    Verify {
        /// The export, `-` for standard input; absent: the configured database, which may be in use.
        file: Option<PathBuf>,
        /// A head that was written down earlier: it must be one of this chain, or the chain was cut or replaced.
        #[arg(long, value_name = "HASH", value_parser = head)]
        head: Option<KeptHead>,
        /// Where the configuration is.
        #[command(flatten)]
        settings: Settings,
    },
    /// Write the audit of the configured database, which may be in use, to standard output.
    Export {
        /// `ndjson`, which can be verified, or `csv`, for a spreadsheet.
        #[arg(long, default_value = "ndjson", value_parser = form)]
        format: ExportForm,
        /// Where the configuration is.
        #[command(flatten)]
        settings: Settings,
    },
}

/// A head that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptHead(Hash);

fn head(text: &str) -> Result<KeptHead, String> {
    let expected = "expected 64 hexadecimal digits, as `askwell audit verify` prints them";
    parse_hash(text.trim()).map(KeptHead).ok_or_else(|| expected.to_owned())
}

fn form(text: &str) -> Result<ExportForm, String> {
    let found = ExportForm::ALL.iter().find(|(name, _)| *name == text);
    found.map(|(_, form)| *form).ok_or_else(|| "expected `ndjson` or `csv`".to_owned())
}

/// Does it.
pub(super) fn run(command: &AuditCommand) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify { file: Some(file), head, .. } => verify_export(file, *head),
        AuditCommand::Verify { file: None, head, settings } => verify_database(&database(settings)?, *head),
        AuditCommand::Export { format, settings } => export(&database(settings)?, *format),
    }
}

fn database(settings: &Settings) -> anyhow::Result<PathBuf> {
    let config = settings.load()?.config;
    let DatabasePath::At(database) = config.database.path else {
        bail!("database.path is `:memory:`: its audit can only be exported by the server, from /api/audit/export");
    };
    if !database.is_file() {
        bail!("there is no database at {}", database.display());
    }
    Ok(database)
}

fn verify_export(file: &Path, head: Option<KeptHead>) -> anyhow::Result<ExitCode> {
    let verdict = if file == Path::new("-") {
        judge(std::io::stdin().lock(), head)
    } else {
        let open = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
        judge(BufReader::with_capacity(1 << 20, open), head)
    };
    verdict.with_context(|| format!("{} cannot be read", file.display()))?.map_or_else(
        |bad| {
            tell(&format!("askwell: {}: {bad}", file.display()));
            Ok(ExitCode::FAILURE)
        },
        whole,
    )
}

fn judge(mut export: impl BufRead, head: Option<KeptHead>) -> std::io::Result<Result<Head, BadLine>> {
    let mut reader = Reader::expecting(head.map(|head| head.0));
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line without end is none of ours, and need not be read to its end to know that.
        if export.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(reader.finish());
        }
        if let Err(bad) = reader.line(&line) {
            return Ok(Err(bad));
        }
    }
}

fn verify_database(database: &Path, head: Option<KeptHead>) -> anyhow::Result<ExitCode> {
    match AuditLog::open(database)?.verify(head.map(|head| head.0)) {
        Ok(head) => whole(head),
        Err(AuditLogError::Wrong(wrong)) => {
            tell(&format!("askwell: {}: {wrong}", database.display()));
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(error.into()),
    }
}

fn whole(head: Head) -> anyhow::Result<ExitCode> {
    print(&format!("{} entries, head {head}\n", head.last))?;
    Ok(ExitCode::SUCCESS)
}

fn export(database: &Path, form: ExportForm) -> anyhow::Result<ExitCode> {
    let log = AuditLog::open(database)?;
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut write = |text: &str| output.write_all(text.as_bytes());
    let mut head = Head::EMPTY;
    write(&form.start())?;
    loop {
        let batches = log.sealed(head.last, PAGE)?;
        if batches.is_empty() {
            break;
        }
        for SealedBatch { entries, seal } in batches {
            for (number, entry) in entries {
                write(&form.entry(number, &entry))?;
            }
            write(&form.seal(seal.first, seal.last, &seal.hash))?;
            head = Head { last: seal.last, hash: seal.hash };
        }
    }
    write(&form.end(&head))?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use askwell_core::audit::ndjson::LineFault;
    use askwell_core::audit::{GENESIS, ndjson, seal};

    use super::*;

    #[test]
    fn an_export_is_judged_and_the_line_is_named() {
        let hash = seal(&GENESIS, 1, ["{}"]);
        let lines =
            [ndjson::entry_line(1, "{}"), ndjson::seal_line(1, 1, &hash), ndjson::end_line(&Head { last: 1, hash })];
        let whole = lines.concat();
        assert_eq!(judge(whole.as_bytes(), None).unwrap().unwrap().last, 1);
        assert_eq!(judge(whole.as_bytes(), Some(KeptHead(hash))).unwrap().unwrap().hash, hash);
        assert!(judge(whole.as_bytes(), Some(KeptHead([1; 32]))).unwrap().is_err());
        let bad = judge(&whole.as_bytes()[..whole.len() - 1], None).unwrap().unwrap_err();
        assert_eq!((bad.noticed, bad.fault), (3, LineFault::NotOurs));
        let bad = judge(&b""[..], None).unwrap().unwrap_err();
        assert_eq!((bad.noticed, &bad.fault), (1, &LineFault::NoEnd));
        assert!(bad.to_string().starts_with("line 1: the export breaks off"), "{bad}");
    }

    #[test]
    fn heads_and_forms_are_read() {
        assert_eq!(head(&format!(" {}\n", "0".repeat(64))), Ok(KeptHead(GENESIS)));
        assert!(head("12").unwrap_err().contains("64 hexadecimal digits"));
        assert_eq!(form("csv"), Ok(ExportForm::Csv));
        assert!(form("xml").unwrap_err().contains("`ndjson` or `csv`"));
    }
}
