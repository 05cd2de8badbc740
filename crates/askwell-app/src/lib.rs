//! The use cases of Askwell.
//!
//! Transports hold one [`App`]; its fields are private, so that nothing but
//! these use cases reaches the store. Every change goes load, decide, commit;
//! `askwell-core` decides, a [`ports::Store`] commits, and the store's hook
//! alone wakes waiters, the feed, the clock loop and the callbacks.

#![deny(missing_docs)]

mod accounts;
mod app;
mod attempts;
mod audit;
pub mod caller;
mod deliveries;
pub mod error;
mod expiry;
mod feed;
mod files;
mod limits;
mod parties;
pub mod ports;
mod preview;
mod repeats;
mod respond_many;
mod retention;
mod reviews;
mod rights;
mod runtime;
mod sessions;
mod statistics;
mod wait;

pub use self::accounts::{
    Access, AccountSettings, Admitted, GuestEntry, Invitation, Invited, Issued, JwtSubject, NewToken, NewUser,
    Presented, SignIn, SignedIn, UserChange, Way, is_login,
};
pub use self::app::{App, FileSettings, Parts, Settings};
pub use self::attempts::AttemptLink;
pub use self::audit::AuditStream;
pub use self::caller::{Caller, Channel, Credential, Method};
pub use self::deliveries::{Resume, response_body, timestamp_text};
pub use self::error::{AppError, Noun};
pub use self::feed::{After, FeedItem, FeedPage, FeedStream};
pub use self::files::{Download, Upload};
pub use self::limits::{Allowance, RateLimits, network};
pub use self::preview::Preview;
pub use self::reviews::{is_review, request_id};
pub use self::sessions::{Changed, Details, OpenRequest, Opened, Pickup, PickupState, RespondRequest};
pub use self::statistics::Health;
pub use self::wait::Awaiting;
