//! What is compared on a server in this process, once the trouble is over and it has come to rest.

use anyhow::Context as _;
use askwell_app::ports::AuditStore as _;
use askwell_core::audit::Verifier;

use crate::clients::Rest;
use crate::judge::judge;
use crate::ledger::Ledger;
use crate::node::Node;
use crate::report::{Promise, Report};
use crate::seen::Seen;

/// Entries of the audit read at once.
const PAGE: usize = 500;

/// Compares the books with what is there, and looks whether the chain of the audit is whole.
///
/// # Errors
/// The server does not answer.
pub(crate) async fn compare(node: &Node, ledger: &Ledger, lost: Promise) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let seen = Seen::collect(&Rest::new(node.base())?, ledger).await?;
    judge(ledger, &seen, lost, &mut report);
    if let Err(wrong) = verify_audit(node).await? {
        report.violation(Promise::AuditGap, format!("the chain of the audit: {wrong}"));
    }
    Ok(report)
}

/// What is wrong with the chain, as `askwell audit verify` would find it.
async fn verify_audit(node: &Node) -> anyhow::Result<Result<(), String>> {
    let mut verifier = Verifier::expecting(None);
    loop {
        let reached = verifier.head().last;
        let page = node.store().sealed(reached, PAGE).await.context("the audit cannot be read")?;
        if page.is_empty() {
            return Ok(verifier.finish().map(drop).map_err(|wrong| wrong.to_string()));
        }
        for batch in page {
            let entries = batch.entries.iter().try_for_each(|(number, text)| verifier.entry(*number, text.as_bytes()));
            let seal = &batch.seal;
            if let Err(wrong) = entries.and_then(|()| verifier.seal(seal.first, seal.last, &seal.hash)) {
                return Ok(Err(wrong.to_string()));
            }
        }
    }
}
