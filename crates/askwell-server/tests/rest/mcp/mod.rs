//! The Model Context Protocol, of both eras.

mod client;
mod eras;
mod tools;
mod waiting;
