//! A client that is a process of its own, so that it can be stopped in its tracks: it follows the feed over REST and
//! over Socket.IO until its standard input ends, and then says what it was given.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Rest;
use crate::follow::{Followers, Step, Trail};
use crate::ledger::Ledger;
use crate::weather::Weather;

/// How long it may take to end, and to catch up before.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `follow` takes.
#[derive(Debug, Args)]
pub(crate) struct FollowOptions {
    /// The server.
    #[arg(long)]
    base: String,
}

/// Follows until standard input says where the feed ends.
///
/// # Errors
/// The client cannot be made.
pub(crate) async fn follow(options: FollowOptions) -> anyhow::Result<()> {
    let followers = Followers::start(&Rest::new(options.base)?, &Ledger::default(), &Weather::default());
    let last = spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    let missed = followers.catch_up(&last, PATIENCE / 2).await.err();
    let trails: Vec<Value> = followers
        .stop()
        .await
        .iter()
        .map(|trail| trail.steps.iter().map(|step| json!([step.cursor, step.session, step.version])).collect())
        .collect();
    println!("{}", json!({ "missed": missed, "trails": trails }));
    Ok(())
}

/// Such a client. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Frozen(Option<Child>);

impl Drop for Frozen {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Frozen {
    /// Starts one.
    ///
    /// # Errors
    /// This program cannot be started.
    pub(crate) fn start(rest: &Rest) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["follow", "--base", rest.base()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(Self(Some(command.spawn().context("a client cannot be started")?)))
    }

    /// Stops it in its tracks, for a while.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) async fn freeze(&self, time: Duration) -> anyhow::Result<()> {
        let id = self.0.as_ref().map(Child::id).context("the client has ended")?;
        let pid = Pid::from_raw(i32::try_from(id)?).context("the client has ended")?;
        kill_process(pid, Signal::STOP)?;
        tokio::time::sleep(time).await;
        Ok(kill_process(pid, Signal::CONT)?)
    }

    /// Ends it once it has been given `last`: what it was given, and what it missed.
    ///
    /// # Errors
    /// It broke off.
    pub(crate) async fn finish(mut self, last: &str) -> anyhow::Result<(Vec<Trail>, Option<String>)> {
        let mut child = self.0.take().context("the client has ended")?;
        // Closed at the end of the statement: that is the sign.
        child.stdin.take().context("no input")?.write_all(last.as_bytes())?;
        let output = timeout(PATIENCE, spawn_blocking(|| child.wait_with_output())).await;
        let output = output.context("the client does not end")???;
        let said: Value = serde_json::from_slice(&output.stdout).context("the client broke off")?;
        let trails = ["frozen feed", "frozen socket"].into_iter().zip(said["trails"].as_array().into_iter().flatten());
        let trails = trails.map(|(by, steps)| Trail { by, steps: steps_of(steps) }).collect();
        Ok((trails, said["missed"].as_str().map(str::to_owned)))
    }
}

fn steps_of(steps: &Value) -> Vec<Step> {
    let steps = steps.as_array().into_iter().flatten();
    let step = |step: &Value| Step::of(&json!({ "cursor": step[0], "session_id": step[1], "version": step[2] }));
    steps.filter_map(step).collect()
}
