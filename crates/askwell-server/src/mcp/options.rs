//! The owner's choices about the Model Context Protocol.

use std::time::Duration;

/// Whether a client that can do so is asked to open the question's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elicitation {
    /// It is told the address, and no more.
    #[default]
    Off,
    /// It is asked to open the address, where it says that it can.
    Url,
}

/// What a client's `notifications/cancelled` does to the question that the call waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeavingCall {
    /// Nothing: only the call ends.
    #[default]
    LeavesQuestion,
    /// It is cancelled, too.
    CancelsQuestion,
}

/// The owner's choices about the Model Context Protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpOptions {
    /// How long a call waits that shows progress and does not say how long.
    pub wait: Duration,
    /// The longest that a call waits which cannot show progress.
    pub silent_wait: Duration,
    /// Whether clients are asked to open the page.
    pub elicitation: Elicitation,
    /// What leaving a call does to its question.
    pub leaving: LeavingCall,
    /// Clients of the revisions before 2026-07-28 that are connected at once.
    pub max_sessions: usize,
    /// What the endpoint is called where tokens are given out for it; its own address where nothing is said.
    pub resource: Option<String>,
    /// Who gives out tokens for it.
    pub authorization_servers: Vec<String>,
}

impl Default for McpOptions {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(50),
            silent_wait: Duration::from_secs(25),
            elicitation: Elicitation::Off,
            leaving: LeavingCall::LeavesQuestion,
            max_sessions: 1_024,
            resource: None,
            authorization_servers: Vec::new(),
        }
    }
}
