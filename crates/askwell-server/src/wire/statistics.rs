//! Counts and health as they stand on the wire.

use askwell_app::ports::Statistics;
use askwell_app::{Health, timestamp_text};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::ServerOptions;

/// How many sessions there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statistics)]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
pub(crate) struct StatisticsBody {
    /// Pending and active.
    active_sessions: u64,
    total_sessions: u64,
    completed_sessions: u64,
    timeout_sessions: u64,
    cancelled_sessions: u64,
    error_sessions: u64,
}

impl From<&Statistics> for StatisticsBody {
    fn from(counts: &Statistics) -> Self {
        let active_sessions = counts.pending + counts.active;
        let closed = counts.completed + counts.timeout + counts.cancelled + counts.error;
        Self {
            active_sessions,
            total_sessions: active_sessions + closed,
            completed_sessions: counts.completed,
            timeout_sessions: counts.timeout,
            cancelled_sessions: counts.cancelled,
            error_sessions: counts.error,
        }
    }
}

/// The counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatisticsReply)]
pub(crate) struct StatisticsReply {
    success: bool,
    statistics: StatisticsBody,
}

impl StatisticsReply {
    pub(crate) fn of(counts: &Statistics) -> Self {
        Self { success: true, statistics: counts.into() }
    }
}

/// Whether the server can do its work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthBody<'a> {
    /// `healthy` or `unhealthy`.
    status: &'static str,
    #[schema(format = DateTime)]
    timestamp: String,
    version: &'a str,
    service: &'a str,
    initialized: bool,
    statistics: Option<StatisticsBody>,
}

impl<'a> HealthBody<'a> {
    pub(crate) fn of(health: &Health, options: &'a ServerOptions) -> Self {
        Self {
            status: if health.writable { "healthy" } else { "unhealthy" },
            timestamp: timestamp_text(health.at),
            version: &options.service_version,
            service: &options.service_name,
            initialized: true,
            statistics: health.statistics.as_ref().map(Into::into),
        }
    }
}
