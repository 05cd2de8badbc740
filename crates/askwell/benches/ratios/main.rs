//! The product's speed, as ratios within one run.
//!
//! Disks and neighbours make absolute figures worthless: the same machine syncs
//! 400 or 9,000 times a second. So each figure is measured in turns with its
//! baseline, several rounds, and the median of the rounds' ratios is printed.
//! The last line is JSON. `QUICK=1` does fewer rounds and leaves out what takes minutes.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on has nothing to rescue")]
#![expect(clippy::cast_precision_loss, reason = "figures are far below 2^52")]

mod client;
mod http;
mod memory;
mod server;
mod sockets;
mod store;
mod wake;

use serde_json::{Value, json};

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
    // `cargo test` runs benchmarks with this flag: nothing is measured then.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let quick = std::env::args().any(|argument| argument == "--quick") || environment("QUICK").as_deref() == Some("1");
    let effort = if quick { Effort { rounds: 3, long: false } } else { Effort { rounds: 5, long: true } };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if std::env::args().any(|argument| argument == sockets::BARE) {
        runtime.block_on(sockets::serve_bare());
        return;
    }
    // Clients are as many as servers have connections.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let mut figures = json!({});
    let mut note = |name: &str, value: Value, wanted: &str| {
        println!("{name:<34} {value:>10}   wanted {wanted}");
        figures[name] = value;
    };
    if measures("store") {
        note("store_create_256_vs_raw_batch", runtime.block_on(store::create_vs_raw_batch(effort)), ">= 0.75");
    }
    if measures("http") {
        note("http_create_vs_hello_64", runtime.block_on(http::create_vs_hello(effort)), ">= 0.35");
    }
    if measures("wake") {
        note("respond_wake_vs_commit_p50", runtime.block_on(wake::respond_wake_vs_commit(effort)), "<= 1.5");
    }
    if measures("sockets") {
        let (event_p50, event_p99) = runtime.block_on(sockets::event_vs_bare(effort));
        note("socketio_event_p50_vs_bare", event_p50, "seen");
        note("socketio_event_p99_vs_bare", event_p99, "seen");
        note("socketio_kb", runtime.block_on(sockets::socketio_kb(effort)), "<= 36");
    }
    if measures("memory") {
        note("longpoll_kb", runtime.block_on(memory::longpoll_kb(effort)), "<= 24");
        let (start_s, extra_mb) =
            if effort.long { runtime.block_on(memory::million_pending()) } else { (Value::Null, Value::Null) };
        note("million_start_s", start_s, "<= 3");
        note("million_extra_mb", extra_mb, "<= 60");
    }
    println!("{figures}");
}

/// Whether a group of figures is measured: all are where `ONLY` names none.
fn measures(group: &str) -> bool {
    environment("ONLY").is_none_or(|only| only == group)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no configuration file")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The middle of some figures, with three decimals.
fn median(mut figures: Vec<f64>) -> Value {
    figures.sort_by(f64::total_cmp);
    let middle = figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN);
    json!((middle * 1000.0).round() / 1000.0)
}
