//! Receivers that fail, hang and come back; and one beside them that is well all the time, and must not wait for them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::scene::{Scene, settle_deadlines};
use crate::clients::Receiver;
use crate::clients::receiver::{Call, Mood};
use crate::effort::Effort;
use crate::ledger::{Deed, Entry, Told};
use crate::load::{Load, Mix};
use crate::plant::Plant;
use crate::report::{Promise, Report};
use crate::seen::settle_callbacks;

/// How soon a receiver that is well has its callback, on a machine that is busy with much else.
const PROMPT: Duration = Duration::from_secs(10);

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("receivers");
    let mut scene = Scene::start(plant).await?;
    let well = Receiver::start().await?;
    let mix = Mix { clients: 4, timeout_one_in: 6, ..Mix::default() };
    let load = scene.load(&mix, chance.clone());
    let beside = Mix { clients: 2, callback: Some(well.url().to_owned()), ..mix };
    let beside = Load::start(&scene.rest, &scene.ledger, &scene.weather, &beside, effort.chance("the receiver beside"));
    let mut moods = vec![Mood::Fails(500), Mood::Hangs, Mood::Fails(302), Mood::Fails(503), Mood::Hangs];
    moods.truncate(effort.pick(1, 3 + chance.below(3)));
    for mood in moods {
        scene.receiver.set(mood);
        scene.progress(20 + chance.below(effort.pick(10, 50))).await?;
        scene.receiver.set(Mood::Well);
        scene.progress(effort.pick(10, 20)).await?;
    }
    load.stop().await;
    beside.stop().await;
    settle_deadlines(&scene.rest).await?;
    settle_callbacks(&scene.rest, Duration::from_secs(30)).await?;
    for late in delayed(&scene.ledger.entries(), &well.calls(), PROMPT) {
        report.violation(Promise::CallbackLost, late);
    }
    scene.calls = well.calls();
    scene.finish(report).await
}

/// Callbacks that came to a receiver that was well much later than their outcome was told to who brought it about.
fn delayed(entries: &[Entry], calls: &[Call], patience: Duration) -> Vec<String> {
    let mut first: BTreeMap<String, Instant> = BTreeMap::new();
    for call in calls {
        let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        first.entry(body["session_id"].as_str().unwrap_or_default().to_owned()).or_insert(call.at);
    }
    let mut late = Vec::new();
    for entry in entries {
        let closed = entry.acts.iter().filter(|act| act.deed != Deed::Read && matches!(act.told, Told::Done(_)));
        let Some(closed) = closed.filter_map(|act| act.at).min() else { continue };
        let Some(came) = entry.session.as_ref().and_then(|id| first.get(id)) else { continue };
        let after = came.saturating_duration_since(closed);
        if after > patience {
            late.push(format!(
                "{}: its callback came {after:?} after its outcome, to a receiver that was well",
                entry.name()
            ));
        }
    }
    late
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::{Act, Asked};

    #[test]
    fn a_callback_that_waited_is_found() {
        let asked = Asked { key: "a".into(), body: json!({}), timeout: PROMPT };
        let mut entry = Entry::new(asked);
        entry.opened(&json!({ "session_id": "a" }));
        let sent = Instant::now();
        let deed = Deed::Cancel { reason: "r".into() };
        entry.acts.push(Act { deed, sent, told: Told::Done(json!({})), at: Some(sent) });
        let call = |at| Call {
            id: "1".into(),
            body: json!({ "session_id": "a" }).to_string().into(),
            signature: Ok(()),
            taken: true,
            at,
        };
        let entries = [entry];
        assert_eq!(delayed(&entries, &[call(sent + PROMPT)], PROMPT), Vec::<String>::new());
        assert_eq!(delayed(&entries, &[call(sent + 2 * PROMPT)], PROMPT).len(), 1);
    }
}
