//! Clock steps: the wall is set forward and back, the steady clock goes on.
//!
//! Measured by this process's own monotonic clock: no deadline fires early, an answer in time is taken whatever the
//! wall shows, and after a step back a session is open to both or to neither: no limbo. How late deadlines fire is
//! counted where the wall was not set back meanwhile, which postpones them by promise.

use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use askwell_testkit::Chance;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::clients::{Refusal, Rest};
use crate::effort::Effort;
use crate::node::{Node, Wiring};
use crate::plant::Plant;
use crate::ports::WallOffset;
use crate::report::{Promise, Report};
use crate::vfs::{Disk, Machine};

/// How long after its deadline a session is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs it.
///
/// # Errors
/// What kept it from running.
pub(crate) async fn run(effort: &Effort, plant: Option<Plant>, report: &mut Report) -> anyhow::Result<()> {
    let mut chance = effort.chance("clock");
    let files = tempfile::tempdir().context("a folder for uploads")?;
    let machine = Machine::start(Disk::default());
    let wall = WallOffset::default();
    let wiring = Wiring { wall: wall.clone(), ..Wiring::on_machine(&machine, files.path(), plant)? };
    let node = Node::start(wiring).await?;
    let rest = Rest::new(node.base())?;
    forward(&rest, &wall, effort.pick(12, 120), &mut chance, report).await?;
    wall.reset();
    back(&rest, &wall, effort.pick(8, 40), report).await?;
    node.stop().await
}

/// A session as its client knows it.
struct Asked {
    id: String,
    sent: Instant,
    timeout: Duration,
}

async fn open(rest: &Rest, name: &str, timeout: Duration) -> anyhow::Result<Asked> {
    let body = json!({
        "interaction_data": {
            "interaction_type": "confirmation", "title": name, "message": "", "timeout": timeout.as_secs_f64(),
        },
    });
    let sent = Instant::now();
    let reply = rest.create(name, &body).await.map_err(|refusal| anyhow!("a create: {refusal:?}"))?;
    let id = reply["session_id"].as_str().context("a create without session_id")?.to_owned();
    Ok(Asked { id, sent, timeout })
}

/// Sessions come due, or are answered half-way, while the wall is set forward again and again.
async fn forward(
    rest: &Rest,
    wall: &WallOffset,
    count: usize,
    chance: &mut Chance,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut all = JoinSet::new();
    for number in 0..count {
        let timeout = Duration::from_millis(1_000 + chance.below(1_500) as u64);
        let asked = open(rest, &format!("forward-{number}"), timeout).await?;
        let rest = rest.clone();
        if number % 4 == 0 {
            all.spawn(async move { answer_half_way(&rest, &asked).await });
        } else {
            all.spawn(async move { wait(&rest, &asked).await });
        }
        if chance.once_in(6) {
            wall.step(SignedDuration::from_millis(1 + i64::try_from(chance.below(3_600_000))?));
        }
        tokio::time::sleep(Duration::from_millis(chance.below(25) as u64)).await;
    }
    while let Some(found) = all.join_next().await {
        report.absorb(found?);
    }
    Ok(())
}

/// The wall is set back: what was asked before stays open, may be answered, and closes once the wall is right again.
async fn back(rest: &Rest, wall: &WallOffset, count: usize, report: &mut Report) -> anyhow::Result<()> {
    let timeout = Duration::from_secs(1);
    let mut all = Vec::new();
    for number in 0..count {
        all.push(open(rest, &format!("back-{number}"), timeout).await?);
    }
    wall.step(SignedDuration::from_mins(-30));
    tokio::time::sleep(timeout + Duration::from_millis(200)).await;
    let (answered, left) = all.split_at(count / 2);
    for asked in answered {
        if let Err(refusal) = answer(rest, asked).await {
            let detail = format!("{}: open to the clock, and closed to whoever answers: {refusal:?}", asked.id);
            report.violation(Promise::EarlyTimeout, detail);
        }
    }
    for asked in left {
        let session = read(rest, asked, None).await?;
        if session["status"] != "pending" {
            let detail = format!("{}: the wall is before its deadline, and it is {}", asked.id, session["status"]);
            report.violation(Promise::EarlyTimeout, detail);
        }
    }
    wall.step(SignedDuration::from_mins(30));
    for asked in left {
        let session = read(rest, asked, Some(PATIENCE)).await?;
        if session["status"] != "timeout" {
            let detail = format!("{}: overdue on both clocks, and it is {}", asked.id, session["status"]);
            report.violation(Promise::Stuck, detail);
        }
    }
    report.acknowledged += (count + answered.len()) as u64;
    Ok(())
}

/// Waits for the deadline, and measures it.
async fn wait(rest: &Rest, asked: &Asked) -> Report {
    let mut report = Report { acknowledged: 1, ..Report::default() };
    let session = match read(rest, asked, Some(asked.timeout + PATIENCE)).await {
        Ok(session) => session,
        Err(error) => {
            report.violation(Promise::Unavailable, format!("{}: {error:#}", asked.id));
            return report;
        }
    };
    let lived = asked.sent.elapsed();
    if session["status"] != "timeout" {
        report.violation(Promise::Stuck, format!("{}: still {} after {lived:?}", asked.id, session["status"]));
    } else if let Some(late) = lived.checked_sub(asked.timeout) {
        report.lateness.push(late);
    } else {
        let detail = format!("{}: timed out {lived:?} after it was sent, with {:?} to go", asked.id, asked.timeout);
        report.violation(Promise::EarlyTimeout, detail);
    }
    report
}

async fn answer_half_way(rest: &Rest, asked: &Asked) -> Report {
    let mut report = Report { acknowledged: 1, ..Report::default() };
    tokio::time::sleep(asked.timeout / 2).await;
    match answer(rest, asked).await {
        Ok(_) => report.acknowledged += 1,
        // Whoever was held up until after the deadline proves nothing.
        Err(_) if asked.sent.elapsed() >= asked.timeout => {}
        Err(refusal) => {
            let detail = format!("{}: refused after half of its time: {refusal:?}", asked.id);
            report.violation(Promise::EarlyTimeout, detail);
        }
    }
    report
}

async fn answer(rest: &Rest, asked: &Asked) -> Result<Value, Refusal> {
    rest.respond(&asked.id, "somebody", &json!({ "choice": "confirm" })).await
}

async fn read(rest: &Rest, asked: &Asked, wait: Option<Duration>) -> anyhow::Result<Value> {
    rest.session(&asked.id, wait).await.map_err(|refusal| anyhow!("{}: {refusal:?}", asked.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::Length;

    async fn found(plant: Option<Plant>) -> Report {
        let mut report = Report::default();
        run(&Effort { length: Length::Brief, seed: 1 }, plant, &mut report).await.expect("it runs");
        report
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn deadlines_go_by_both_clocks() {
        let report = found(None).await;
        assert!(report.violations.is_empty(), "{:?}", report.violations);
        assert!(!report.lateness.is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn deadlines_that_go_by_the_wall_alone_are_found() {
        assert!(found(Some(Plant::WallForSteady)).await.count(Promise::EarlyTimeout) > 0);
        assert!(found(Some(Plant::EarlyTimeout)).await.count(Promise::EarlyTimeout) > 0);
    }
}
