//! `make torture`: breaks what surrounds Askwell, and compares what was promised with what is there.
//!
//! Job: load from real clients while processes are killed, power is cut, disks fail, receivers hang, clocks step and
//! signals stop things; then the ledger, the feed, the database and the receivers must agree. Never shipped.
//! Invariant: nothing is compared with what the server says of itself alone; clients keep their own books.
//! Neighbours: `phases` break things, `clients` load and listen, `ledger` and `history` judge, `plant` proves the judges.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that people read while it runs")]

mod aftermath;
mod clients;
mod effort;
mod follow;
mod history;
mod judge;
mod ledger;
mod load;
mod node;
mod phases;
mod plant;
mod ports;
mod process;
mod report;
mod run;
mod seen;
mod vfs;
mod weather;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tortures Askwell. The last line is JSON; 0 is every promise kept.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A server with a planted bug, for the phases that kill processes.
    #[command(hide = true)]
    Serve(node::ServeOptions),
    /// A client that follows the feed, for the phase that stops clients.
    #[command(hide = true)]
    Follow(clients::frozen::FollowOptions),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Serve(options)) => node::serve(options).await.map(|()| ExitCode::SUCCESS),
        Some(Command::Follow(options)) => clients::frozen::follow(options).await.map(|()| ExitCode::SUCCESS),
        None => run::run(&arguments.run).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("torture: {error:#}");
        ExitCode::from(2)
    })
}
