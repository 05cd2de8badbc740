//! Power cuts: what was not fsynced is gone or torn.
//!
//! A machine lives through several cuts with the same books: under load, at an instant that chance draws among the
//! changes of its disk; now and then while it is just starting. After each one all that was ever acknowledged must be
//! there, once, with versions, feed and audit whole.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use askwell_testkit::Chance;
use tokio::time::timeout;

use crate::aftermath::compare;
use crate::clients::Rest;
use crate::effort::Effort;
use crate::ledger::Ledger;
use crate::load::{Load, Mix};
use crate::node::{Node, Wiring};
use crate::plant::Plant;
use crate::report::{Promise, Report};
use crate::vfs::{Disk, Machine};
use crate::weather::Weather;

/// Cuts that one database lives through.
const CUTS_OF_A_LIFE: usize = 5;

/// How long a cut is waited for, where the load does not change the disk often enough.
const CUT_PATIENCE: Duration = Duration::from_secs(4);

/// How long the load may take to get somewhere.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs it.
///
/// # Errors
/// What kept it from running: a server does not start on what a cut has left.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("power");
    for _ in 0..effort.pick(1, 4) {
        live(&mut chance, plant, report).await?;
        if !report.violations.is_empty() {
            break;
        }
    }
    Ok(())
}

/// One database, from its first start to its last cut.
async fn live(chance: &mut Chance, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let files = tempfile::tempdir().context("a folder for uploads")?;
    let (ledger, weather) = (Ledger::default(), Weather::default());
    let mut disk = Disk::default();
    for cut in 0..=CUTS_OF_A_LIFE {
        let (machine, node) = start(disk, files.path(), plant, chance, report).await?;
        if cut > 0 {
            let found = compare(&node, &ledger, Promise::PowerCutLost).await?;
            // Earlier findings are found again: only the last count.
            if cut == CUTS_OF_A_LIFE || !found.violations.is_empty() {
                report.absorb(found);
                machine.switch_off();
                node.abandon();
                return Ok(());
            }
        }
        load_until_cut(&machine, &node, &ledger, &weather, chance).await?;
        node.abandon();
        disk = machine.after_power_cut(chance);
        report.power_cuts += 1;
    }
    Ok(())
}

/// Starts a server on what is left; now and then the power fails once more while it does.
async fn start(
    mut disk: Disk,
    files: &Path,
    plant: Option<Plant>,
    chance: &mut Chance,
    report: &mut Report,
) -> anyhow::Result<(std::sync::Arc<Machine>, Node)> {
    while chance.once_in(4) {
        let machine = Machine::start(disk);
        machine.cut_after(chance.below(40) as u64);
        // It starts, or it does not: the disk is what counts.
        if let Ok(node) = Node::start(Wiring::on_machine(&machine, files, plant)?).await {
            machine.switch_off();
            node.abandon();
        }
        disk = machine.after_power_cut(chance);
        report.power_cuts += 1;
    }
    let machine = Machine::start(disk);
    let node = Node::start(Wiring::on_machine(&machine, files, plant)?).await;
    Ok((machine, node.context("on what a power cut has left")?))
}

async fn load_until_cut(
    machine: &Machine,
    node: &Node,
    ledger: &Ledger,
    weather: &Weather,
    chance: &mut Chance,
) -> anyhow::Result<()> {
    let foul = weather.clone();
    machine.when_off(move || foul.turn_foul());
    weather.turn_fair();
    let rest = Rest::new(node.base())?;
    let mix = Mix { clients: 8, upload_one_in: 12, ..Mix::default() };
    let before = ledger.acknowledged();
    let load = Load::start(&rest, ledger, weather, &mix, Chance::seeded(chance.number()));
    timeout(PATIENCE, ledger.reaches(before + 10)).await.context("the load stands still")?;
    // Mostly soon; now and then only once the log has been copied into the database under load.
    let changes = if chance.once_in(6) { chance.below(2_000) } else { chance.below(160) };
    machine.cut_after(changes as u64);
    if timeout(CUT_PATIENCE, machine.is_off()).await.is_err() {
        machine.switch_off();
    }
    load.stop().await;
    Ok(())
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
    async fn full_keeps_what_was_acknowledged() {
        let report = found(None, 1).await;
        assert!(report.violations.is_empty(), "{:?}", report.violations);
        // Each cut comes after ten at the earliest; how many more there are is the machine's business.
        assert!(report.power_cuts >= 5 && report.acknowledged >= 50, "{report:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn normal_in_place_of_full_is_found() {
        let report = found(Some(Plant::NormalForFull), 1).await;
        assert!(report.count(Promise::PowerCutLost) > 0, "{:?}", report.violations);
    }
}
