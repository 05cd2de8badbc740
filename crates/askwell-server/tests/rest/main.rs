//! The API on the real router, with the embedded engine and a clock that is set by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken expectation is a failed test")]

mod accept;
mod accounts;
mod answers;
mod audit;
mod claude_code;
mod create;
mod deadlines;
mod deliveries;
mod docs;
mod events;
mod files;
mod harness;
mod limits;
mod mcp;
mod openapi;
mod origins;
mod people;
mod polling;
mod retention;
mod rights;
mod server;
mod sessions;
mod shapes;
mod socketio;
mod surface;
mod system;
mod web;
