//! Load: clients that open sessions and fight over them, and write down all that they are told.
//!
//! Each client leads one session after the other through a life (`life`), whose questions are made by `question`. What
//! fails in foul weather is tried again once it is fair; what fails in fair weather is a refusal.

mod life;
mod question;

pub(crate) use life::hex;

use std::sync::Arc;

use askwell_testkit::Chance;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::Rest;
use crate::clients::socketio::Caller;
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

/// What every client has.
struct Desk {
    rest: Rest,
    socket: Caller,
    ledger: Ledger,
    weather: Weather,
    mix: Mix,
    stop: CancellationToken,
}

/// Clients at work, until [`Load::stop`].
#[derive(Debug)]
pub(crate) struct Load {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    weather: Weather,
}

impl Load {
    /// Starts them. A ledger may be loaded again and again, by chance of another seed.
    pub(crate) fn start(rest: &Rest, ledger: &Ledger, weather: &Weather, mix: &Mix, mut chance: Chance) -> Self {
        let stop = CancellationToken::new();
        let desk = Arc::new(Desk {
            rest: rest.clone(),
            socket: Caller::new(rest.base()),
            ledger: ledger.clone(),
            weather: weather.clone(),
            mix: mix.clone(),
            stop: stop.clone(),
        });
        let mut tasks = JoinSet::new();
        for _ in 0..mix.clients {
            let seed = chance.number();
            tasks.spawn(client(Arc::clone(&desk), seed));
        }
        Self { tasks, stop, weather: weather.clone() }
    }

    /// Lets each finish what it is about, and stops. In foul weather they give up what they are about.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        tokio::select! {
            () = finished => {}
            // What is written down before it is sent stays written down.
            () = self.weather.foul() => {}
        }
        self.tasks.shutdown().await;
    }
}

async fn client(desk: Arc<Desk>, seed: u64) {
    let mut chance = Chance::seeded(seed);
    for number in 0_u32.. {
        // Whoever stops the load may do so in the middle of a storm.
        if desk.stop.is_cancelled() || desk.stop.run_until_cancelled(desk.weather.fair()).await.is_none() {
            return;
        }
        let key = format!("{seed:016x}-{number}");
        life::lead(&desk, &key, &mut chance).await;
    }
}
