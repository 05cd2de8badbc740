//! Questions with their answers, and how soon an answer wakes its waiter, against the ceiling.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::Effort;
use crate::ceiling;
use crate::client::{Connection, create, respond, wait};
use crate::crowd::Crowd;
use crate::figures::{Figures, Rounds, quantile};
use crate::server::Server;
use crate::ticks::ticks;

/// For so many clients: the figures, and how many answers a second the open loop gives at most.
const SIZES: [Size; 3] = [
    Size { clients: 1, pairs: "pairs_1_vs_ceiling", p50: "wake_p50_vs_ceiling", p99: None, rate: 100.0 },
    Size { clients: 16, pairs: "pairs_16_vs_ceiling", p50: "wake_16_p50_vs_ceiling", p99: None, rate: 300.0 },
    Size {
        clients: 64,
        pairs: "pairs_64_vs_ceiling",
        p50: "wake_64_p50_vs_ceiling",
        p99: Some("wake_64_p99_vs_ceiling"),
        rate: 500.0,
    },
];

/// An open loop gives this part of the pairs that the slower server does in a closed one: far from what it can bear at
/// most, so that it is the way of an answer that is measured, and not a queue.
const LOAD: f64 = 0.1;

struct Size {
    clients: usize,
    pairs: &'static str,
    p50: &'static str,
    p99: Option<&'static str>,
    rate: f64,
}

pub(crate) async fn measure(effort: Effort, figures: &mut Figures) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let servers = [Server::start(folders[0].path()), Server::role(ceiling::ROLE, folders[1].path())];
    let ports = servers.each_ref().map(|server| server.port);
    let mut rounds = Rounds::default();
    for port in ports {
        pairs(port, 64, Duration::from_millis(500)).await;
    }
    for _ in 0..effort.rounds {
        // One client alone is told enough by the quick run.
        for size in SIZES.iter().filter(|size| effort.long || size.clients != 16) {
            let (slice, listen) = if effort.long { (600, 2_000) } else { (500, 1_400) };
            let [slice, listen] = [slice, listen].map(Duration::from_millis);
            let mut rates = [0.0; 2];
            let mut wakes = [const { Vec::new() }; 2];
            // Ours, theirs, ours, theirs: what slows one half of the round slows both.
            for _ in 0..2 {
                let mut now = [0.0; 2];
                for (rate, port) in now.iter_mut().zip(ports) {
                    *rate = pairs(port, size.clients, slice / 2).await;
                }
                let load = (now[0].min(now[1]) * LOAD).min(size.rate);
                for (side, port) in ports.into_iter().enumerate() {
                    rates[side] += now[side] / 2.0;
                    wakes[side].extend(waits(port, size.clients, load, listen / 2).await);
                }
            }
            let p50s = wakes.each_ref().map(|wakes| quantile(wakes.clone(), 0.5) * 1e3);
            let p99s = wakes.map(|wakes| quantile(wakes, 0.99) * 1e3);
            println!(
                "  {:>2} clients: {:.0} pairs/s, wake p50 {:.2} ms, p99 {:.2} ms; ceiling {:.0} pairs/s, p50 {:.2} ms, p99 {:.2} ms",
                size.clients, rates[0], p50s[0], p99s[0], rates[1], p50s[1], p99s[1]
            );
            rounds.add(size.pairs, rates[0] / rates[1]);
            rounds.add(size.p50, p50s[0] / p50s[1]);
            if let Some(p99) = size.p99 {
                rounds.add(p99, p99s[0] / p99s[1]);
            }
        }
    }
    rounds.note(figures);
}

/// Creates and answers in a closed loop: pairs a second.
async fn pairs(port: u16, clients: usize, time: Duration) -> f64 {
    let mut crowd = Crowd::open(port, clients).await;
    let until = Instant::now() + time;
    crowd
        .drive(|mut connection| async move {
            let (ask, mut count) = (create(port), 0);
            while Instant::now() < until {
                connection.succeed(&ask).await;
                let id = connection.session_id();
                connection.succeed(&respond(port, &id)).await;
                count += 1;
            }
            (connection, count)
        })
        .await
}

/// Answers in an open loop: for each the seconds from when it was due to its waiter having it.
async fn waits(port: u16, clients: usize, rate: f64, time: Duration) -> Vec<f64> {
    let mut tasks = JoinSet::new();
    for due in ticks(clients, rate, time) {
        tasks.spawn(answer_when_due(port, due));
    }
    tasks.join_all().await.concat()
}

async fn answer_when_due(port: u16, mut due: UnboundedReceiver<Instant>) -> Vec<f64> {
    let (mut asker, mut waiter) = (Connection::open(port).await, Connection::open(port).await);
    let ask = create(port);
    let mut wakes = Vec::new();
    loop {
        asker.succeed(&ask).await;
        let id = asker.session_id();
        waiter.send(&wait(port, &id)).await;
        let Some(due) = due.recv().await else { return wakes };
        let answer = respond(port, &id);
        let woken = async {
            assert_eq!(waiter.receive().await, 200);
            due.elapsed().as_secs_f64()
        };
        let ((), wake) = tokio::join!(asker.succeed(&answer), woken);
        wakes.push(wake);
    }
}
