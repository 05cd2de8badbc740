//! What the phases on a child process share: the server, its clients, their books and a receiver; and the end, at which
//! all of it is compared.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use askwell_testkit::Chance;
use jiff::Timestamp;

use crate::clients::receiver::Call;
use crate::clients::{Receiver, Rest};
use crate::follow::{Followers, Trail};
use crate::judge::judge;
use crate::ledger::Ledger;
use crate::load::{Load, Mix};
use crate::plant::Plant;
use crate::process::{Process, Program};
use crate::report::{Promise, Report};
use crate::seen::{Seen, settle_callbacks};
use crate::weather::Weather;

/// How long the load may take to get a little further, in fair weather.
const STALLED: Duration = Duration::from_mins(1);

/// How long a follower may be behind at last.
const CATCH_UP: Duration = Duration::from_secs(20);

/// How long callbacks may take once their receiver is well.
const CALLBACKS: Duration = Duration::from_secs(30);

/// A server and who uses it.
pub(super) struct Scene {
    pub(super) process: Process,
    pub(super) rest: Rest,
    pub(super) ledger: Ledger,
    pub(super) weather: Weather,
    pub(super) receiver: Receiver,
    /// Of clients that are processes of their own.
    pub(super) trails: Vec<Trail>,
    /// Of receivers beside the first.
    pub(super) calls: Vec<Call>,
    followers: Followers,
}

impl Scene {
    /// Starts the shipped program, or this one with a bug.
    pub(super) async fn start(plant: Option<Plant>) -> anyhow::Result<Self> {
        let process = Process::start(Program::find(plant)?).await?;
        let (ledger, weather, rest) = (Ledger::default(), Weather::default(), process.rest()?);
        let followers = Followers::start(&rest, &ledger, &weather);
        Ok(Self {
            rest,
            receiver: Receiver::start().await?,
            process,
            ledger,
            weather,
            trails: Vec::new(),
            calls: Vec::new(),
            followers,
        })
    }

    /// Loads it.
    pub(super) fn load(&self, mix: &Mix, chance: Chance) -> Load {
        let mix = Mix { callback: Some(self.receiver.url().to_owned()), ..mix.clone() };
        Load::start(&self.rest, &self.ledger, &self.weather, &mix, chance)
    }

    /// Waits until so many more are acknowledged.
    pub(super) async fn progress(&self, more: usize) -> anyhow::Result<()> {
        let wanted = self.ledger.acknowledged() + more as u64;
        let reached = tokio::time::timeout(STALLED, self.ledger.reaches(wanted)).await;
        reached.with_context(|| format!("the load stands still; the server said: {}", self.process.errors()))
    }

    /// Kills it at once, whatever it is about, and starts it again.
    pub(super) async fn kill(&mut self, report: &mut Report) -> anyhow::Result<()> {
        self.weather.turn_foul();
        self.process.kill()?;
        report.kills += 1;
        self.process.restart().await?;
        self.weather.turn_fair();
        Ok(())
    }

    /// The cursor of the last change, once no deadline is near. The load has stopped.
    pub(super) async fn end_of_feed(&self) -> anyhow::Result<String> {
        settle_deadlines(&self.rest).await?;
        let page = self.rest.read("/api/events?after=latest&limit=1").await;
        let page = page.map_err(|refusal| anyhow::anyhow!("the feed: {refusal:?}"))?;
        Ok(page["next_cursor"].as_str().context("no next_cursor")?.to_owned())
    }

    /// Comes to rest, and compares. The load has stopped, and the receiver is well.
    pub(super) async fn finish(mut self, report: &mut Report) -> anyhow::Result<()> {
        let last = self.end_of_feed().await?;
        settle_callbacks(&self.rest, CALLBACKS).await?;
        if let Err(behind) = self.followers.catch_up(&last, CATCH_UP).await {
            report.violation(Promise::AuditGap, behind);
        }
        let mut trails = self.followers.stop().await;
        trails.append(&mut self.trails);
        // What is only in memory shall not count.
        self.weather.turn_foul();
        self.process.kill()?;
        self.process.restart().await?;
        let mut seen = Seen::collect(&self.rest, &self.ledger).await?;
        self.calls.extend(self.receiver.calls());
        seen.calls = Some(self.calls);
        seen.trails = trails;
        judge(&self.ledger, &seen, Promise::Lost, report);
        if let Err(wrong) = self.process.verify_audit().await? {
            report.violation(Promise::AuditGap, format!("askwell audit verify: {wrong}"));
        }
        if let Err(error) = self.process.stop().await {
            report.violation(Promise::Unavailable, format!("a graceful stop: {error:#}"));
        }
        Ok(())
    }
}

/// Waits until no session is open whose deadline is near.
pub(super) async fn settle_deadlines(rest: &Rest) -> anyhow::Result<()> {
    /// Longer than a deadline of the load, and shorter than one that is to stay open.
    const NEAR: Duration = Duration::from_mins(1);
    let began = Instant::now();
    loop {
        let page = rest.read("/api/sessions?sort=expires_at&limit=1").await;
        let page = page.map_err(|refusal| anyhow::anyhow!("the list: {refusal:?}"))?;
        let first = page["sessions"][0]["expires_at"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let opened = page["sessions"][0]["created_at"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let is_near = first.zip(opened).is_some_and(|(first, opened)| {
            first.duration_since(opened) < jiff::SignedDuration::try_from(NEAR).unwrap_or_default()
        });
        if !is_near || began.elapsed() > NEAR {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
