//! What accounts cost: a token on each create, and others' reads while passwords are guessed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::Effort;
use crate::client::{Connection, create, get, post, show, with};
use crate::crowd::Crowd;
use crate::figures::{Figures, Rounds, quantile};
use crate::server::{ACCOUNTS, Server, command};
use crate::ticks::ticks;

const PASSWORD: &str = "correct horse battery staple";

/// Adds a person to a stopped server.
pub(crate) fn add_person(folder: &Path, login: &str, role: &[&str]) {
    command(folder, &[&["user", "add", login, "--password-stdin"][..], role].concat(), &format!("{PASSWORD}\n"));
}

/// Signs a person in: the header that says who they are.
pub(crate) async fn sign_in(port: u16, login: &str) -> String {
    let mut connection = Connection::open(port).await;
    connection.succeed(&try_password(port, login, PASSWORD)).await;
    let cookie = connection.header("set-cookie").unwrap();
    format!("Cookie: {}", cookie.split(';').next().unwrap())
}

fn try_password(port: u16, login: &str, password: &str) -> Vec<u8> {
    post(port, "/api/login", &format!(r#"{{"login":"{login}","password":"{password}"}}"#))
}

/// What a token costs. Checking it: how much longer a read takes that shows one, as a part of a create. And all that comes
/// with having accounts: how many fewer creates there are, as each then says in the store whom it concerns.
pub(crate) async fn token_cost(effort: Effort, figures: &mut Figures) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    add_person(folders[1].path(), "ci", &[]);
    let token = command(folders[1].path(), &["token", "create", "--owner", "ci"], "");
    let servers = [Server::start(folders[0].path()), Server::configured(folders[1].path(), ACCOUNTS)];
    let shown = |request: Vec<u8>| with(&request, &format!("Authorization: Bearer {token}"));
    let creates = [create(servers[0].port), shown(create(servers[1].port))];
    let reads = [
        show(servers[0].port, &opened(servers[0].port, &creates[0]).await),
        shown(show(servers[1].port, &opened(servers[1].port, &creates[1]).await)),
    ];
    let mut crowds = [Crowd::open(servers[0].port, 64).await, Crowd::open(servers[1].port, 64).await];
    let mut rounds = Rounds::default();
    for round in 0..=effort.rounds {
        let (mut read, mut created) = ([0.0; 2], [0.0; 2]);
        for side in [0, 1, 1, 0] {
            read[side] += crowds[side].repeat(&reads[side], Duration::from_millis(300)).await / 2.0;
            created[side] += crowds[side].repeat(&creates[side], Duration::from_millis(300)).await / 2.0;
        }
        // Once unmeasured, so that both start warm.
        if round > 0 {
            println!("  without accounts: {:.0} reads, {:.0} creates a second", read[0], created[0]);
            println!("  with a token:     {:.0} reads, {:.0} creates a second", read[1], created[1]);
            rounds.add("token_check_cost", (1.0 / read[1] - 1.0 / read[0]) * created[0]);
            rounds.add("accounts_create_cost", 1.0 - created[1] / created[0]);
        }
    }
    rounds.note(figures);
}

/// Opens a session: its id.
async fn opened(port: u16, create: &[u8]) -> String {
    let mut connection = Connection::open(port).await;
    connection.succeed(create).await;
    connection.session_id()
}

/// How much longer others' reads take at their slowest while 16 guess passwords.
pub(crate) async fn guesses(effort: Effort, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    add_person(folder.path(), "mei", &[]);
    let server = Server::configured(folder.path(), ACCOUNTS);
    let cookie = sign_in(server.port, "mei").await;
    let read = Arc::new(with(&get(server.port, "/api/sessions?limit=20"), &cookie));
    let time = if effort.long { Duration::from_secs(4) } else { Duration::from_secs(2) };
    reads(server.port, &read, Duration::from_secs(1)).await;
    let mut rounds = Rounds::default();
    for _ in 0..effort.rounds {
        let quiet = quantile(reads(server.port, &read, time).await, 0.99);
        let guessing = Guessing::start(server.port).await;
        let loud = quantile(reads(server.port, &read, time).await, 0.99);
        let count = guessing.stop().await;
        println!(
            "  read p99 {:.2} ms, while {:.0} passwords a second are tried {:.2} ms",
            quiet * 1e3,
            count as f64 / time.as_secs_f64(),
            loud * 1e3
        );
        rounds.add("guesses_read_p99_ratio", loud / quiet);
    }
    rounds.note(figures);
}

/// Reads in an open loop, 250 a second: seconds from when each was due.
async fn reads(port: u16, request: &Arc<Vec<u8>>, time: Duration) -> Vec<f64> {
    let mut readers = JoinSet::new();
    for due in ticks(8, 250.0, time) {
        readers.spawn(read_when_due(port, Arc::clone(request), due));
    }
    readers.join_all().await.concat()
}

async fn read_when_due(port: u16, request: Arc<Vec<u8>>, mut due: UnboundedReceiver<Instant>) -> Vec<f64> {
    let mut connection = Connection::open(port).await;
    let mut took = Vec::new();
    while let Some(due) = due.recv().await {
        connection.succeed(&request).await;
        took.push(due.elapsed().as_secs_f64());
    }
    took
}

/// Sixteen that try one wrong password after the other.
struct Guessing {
    tasks: JoinSet<usize>,
    stop: Arc<AtomicBool>,
}

impl Guessing {
    async fn start(port: u16) -> Self {
        let (mut tasks, stop) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
        for _ in 0..16 {
            let (mut connection, stop) = (Connection::open(port).await, Arc::clone(&stop));
            tasks.spawn(async move {
                let guess = try_password(port, "mei", "not her password");
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    let status = connection.call(&guess).await;
                    assert_eq!(status, 401, "{}", String::from_utf8_lossy(connection.body()));
                    count += 1;
                }
                count
            });
        }
        Self { tasks, stop }
    }

    async fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.tasks.join_all().await.into_iter().sum()
    }
}
