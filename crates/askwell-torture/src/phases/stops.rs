//! SIGSTOP of clients and server: nothing of them runs for a while, and then they go on as if nothing had been.

use std::time::Duration;

use super::scene::Scene;
use crate::clients::frozen::Frozen;
use crate::effort::Effort;
use crate::load::Mix;
use crate::plant::Plant;
use crate::report::{Promise, Report};

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("stops");
    let mut scene = Scene::start(plant).await?;
    let frozen = Frozen::start(&scene.rest)?;
    let load = scene.load(&Mix { clients: 8, timeout_one_in: 4, ..Mix::default() }, chance.clone());
    for _ in 0..effort.pick(1, 4) {
        scene.progress(20 + chance.below(30)).await?;
        scene.weather.turn_foul();
        scene.process.freeze()?;
        tokio::time::sleep(Duration::from_millis(100 + chance.below(1_000) as u64)).await;
        scene.process.thaw()?;
        scene.weather.turn_fair();
        // Others go on while a client is stopped: it is fair weather.
        frozen.freeze(Duration::from_millis(200 + chance.below(800) as u64)).await?;
    }
    scene.progress(effort.pick(20, 40)).await?;
    load.stop().await;
    let last = scene.end_of_feed().await?;
    let (trails, missed) = frozen.finish(&last).await?;
    scene.trails = trails;
    if let Some(missed) = missed {
        report.violation(Promise::AuditGap, format!("a client that was stopped for a while: {missed}"));
    }
    scene.finish(report).await
}
