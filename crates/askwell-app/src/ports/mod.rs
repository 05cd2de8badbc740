//! What the use cases need from outside. Engines and adapters implement these;
//! transports never see them.

mod blobs;
mod clock;
mod deliveries;
mod files;
mod ids;
mod notifier;
mod sender;
mod sessions;

pub use self::blobs::{BlobError, BlobWrite, Blobs, ByteStream, StoredBlob};
pub use self::clock::Clock;
pub use self::deliveries::{
    Attempt, Delivery, DeliveryPage, DeliveryQuery, DeliveryState, DeliveryStore, NewDelivery, Verdict,
};
pub use self::files::{FileRoom, FileRow, FileStore};
pub use self::ids::Ids;
pub use self::notifier::{Notifier, OnNotified};
pub use self::sender::{Permission, Sender, Sent};
pub use self::sessions::{
    BodyHash, Commit, Committed, Cursor, Due, FeedSpan, IdempotencyKey, Lane, OnCommit, Order, SessionPage,
    SessionQuery, SessionStore, Statistics, StoreError, StoredEvent, StoredSession,
};

/// An engine: everything that is stored in one database.
pub trait Store: SessionStore + DeliveryStore + FileStore {}

impl<T: SessionStore + DeliveryStore + FileStore> Store for T {}
