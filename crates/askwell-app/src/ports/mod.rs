//! What the use cases need from outside. Engines and adapters implement these;
//! transports never see them.

mod accounts;
mod audit;
mod blobs;
mod clock;
mod deliveries;
mod files;
mod identity;
mod ids;
mod notifier;
mod sender;
mod sessions;

pub use self::accounts::{
    AccountStore, Admins, By, Digest, GuestRow, LoginRow, Logins, PasskeyRow, Standing, TokenRow, UserRow, UserRules,
};
pub use self::audit::{AuditQuery, AuditRow, AuditStore, Seal, SealedBatch};
pub use self::blobs::{BlobError, BlobWrite, Blobs, ByteStream, StoredBlob};
pub use self::clock::Clock;
pub use self::deliveries::{
    Attempt, Delivery, DeliveryPage, DeliveryQuery, DeliveryState, DeliveryStore, NewDelivery, Verdict,
};
pub use self::files::{FileRoom, FileRow, FileStore};
pub use self::identity::{
    BearerClaims, BearerTokens, Departure, ExternalIdentity, IdentityProvider, Passkeys, PasswordError, Passwords,
    Return, SignInError, Signed,
};
pub use self::ids::Ids;
pub use self::notifier::{Notifier, OnNotified};
pub use self::sender::{FetchError, FetchRequest, Fetched, Permission, Sender, Sent};
pub use self::sessions::{
    BodyHash, Commit, Committed, Cursor, Due, Everybody, FeedSpan, IdempotencyKey, Lane, OnCommit, Order, SessionPage,
    SessionQuery, SessionStore, Statistics, StoreError, StoredEvent, StoredSession, Visible,
};

/// An engine: everything that is stored in one database.
pub trait Store: SessionStore + DeliveryStore + FileStore + AccountStore + AuditStore {}

impl<T: SessionStore + DeliveryStore + FileStore + AccountStore + AuditStore> Store for T {}
