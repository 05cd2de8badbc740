//! The Askwell program: command line, configuration and wiring. All behaviour
//! is in the libraries; this crate chooses adapters and starts them.

mod config;
mod place;
mod telemetry;
mod wiring;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {}
