//! I/O errors, a full disk, failing fsync.
//!
//! Each kind of trouble gets a machine of its own: it works, the trouble begins, clients go on asking, the trouble
//! ends, and then the power fails. Refusals must be those that are promised; reads go on; the server comes back by
//! itself; and nothing is gone that was acknowledged before, during or after it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use askwell_testkit::Chance;
use serde_json::{Value, json};

use crate::aftermath::compare;
use crate::clients::{Refusal, Rest};
use crate::effort::Effort;
use crate::ledger::{Asked, Deed, Ledger, Place};
use crate::node::{Node, Wiring};
use crate::plant::Plant;
use crate::report::{Promise, Report};
use crate::vfs::{AfterFailedSync, Disk, Faults, Machine, Trouble};

/// How long it may take until a server serves again once its disk does.
const RECOVERY: Duration = Duration::from_secs(15);

/// Sessions opened and answered before, during and after the trouble.
const BEFORE: usize = 12;
const DURING: usize = 24;
const AFTER: usize = 12;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// There is no room any more.
    Full,
    /// Some writes fail.
    Writes,
    /// All writes fail, for a while.
    AllWrites,
    /// One fsync fails; the cache goes on showing what is lost.
    OneSync,
    /// One fsync fails; the cache shows what is on disk.
    OneSyncReverted,
    /// All fsyncs fail, for a while.
    AllSyncs,
    /// Some reads fail.
    Reads,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The server comes back by itself, and later the power fails.
    Recovered,
    /// The process is killed in the midst of it, is started again on the same machine, works, and the power fails.
    Killed,
}

impl Kind {
    const ALL: &[Self] =
        &[Self::Full, Self::Writes, Self::AllWrites, Self::OneSync, Self::OneSyncReverted, Self::AllSyncs, Self::Reads];

    fn faults(self, used: u64, chance: &mut Chance) -> Faults {
        let some = Trouble::after(chance.below(12) as u64, 1 + chance.below(4) as u64);
        let one = Trouble::after(chance.below(4) as u64, 1);
        let after_failed_sync = match self {
            Self::OneSyncReverted => AfterFailedSync::CacheReverts,
            _ => AfterFailedSync::CacheStays,
        };
        let good = Faults { after_failed_sync, ..Faults::default() };
        match self {
            Self::Full => Faults { capacity: Some(used + chance.below(60_000) as u64), ..good },
            Self::Writes => Faults { writes: some, ..good },
            Self::AllWrites => Faults { writes: Trouble::LASTING, ..good },
            Self::OneSync | Self::OneSyncReverted => Faults { syncs: one, ..good },
            Self::AllSyncs => Faults { syncs: Trouble::LASTING, ..good },
            Self::Reads => Faults { reads: some, ..good },
        }
    }

    /// The statuses that clients may be refused with.
    fn allows(self, status: u16) -> bool {
        match self {
            Self::Full => status == 507,
            _ => status == 503,
        }
    }

    /// Whether nothing at all can be acknowledged while it lasts.
    fn is_total(self) -> bool {
        matches!(self, Self::AllWrites | Self::AllSyncs)
    }
}

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("disk");
    let ends: &[End] = effort.pick(&[End::Recovered], &[End::Recovered, End::Killed]);
    for kind in Kind::ALL {
        for end in ends {
            let mut found = Report::default();
            live(*kind, *end, &mut chance, plant, &mut found).await.with_context(|| format!("{kind:?}, {end:?}"))?;
            for violation in &mut found.violations {
                violation.detail = format!("{kind:?}, {end:?}: {}", violation.detail);
            }
            report.absorb(found);
        }
        // A bug that is planted need not be found twice.
        if plant.is_some() && !report.violations.is_empty() {
            break;
        }
    }
    Ok(())
}

/// One machine and its trouble.
async fn live(
    kind: Kind,
    end: End,
    chance: &mut Chance,
    plant: Option<Plant>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let files = tempfile::tempdir().context("a folder for uploads")?;
    let mut client = Client::default();
    let mut machine = Machine::start(Disk::default());
    let mut node = start(&machine, files.path(), plant).await?;
    client.work(&node, BEFORE, chance).await?;
    let faults = kind.faults(machine.used(), chance);
    machine.set_faults(|set| *set = faults);
    let refused = client.work(&node, DURING, chance).await?;
    judge_trouble(kind, &node, &client, &refused, report).await?;
    if end == End::Killed {
        let disk = machine.after_kill();
        node.abandon();
        machine = Machine::start(disk);
        machine.set_faults(|set| *set = Faults::default());
        node = start(&machine, files.path(), plant).await?;
    } else {
        machine.set_faults(|set| *set = Faults::default());
        if let Err(refusal) = recovered(&node, &mut client, chance).await? {
            report.violation(Promise::Unavailable, format!("not back after {RECOVERY:?}: {refusal:?}"));
        }
    }
    for refusal in client.work(&node, AFTER, chance).await? {
        report.violation(Promise::Unavailable, format!("the disk is well again: {refusal:?}"));
    }
    // What is only in the cache shall not count.
    machine.switch_off();
    node.abandon();
    let left = Machine::start(machine.after_power_cut(chance));
    report.power_cuts += 1;
    let node = start(&left, files.path(), None).await?;
    report.absorb(compare(&node, &client.ledger, Promise::Lost).await?);
    left.switch_off();
    node.abandon();
    Ok(())
}

