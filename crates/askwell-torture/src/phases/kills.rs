//! `kill -9` at random instants, and restart; uploads are in the books.

use std::time::Duration;

use super::scene::Scene;
use crate::effort::Effort;
use crate::load::Mix;
use crate::plant::Plant;
use crate::report::Report;

/// Runs it.
///
/// # Errors
/// What kept it from running: the server does not come back, or ends by itself.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("kills");
    let mut scene = Scene::start(plant).await?;
    // A brief phase sees few uploads, and one of its bugs is about them.
    let mix = Mix { clients: 8, upload_one_in: effort.pick(3, 10), timeout_one_in: 10, ..Mix::default() };
    let load = scene.load(&mix, chance.clone());
    for _ in 0..effort.pick(2, 21) {
        scene.progress(5 + chance.below(25)).await?;
        // After some number of acknowledgements, and then at any instant.
        tokio::time::sleep(Duration::from_micros(chance.below(20_000) as u64)).await;
        scene.kill(report).await?;
    }
    scene.progress(effort.pick(5, 20)).await?;
    load.stop().await;
    scene.finish(report).await
}
