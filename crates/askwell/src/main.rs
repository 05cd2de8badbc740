//! The Askwell program: command line, configuration and wiring. All behaviour
//! is in the libraries; this crate chooses adapters and starts them.

mod cli;
mod commands;
mod config;
mod place;
mod telemetry;
mod wiring;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    place::keep_private();
    match commands::run(cli).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "askwell: {error:#}");
            ExitCode::from(2)
        }
    }
}
