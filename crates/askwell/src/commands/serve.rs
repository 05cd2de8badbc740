//! `askwell serve`: from the command line to a running server and back.

use std::sync::Arc;

use super::banner::banner;
use super::print;
use crate::cli::Settings;
use crate::place::{Place, webhook_secret};
use crate::wiring::{Listening, Parts, SystemClock, SystemIds, run_server, stop_requested};
use crate::{config, telemetry};

/// Runs the server until it is asked to stop.
pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let stop = stop_requested();
    let config::Loaded { config, notices } = settings.load()?;
    let _logs = telemetry::start_logs(&config.logging, config.log_level())?;
    let metrics = telemetry::start_metrics()?;
    for notice in &notices {
        tracing::warn!("{notice}");
    }
    let place = Place::take(&config)?;
    let webhook_secret = webhook_secret(&config)?;
    let clock = Arc::new(SystemClock::start());
    let shown = config.clone();
    let parts = Parts { config, place, clock, ids: Arc::new(SystemIds), metrics, webhook_secret };
    let listening = move |listening: Listening| {
        tracing::info!(address = %listening.address, "listening");
        // On the console alone: a log is read by others, too.
        if let Err(error) = print(&banner(&shown, &listening)) {
            tracing::warn!(%error, "the banner could not be printed");
        }
    };
    let result = run_server(parts, listening, stop).await;
    if let Err(error) = &result {
        tracing::error!("{error:#}");
    }
    tracing::info!("stopped");
    result
}