async fn start(machine: &Arc<Machine>, files: &Path, plant: Option<Plant>) -> anyhow::Result<Node> {
    Node::start(Wiring::on_machine(machine, files, plant)?).await
}

/// Refusals are those that are promised, and say so; what can be read is read.
async fn judge_trouble(
    kind: Kind,
    node: &Node,
    client: &Client,
    refused: &[Refusal],
    report: &mut Report,
) -> anyhow::Result<()> {
    for refusal in refused {
        if !matches!(refusal, Refusal::Told(status, ..) if kind.allows(*status)) {
            report.violation(Promise::Unavailable, format!("refused with {refusal:?}"));
        }
    }
    if kind == Kind::Reads {
        return Ok(());
    }
    let rest = Rest::new(node.base())?;
    if let Some(id) = client.ledger.entries().iter().find_map(|entry| entry.session.clone())
        && let Err(refusal) = rest.session(&id, None).await
    {
        report.violation(Promise::Unavailable, format!("what is there cannot be read: {refusal:?}"));
    }
    if kind.is_total() {
        if refused.is_empty() {
            report.violation(Promise::Lost, "all was acknowledged by a disk that takes nothing");
        }
        for path in ["/ready", "/api/sessions"] {
            judge_unready(&rest, path, report).await?;
        }
    }
    Ok(())
}

/// While nothing can be acknowledged `/ready` fails, and a create is told when to come again.
async fn judge_unready(rest: &Rest, path: &str, report: &mut Report) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(RECOVERY).build()?;
    let url = format!("{}{path}", rest.base());
    let request = if path == "/ready" { http.get(url) } else { http.post(url).json(&question("unready")) };
    let reply = request.send().await?;
    if reply.status().as_u16() != 503 {
        report.violation(Promise::Unavailable, format!("{path} says {} while nothing can be written", reply.status()));
    } else if path != "/ready" && !reply.headers().contains_key("retry-after") {
        report.violation(Promise::Unavailable, format!("{path} is refused without Retry-After"));
    }
    Ok(())
}

/// Asks until something is acknowledged again.
async fn recovered(node: &Node, client: &mut Client, chance: &mut Chance) -> anyhow::Result<Result<(), Refusal>> {
    let began = Instant::now();
    loop {
        let Some(refusal) = client.work(node, 1, chance).await?.pop() else { return Ok(Ok(())) };
        if began.elapsed() > RECOVERY {
            return Ok(Err(refusal));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A client that opens sessions and answers them, whatever the weather, and keeps its books.
#[derive(Default)]
struct Client {
    ledger: Ledger,
    asked: usize,
    /// Opened, and not answered.
    open: Vec<(Place, String, String)>,
}

impl Client {
    /// Opens so many sessions, and answers about as many. What was refused.
    async fn work(&mut self, node: &Node, count: usize, chance: &mut Chance) -> anyhow::Result<Vec<Refusal>> {
        let rest = Rest::new(node.base())?;
        let mut refused = Vec::new();
        for _ in 0..count {
            self.asked += 1;
            let key = format!("{:08x}-{}", chance.below(1 << 30), self.asked);
            let body = question(&key);
            let asked = Asked { key: key.clone(), body, timeout: Duration::from_hours(1) };
            let place = self.ledger.ask(asked.clone());
            match rest.create(&key, &asked.body).await {
                Ok(reply) => {
                    self.ledger.opened(place, &reply["session"]);
                    let id = reply["session_id"].as_str().ok_or_else(|| anyhow!("a create without session_id"))?;
                    self.open.push((place, id.to_owned(), key));
                }
                Err(refusal) => refused.push(refusal),
            }
            if self.open.is_empty() || chance.once_in(4) {
                continue;
            }
            let (place, id, key) = self.open.swap_remove(chance.below(self.open.len()));
            let user = format!("{key}/0");
            let response = json!({ "choice": "confirm" });
            let act = self.ledger.act(place, Deed::Answer { user: user.clone(), response: response.clone() });
            let reply = rest.respond(&id, &user, &response).await;
            self.ledger.told(act, &reply);
            if let Err(refusal) = reply {
                refused.push(refusal);
            }
        }
        Ok(refused)
    }
}

fn question(key: &str) -> Value {
    json!({
        "interaction_data": {
            "interaction_type": "confirmation", "title": key, "message": "x".repeat(1_500), "timeout": 3600.0,
        },
        "workflow_id": key,
        "metadata": { "key": key },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::Length;

    async fn found(plant: Option<Plant>, seed: u64) -> Report {
        let mut report = Report::default();
        run(&Effort { length: Length::Brief, seed }, plant, &mut report).await.expect("it runs");
        report
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn trouble_loses_nothing_and_passes() {
        let report = found(None, 1).await;
        assert!(report.violations.is_empty(), "{:#?}", report.violations);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_acknowledged_despite_the_disk_is_found() {
        assert!(found(Some(Plant::AckDespiteError), 1).await.count(Promise::Lost) > 0);
    }
}
