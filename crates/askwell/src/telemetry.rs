//! Logs and metrics of the process.
//!
//! A request never waits for a log: lines go through a bounded queue to one
//! thread that writes console and file, and what does not fit is counted and
//! dropped. A full or missing log disk therefore fails nothing.

mod format;
mod writer;

use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer};

use self::format::PythonFormat;
use self::writer::{LogQueue, Sinks};
use crate::config::{Level, LogFormat, Logging};

/// Keeps the log going; flushes it when the process ends.
#[derive(Debug)]
pub(crate) struct Logs {
    queue: LogQueue,
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.queue.flush(Duration::from_secs(2));
    }
}

/// Starts logging for the whole process.
///
/// # Errors
/// When it was started before, or no thread can be had. A log file that
/// cannot be written is no error: it is said on the console and tried again.
pub(crate) fn start_logs(logging: &Logging, level: Level) -> anyhow::Result<Logs> {
    let queue = LogQueue::start(Sinks::new(logging)).context("the log thread could not be started")?;
    let subscriber = tracing_subscriber::registry().with(layer(logging, level, queue.clone()));
    tracing::subscriber::set_global_default(subscriber).context("logging was started before")?;
    Ok(Logs { queue })
}

fn layer<S>(logging: &Logging, level: Level, queue: LogQueue) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let base = tracing_subscriber::fmt::layer().with_writer(queue).with_ansi(false);
    let filter = filter(level);
    match &logging.format {
        LogFormat::Json => base.json().flatten_event(true).with_filter(filter).boxed(),
        LogFormat::Python(format) => base.event_format(PythonFormat::new(format)).with_filter(filter).boxed(),
    }
}

/// Below `TRACE`, libraries are never more talkative than `INFO`.
fn filter(level: Level) -> EnvFilter {
    let (ours, theirs) = match level {
        Level::Trace => ("trace", "trace"),
        Level::Debug => ("debug", "info"),
        Level::Info => ("info", "info"),
        Level::Warning => ("warn", "warn"),
        Level::Error => ("error", "error"),
    };
    // What clients do to these three is logged by the server; they would log each misbehaviour as an error of theirs.
    EnvFilter::new(format!("{theirs},socketioxide=off,engineioxide=off,rmcp=off,askwell={ours}"))
}

/// All that the process measures.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// The text for `GET /metrics`.
    pub(crate) fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

/// Bounds of every histogram, in seconds.
const BUCKETS: [f64; 15] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Starts measuring for the whole process.
///
/// # Errors
/// When it was started before.
pub(crate) fn start_metrics() -> anyhow::Result<Metrics> {
    let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).context("histogram bounds")?;
    let handle = builder.install_recorder().context("metrics were started before")?;
    metrics::describe_counter!(writer::DROPPED, "Log lines that were dropped because the log could not keep up");
    Ok(Metrics { handle })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load_sources};

    fn logged(format: &str, level: Level) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/askwell.log");
        let text = format!("logging:\n  file: {}\n  format: '{format}'\n", path.display());
        let sources = Sources { file: Some(("c".into(), text)), ..Sources::default() };
        let logging = load_sources(&sources).unwrap().config.logging;
        let queue = LogQueue::start(Sinks::new(&logging).without_console()).unwrap();
        let subscriber = tracing_subscriber::registry().with(layer(&logging, level, queue.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(session = 7, "two\nlines");
            tracing::debug!("unseen");
            tracing::info!(target: "other", "seen");
        });
        queue.flush(Duration::from_secs(5));
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn lines_have_the_python_form() {
        let text = logged("%(asctime)s - %(name)s - %(levelname)s - %(message)s", Level::Info);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        let (time, rest) = lines[0].split_once(" - ").unwrap();
        assert_eq!((time.len(), &time[10..11], &time[19..20]), (23, " ", ","), "{time}");
        assert_eq!(rest, r"askwell::telemetry::tests - WARNING - two\nlines session=7");
        assert!(lines[1].ends_with("other - INFO - seen"), "{text}");
    }

    #[test]
    fn lines_can_be_json() {
        let text = logged("json", Level::Debug);
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0]["message"], "two\nlines");
        assert_eq!(lines[0]["session"], 7);
        assert_eq!(lines[0]["level"], "WARN");
    }

    #[test]
    fn metrics_are_rendered() {
        let metrics = start_metrics().unwrap();
        metrics::counter!("askwell_test_total").increment(3);
        assert!(metrics.render().contains("askwell_test_total 3"), "{}", metrics.render());
    }
}
