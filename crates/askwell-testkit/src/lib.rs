//! What tests are made of: contract suites for engines, a clock that is set by
//! hand, ids that repeat, seeded chance, fixtures, and ports that live in memory.
//!
//! Never part of the shipped program: only ever a dev-dependency.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a broken expectation is a failed test"
)]

pub mod blobs;
pub mod chance;
pub mod clock;
pub mod contract;
pub mod fixtures;
pub mod ids;
pub mod sender;

pub use blobs::MemoryBlobs;
pub use chance::Chance;
pub use clock::TestClock;
pub use ids::TestIds;
pub use sender::ScriptedSender;
