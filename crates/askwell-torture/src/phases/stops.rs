//! SIGSTOP of clients and server: nothing of them runs for a while, and then they go on as if nothing had been.

use std::time::Duration;

use super::scene::Scene;
use crate::effort::Effort;
use crate::load::Mix;
use crate::plant::Plant;
use crate::report::Report;

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("stops");
    let scene = Scene::start(plant).await?;
    let load = scene.load(Mix { clients: 8, timeout_one_in: 4, ..Mix::default() }, chance.clone());
    for _ in 0..effort.pick(2, 6) {
        scene.progress(20 + chance.below(40)).await?;
        scene.weather.turn_foul();
        scene.process.freeze()?;
        tokio::time::sleep(Duration::from_millis(100 + chance.below(1_200) as u64)).await;
        scene.process.thaw()?;
        scene.weather.turn_fair();
    }
    scene.progress(effort.pick(20, 60)).await?;
    load.stop().await;
    scene.finish(report).await
}
