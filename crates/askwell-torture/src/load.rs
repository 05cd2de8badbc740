//! Load: clients that open sessions and fight over them, and write down all that they are told.

use askwell_testkit::Chance;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::Rest;
use crate::ledger::Ledger;
use crate::weather::Weather;

/// What the clients do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mix {
    /// How many at once.
    pub(crate) clients: usize,
    /// Where outcomes go; every other session has a callback if there is one.
    pub(crate) callback: Option<String>,
    /// Of so many sessions one takes an upload; 0 is none.
    pub(crate) upload_one_in: usize,
    /// Of so many sessions one has a deadline of a second or so; 0 is none.
    pub(crate) timeout_one_in: usize,
}

/// Clients at work, until [`Load::stop`].
#[derive(Debug)]
pub(crate) struct Load {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Load {
    /// Starts them.
    pub(crate) fn start(_rest: &Rest, _ledger: &Ledger, _weather: &Weather, _mix: &Mix, _chance: Chance) -> Self {
        Self { tasks: JoinSet::new(), stop: CancellationToken::new() }
    }

    /// Lets each finish what it is about, and stops. The server must answer, or be gone.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}
