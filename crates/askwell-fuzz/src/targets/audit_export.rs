//! Exports of the audit, as a verifier reads them: lines that need not be an export at all.
//!
//! Holds: an export that verifies has been sealed as it stands. The input is
//! read as it is, which must never be taken for an export without its end; and
//! it is sealed and then tampered with at a place that it chooses, which must
//! be noticed.

use askwell_core::audit::ndjson::{BadLine, Reader};
use askwell_core::audit::{ExportForm, GENESIS, Head, Sealer};
use askwell_core::digest::canonical;
use askwell_core::json;

use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "audit_export",
    run,
    words: &[
        "{\"number\":1,",
        "\"entry\":{",
        "\"seal\":",
        "\"end\":",
        "\"hash\":\"",
        "\n",
        "\"first\":1",
        "\"last\":1",
        "\"head\":",
    ],
    bounded: 2_000,
};

fn run(bytes: &[u8]) -> Verdict {
    if let Ok(head) = verify(bytes) {
        hold!(bytes.windows(4).any(|word| word == b"hash") || head == Head::EMPTY, "what has no seal is an export");
    }
    let entry =
        json::parse(bytes).map_or_else(|_| canonical(&String::from_utf8_lossy(bytes).into()), |it| canonical(&it));
    let export = export(&entry);
    let whole = verify(export.as_bytes());
    hold!(whole.is_ok(), "an export of ours does not verify: {whole:?}");
    let at =
        bytes.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte))) % export.len();
    let mut tampered = export.clone().into_bytes();
    if let Some(byte) = tampered.get_mut(at) {
        *byte ^= 1;
    }
    judge(&export, &tampered, &verify(&tampered))
}

/// What must hold of the verification of an export that was tampered with.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge(export: &str, tampered: &[u8], verdict: &Result<Head, BadLine>) -> Verdict {
    hold!(
        tampered == export.as_bytes() || verdict.is_err(),
        "tampering goes unnoticed: {}",
        String::from_utf8_lossy(tampered)
    );
    Ok(())
}

/// An export of one entry.
pub fn export(entry: &str) -> String {
    let form = ExportForm::Ndjson;
    let mut sealer = Sealer::new(&GENESIS);
    sealer.add(1, entry.as_bytes());
    let hash = sealer.finish();
    let head = Head { last: 1, hash };
    [form.start(), form.entry(1, entry), form.seal(1, 1, &hash), form.end(&head)].concat()
}

/// Verifies an export.
///
/// # Errors
/// The first line that is wrong.
pub fn verify(export: &[u8]) -> Result<Head, BadLine> {
    let mut reader = Reader::expecting(None);
    for line in export.split_inclusive(|byte| *byte == b'\n') {
        reader.line(line)?;
    }
    reader.finish()
}
