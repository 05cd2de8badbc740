//! Adapters of ports for this program alone: a clock that steps, identities, and decorators that carry out planted bugs.
//!
//! Invariant: none of it is reachable from a product crate; without a plant every call goes straight through.
//! Neighbours: `plant` names the bugs, `node` puts the decorators between the application and its adapters.

mod blobs;
mod clock;
mod delegate;
mod ids;
mod sender;
mod store;
mod write_behind;
mod wrong_waiter;

pub(crate) use self::blobs::PlantedBlobs;
pub(crate) use self::clock::{SteppableClock, WallOffset, WallOnly};
pub(crate) use self::ids::SystemIds;
pub(crate) use self::sender::PlantedSender;
pub(crate) use self::store::PlantedStore;
