//! Compares the clients' books with what is there. Each judge is a pure function in a file of its own, with the false
//! records that prove it.

mod callbacks;
mod feed;
mod sessions;

#[cfg(test)]
mod fixtures;

use crate::history;
use crate::ledger::{Entry, Ledger, Margins};
use crate::report::{Promise, Report, Violation};
use crate::seen::Seen;

/// More refusals than this in a thousand requests that were acknowledged fail a run.
const MAX_REFUSED_PER_THOUSAND: u64 = 5;

/// Violations, as a judge finds them.
#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, promise: Promise, detail: impl Into<String>) {
        self.0.push(Violation { promise, detail: detail.into() });
    }

    #[cfg(test)]
    fn promises(&self) -> Vec<Promise> {
        self.0.iter().map(|violation| violation.promise).collect()
    }
}

/// Judges a server that has come to rest. `lost` is how what was acknowledged and is not there is called:
/// [`Promise::Lost`], or [`Promise::PowerCutLost`] after a power cut. Adds violations, histories and acknowledged
/// operations to the report.
pub(crate) fn judge(ledger: &Ledger, seen: &Seen, lost: Promise, report: &mut Report) {
    let (entries, notes) = (ledger.entries(), ledger.notes());
    let mut findings = Findings::default();
    sessions::judge(&entries, seen, lost, &mut findings);
    sessions::judge_heard(&entries, &notes, seen, &mut findings);
    feed::judge(seen, &mut findings);
    callbacks::judge(seen, &mut findings);
    linearize(&entries, report, &mut findings);
    margins(ledger, &notes, &mut findings);
    report.violations.extend(findings.0);
    report.acknowledged += ledger.acknowledged();
    report.refused += notes.refusals.len() as u64;
    report.lateness.extend(notes.lateness);
}

/// Checks the history of each session on which more than one thing was tried.
fn linearize(entries: &[Entry], report: &mut Report, findings: &mut Findings) {
    for entry in entries.iter().filter(|entry| entry.acts.len() > 1) {
        report.histories += 1;
        if let Err(told) = history::check(entry) {
            findings.add(Promise::Linearizable, format!("{}: {told}", entry.name()));
        }
    }
}

fn margins(ledger: &Ledger, notes: &Margins, findings: &mut Findings) {
    for id in &notes.stuck {
        findings.add(Promise::Stuck, format!("a waiter for {id} was not woken"));
    }
    let most = 2 + ledger.acknowledged() * MAX_REFUSED_PER_THOUSAND / 1_000;
    if notes.refusals.len() as u64 > most {
        let shown: Vec<_> = notes.refusals.iter().take(5).map(String::as_str).collect();
        let count = notes.refusals.len();
        findings.add(Promise::Unavailable, format!("{count} refusals in fair weather, e.g. {}", shown.join("; ")));
    }
}
