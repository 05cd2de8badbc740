//! A run: rounds of phases, then the planted bugs, then the line of JSON.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use askwell_testkit::Chance;
use clap::Args;
use futures::StreamExt as _;
use futures::future::join_all;

use crate::effort::{Effort, Length};
use crate::phases;
use crate::plant::{PhaseName, Plant};
use crate::report::{Promise, Report};

/// Below these a run proves nothing.
const LEAST: (u64, u64, u64) = (20, 20, 1_000);

/// Phases that run side by side with those of the other lines.
const LANES: &[&[PhaseName]] = &[
    &[PhaseName::Power],
    &[PhaseName::Kills, PhaseName::Clock],
    &[PhaseName::Receivers, PhaseName::Stops, PhaseName::Disk],
];

/// So many violations of a phase are shown.
const SHOWN: usize = 5;

/// How often a bug is looked for, each time by another chance.
const TRIES: u64 = 5;

/// Planted bugs that are looked for side by side: each mostly waits, for processes and deadlines.
const PLANTED_AT_ONCE: usize = 6;

/// What a run takes, from the environment. Empty is absent.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One round instead of minutes of them.
    #[arg(long, env = "QUICK", hide_env_values = true)]
    quick: Option<String>,
    /// Repeats a run: the seed that it printed.
    #[arg(long, env = "SEED")]
    seed: Option<String>,
    /// Runs with this bug, and fails.
    #[arg(long, env = "PLANT")]
    plant: Option<String>,
    /// How many minutes of rounds; 4 where nothing is said.
    #[arg(long, env = "MINUTES")]
    minutes: Option<String>,
    /// Only this phase, without the planted bugs.
    #[arg(long, env = "ONLY")]
    only: Option<String>,
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

impl Options {
    fn seed(&self) -> anyhow::Result<u64> {
        #[expect(clippy::disallowed_methods, reason = "the one place that draws by chance; the seed is printed")]
        given(self.seed.as_ref()).map_or_else(
            || Ok(u64::from(rand::random::<u32>())),
            |text| text.parse().with_context(|| format!("SEED is {text:?}, expected a number")),
        )
    }

    fn budget(&self) -> anyhow::Result<Duration> {
        if given(self.quick.as_ref()).is_some_and(|text| text != "0") {
            return Ok(Duration::ZERO);
        }
        let minutes = given(self.minutes.as_ref()).unwrap_or("4");
        let minutes: f64 = minutes.parse().with_context(|| format!("MINUTES is {minutes:?}, expected a number"))?;
        Duration::try_from_secs_f64(minutes * 60.0).context("MINUTES is no time")
    }
}

/// Runs all of it, or one bug.
///
/// # Errors
/// What kept it from running. A broken promise is in the report, and in the exit code.
pub(crate) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let seed = options.seed()?;
    println!("torture: SEED={seed}");
    let mut report = Report::default();
    let complaints = if let Some(name) = given(options.plant.as_ref()) {
        let plant: Plant = name.parse().map_err(anyhow::Error::msg)?;
        plant_one(plant, seed, &mut report).await;
        Vec::new()
    } else if let Some(name) = given(options.only.as_ref()) {
        let phase: PhaseName = name.parse().map_err(anyhow::Error::msg)?;
        let effort = Effort { length: Length::Round, seed };
        one(phase, &effort, None, &mut report).await;
        Vec::new()
    } else {
        rounds(options.budget()?, seed, &mut report).await;
        plant_all(seed, &mut report).await;
        complaints(&report)
    };
    for complaint in &complaints {
        println!("torture: {complaint}");
    }
    let is_well = report.violations.is_empty() && complaints.is_empty();
    println!("torture: {}; SEED={seed} repeats it", if is_well { "every promise was kept" } else { "FAILED" });
    println!("{}", report.json(seed));
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Why a run proves nothing, although no promise broke.
fn complaints(report: &Report) -> Vec<String> {
    let (kills, cuts, acknowledged) = LEAST;
    let mut complaints = Vec::new();
    let mut least = |what: &str, found: u64, least: u64| {
        if found < least {
            complaints.push(format!("{found} {what}, expected at least {least}"));
        }
    };
    least("kills", report.kills, kills);
    least("power cuts", report.power_cuts, cuts);
    least("acknowledged operations", report.acknowledged, acknowledged);
    if report.planted != report.caught {
        complaints.push(format!("{} of {} planted bugs were caught", report.caught, report.planted));
    }
    complaints
}

/// Round after round until the time is over; one at least.
async fn rounds(budget: Duration, seed: u64, report: &mut Report) {
    let (began, mut chance) = (Instant::now(), Chance::seeded(seed));
    for round in 1.. {
        let effort = Effort { length: Length::Round, seed: if round == 1 { seed } else { chance.number() } };
        // Side by side, as each of them waits a lot.
        let lanes = LANES.iter().map(async |lane| {
            let mut found = Report::default();
            for phase in *lane {
                one(*phase, &effort, None, &mut found).await;
            }
            found
        });
        join_all(lanes).await.into_iter().for_each(|found| report.absorb(found));
        if began.elapsed() >= budget {
            break;
        }
        println!("torture: round {round} is over after {:.0} s", began.elapsed().as_secs_f64());
    }
}

/// One phase, with a line of what it found.
async fn one(phase: PhaseName, effort: &Effort, plant: Option<Plant>, report: &mut Report) {
    let (began, mut found) = (Instant::now(), Report::default());
    if let Err(error) = phases::run(phase, effort, plant, &mut found).await {
        found.violation(Promise::Unavailable, format!("the phase {} broke off: {error:#}", phase.name()));
    }
    let bug = plant.map(|plant| format!(" with {plant}")).unwrap_or_default();
    println!(
        "torture: {}{bug}: {} acknowledged, {} kills, {} power cuts, {} histories, {} refused, {} violations, {:.1} s",
        phase.name(),
        found.acknowledged,
        found.kills,
        found.power_cuts,
        found.histories,
        found.refused,
        found.violations.len(),
        began.elapsed().as_secs_f64()
    );
    for violation in found.violations.iter().take(SHOWN) {
        println!("torture:   {:?}: {}", violation.promise, violation.detail);
    }
    if found.violations.len() > SHOWN {
        println!("torture:   and {} more", found.violations.len() - SHOWN);
    }
    report.absorb(found);
}

/// Plants all bugs, some at a time.
async fn plant_all(seed: u64, report: &mut Report) {
    let found = futures::stream::iter(Plant::ALL)
        .map(async |plant| {
            let mut found = Report::default();
            plant_one(*plant, seed, &mut found).await;
            found
        })
        .buffer_unordered(PLANTED_AT_ONCE);
    found.collect::<Vec<_>>().await.into_iter().for_each(|found| {
        report.planted += found.planted;
        report.caught += found.caught;
    });
}

/// Plants one bug, and says whether it was found under its right name.
async fn plant_one(plant: Plant, seed: u64, report: &mut Report) {
    report.planted += 1;
    for attempt in 0..TRIES {
        let effort = Effort { length: Length::Brief, seed: seed.wrapping_add(attempt) };
        one(plant.phase(), &effort, Some(plant), report).await;
        if report.count(plant.breaks()) > 0 {
            report.caught += 1;
            println!("torture: {plant} was caught: {:?}: {}", plant.breaks(), plant.breaks().text());
            return;
        }
    }
    println!("torture: {plant} was NOT caught: {:?} should have been broken", plant.breaks());
}
