//! Whether a finding points at something: a reader who follows it must arrive.
//!
//! What is missing is pointed at where it should be, so that its parent must be there.

use askwell_core::Finding;
use serde_json::Value;

use crate::{Verdict, hold};

/// Findings that something is not there.
const MISSING: [&str; 4] = ["missing_field", "required", "invalid_default", "instructions_required"];

/// Whether there is a value at this pointer.
pub(super) fn exists(document: &Value, pointer: &str) -> bool {
    document.pointer(pointer).is_some()
}

/// Whether each finding points at a value, or at a key that is missing from an object that is there.
pub(super) fn judge(document: &Value, findings: &[Finding]) -> Verdict {
    for finding in findings {
        leads(document, &finding.pointer, finding.code.as_str())?;
    }
    Ok(())
}

/// The same for a finding as it stands on the wire.
pub(super) fn judge_wire(document: &Value, pointer: &str, code: &str) -> Verdict {
    leads(document, pointer, code)
}

fn leads(document: &Value, pointer: &str, code: &str) -> Verdict {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let is_there = exists(document, pointer) || (MISSING.contains(&code) && exists(document, parent));
    hold!(is_there, "{code} points at {pointer:?}, where there is nothing");
    Ok(())
}
