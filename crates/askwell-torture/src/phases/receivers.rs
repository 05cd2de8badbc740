//! Receivers that fail, hang and come back.

use std::time::Duration;

use super::scene::Scene;
use crate::clients::receiver::Mood;
use crate::effort::Effort;
use crate::load::Mix;
use crate::plant::Plant;
use crate::report::Report;

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("receivers");
    let scene = Scene::start(plant).await?;
    let load = scene.load(Mix { clients: 6, timeout_one_in: 6, ..Mix::default() }, chance.clone());
    let mut moods = vec![Mood::Fails(500), Mood::Hangs, Mood::Fails(302), Mood::Fails(503), Mood::Hangs];
    moods.truncate(effort.pick(2, 5));
    for mood in moods {
        scene.receiver.set(mood);
        scene.progress(effort.pick(20, 60) + chance.below(40)).await?;
        scene.receiver.set(Mood::Well);
        scene.progress(effort.pick(20, 60)).await?;
        tokio::time::sleep(Duration::from_millis(chance.below(50) as u64)).await;
    }
    load.stop().await;
    scene.finish(report).await
}
