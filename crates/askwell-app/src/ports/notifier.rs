//! Hints between nodes: "session N changed". They carry no data, so a lost one costs a second, never correctness.

use std::sync::Arc;

use askwell_core::ids::SessionId;

/// Called with the sessions that changed on another node. Must not block.
pub type OnNotified = Arc<dyn Fn(&[SessionId]) + Send + Sync>;

/// Hints between nodes. A single node needs none: its own commits wake it.
pub trait Notifier: Send + Sync + 'static {
    /// Tells other nodes. Must not block.
    fn notify(&self, sessions: &[SessionId]);

    /// Sets what is called when another node told something.
    fn on_notified(&self, hook: OnNotified);
}
