//! What is there afterwards: the lists and the feed over REST, the uploads, and what receivers were sent.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::clients::Rest;
use crate::clients::receiver::Call;
use crate::follow::Trail;
use crate::ledger::Ledger;
use crate::load::hex;

/// What is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// All sessions, by id.
    pub(crate) sessions: BTreeMap<String, Value>,
    /// The feed from its beginning.
    pub(crate) events: Vec<Value>,
    /// SHA-256 of the bytes of each acknowledged upload, or why there are none; by file.
    pub(crate) files: BTreeMap<String, Result<String, String>>,
    /// What the receiver was sent; none where there is no receiver, or none that is up at last.
    pub(crate) calls: Option<Vec<Call>>,
    /// What those were given who followed the feed all the while.
    pub(crate) trails: Vec<Trail>,
    /// Of `/api/statistics`.
    pub(crate) statistics: Value,
}

impl Seen {
    /// Reads all that there is of a server that has come to rest: no load, no deadline that is near.
    ///
    /// # Errors
    /// The server does not answer as it should.
    pub(crate) async fn collect(rest: &Rest, ledger: &Ledger) -> anyhow::Result<Self> {
        let mut seen = Self { events: events(rest).await?, ..Self::default() };
        let pages = pages(rest, "/api/sessions?status=all&limit=500", "cursor", "sessions").await?;
        seen.sessions.extend(pages.into_iter().filter_map(|session| {
            let id = session["session_id"].as_str()?.to_owned();
            Some((id, session))
        }));
        for entry in ledger.entries() {
            let Some(id) = &entry.session else { continue };
            for upload in &entry.uploads {
                let bytes = rest.download(id, &upload.file_id).await;
                let sum = bytes.map(|bytes| hex(&Sha256::digest(&bytes))).map_err(|error| format!("{error:?}"));
                seen.files.insert(upload.file_id.clone(), sum);
            }
        }
        let mut statistics = read(rest, "/api/statistics").await?;
        seen.statistics = statistics["statistics"].take();
        Ok(seen)
    }
}

/// The feed from its beginning.
///
/// # Errors
/// The server does not answer as it should.
pub(crate) async fn events(rest: &Rest) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let mut page = read(rest, &format!("/api/events?limit=500{after}")).await?;
        let Value::Array(events) = page["events"].take() else { bail!("the feed has no events: {page}") };
        if events.is_empty() {
            return Ok(all);
        }
        all.extend(events);
        after = format!("&after={}", page["next_cursor"].as_str().context("no next_cursor")?);
    }
}

/// Waits until no callback is on its way any more. One whose schedule is longer than our patience is sent again at
/// once, as an owner would do when a receiver is back.
///
/// # Errors
/// The server does not answer as it should.
pub(crate) async fn settle_callbacks(rest: &Rest, patience: Duration) -> anyhow::Result<()> {
    let began = Instant::now();
    while began.elapsed() < patience {
        let owed = pages(rest, "/api/deliveries?state=pending&limit=500", "cursor", "deliveries").await?;
        if owed.is_empty() {
            return Ok(());
        }
        // What is due soon comes by itself, as does what is under way.
        for delivery in owed.iter().filter(|delivery| delivery["attempts_made"].as_u64() > Some(1)) {
            let id = delivery["delivery_id"].as_str().context("no delivery_id")?;
            let _ = rest.write(&format!("/api/deliveries/{id}/redeliver")).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn pages(rest: &Rest, path: &str, cursor: &str, items: &str) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut next = String::new();
    loop {
        let mut page = read(rest, &format!("{path}{next}")).await?;
        let Value::Array(found) = page[items].take() else { bail!("{path} has no {items}: {page}") };
        all.extend(found);
        let Some(more) = page["next_cursor"].as_str() else { return Ok(all) };
        next = format!("&{cursor}={more}");
    }
}

async fn read(rest: &Rest, path: &str) -> anyhow::Result<Value> {
    rest.read(path).await.map_err(|refusal| anyhow!("GET {path}: {refusal:?}"))
}
