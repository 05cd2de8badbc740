//! The pure domain of Askwell: what is true, given facts and a time.
//!
//! Nothing here reads a clock, a file, a socket or a random source; time and
//! ids are arguments. A session's life is three functions:
//!
//! ```text
//!  Draft ──open()──► Vec<Event> ──apply()──► Session ──decide(Command)──► Vec<Event>
//!
//!              claim            release
//!    pending ────────► active ────────► pending      open
//!       └──── answer ────┴──► completed              closed, immutable
//!       └──── deadline ──┴──► timeout
//!       └──── cancel ────┴──► cancelled
//!       └──── failure ───┴──► error
//! ```
//!
//! Neighbours: `askwell-app` is the only caller of [`open`] and [`decide`].

#![deny(missing_docs)]

pub mod access;
pub mod audit;
pub mod digest;
pub mod finding;
pub mod ids;
pub mod interaction;
pub mod json;
pub mod now;
pub mod reader;
pub mod retry;
pub mod session;
pub mod text;

pub use finding::{Code, Finding, Findings};
pub use now::Now;
pub use session::{Change, Command, Draft, Event, Rejection, Session, Status, decide, open};
