//! The Model Context Protocol, of both eras.

mod client;
mod elicitation;
mod eras;
mod permission;
mod resources;
mod rights;
mod sessions;
mod tasks;
mod tools;
mod waiting;
