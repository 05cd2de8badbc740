//! The product's speed, as ratios within one run.
//!
//! Disks and neighbours make absolute figures worthless: the same machine syncs
//! 400 or 9,000 times a second. So each figure is measured in turns with its
//! baseline, several rounds, and the median of the rounds' ratios is printed.
//! The last line is JSON. `QUICK=1` does fewer rounds and leaves out what takes
//! minutes; `ONLY=` takes one part. `docs/benchmarks.md` says how to read it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on has nothing to rescue")]
#![expect(clippy::cast_precision_loss, reason = "figures are far below 2^52")]

mod beside;
mod ceiling;
mod client;
mod crowd;
mod figures;
mod http;
mod lists;
mod memory;
mod pairs;
mod people;
mod raw;
mod server;
mod sockets;
mod store;
mod ticks;
mod timeouts;
mod wake;
mod world;

use std::path::Path;

use self::figures::Figures;

/// The allocator of the shipped program: half of what the store does beside SQLite is memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much to do.
#[derive(Clone, Copy, Debug)]
struct Effort {
    rounds: usize,
    long: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test` runs benchmarks with this flag: nothing is measured then.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    // Clients are as many as servers have connections.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let [_, role, folder] = &arguments[..] {
        let folder = Path::new(folder);
        match role.as_str() {
            beside::ROLE => return runtime.block_on(beside::serve(folder)),
            ceiling::ROLE => return runtime.block_on(ceiling::serve(folder)),
            sockets::ROLE => return runtime.block_on(sockets::serve()),
            _ => {}
        }
    }
    server::end_with_a_panic();
    let quick = arguments.iter().any(|argument| argument == "--quick") || environment("QUICK").as_deref() == Some("1");
    let effort = if quick { Effort { rounds: 3, long: false } } else { Effort { rounds: 7, long: true } };
    println!("{}", runtime.block_on(measure(effort)).line());
}

async fn measure(effort: Effort) -> Figures {
    let mut all = Figures::default();
    if measures("store") {
        store::measure(effort, &mut all).await;
    }
    if measures("http") {
        http::measure(effort, &mut all).await;
    }
    if measures("people") {
        people::token_cost(effort, &mut all).await;
        people::guesses(effort, &mut all).await;
    }
    if measures("wake") {
        wake::measure(effort, &mut all).await;
    }
    if measures("pairs") {
        pairs::measure(effort, &mut all).await;
    }
    if measures("sockets") {
        sockets::event_vs_bare(effort, &mut all).await;
        sockets::socketio_kb(effort, &mut all).await;
    }
    if measures("memory") {
        memory::longpoll_kb(effort, &mut all).await;
    }
    if effort.long && measures("timeouts") {
        timeouts::measure(&mut all).await;
    }
    if effort.long && measures("million") {
        memory::million_pending(&mut all).await;
        lists::measure(effort, &mut all).await;
    }
    all
}

/// Whether a part is measured: all are where `ONLY` names none.
fn measures(part: &str) -> bool {
    environment("ONLY").is_none_or(|only| only == part)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no configuration file")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
