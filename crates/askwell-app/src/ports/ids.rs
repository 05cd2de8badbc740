//! New identities and chance.

use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::ids::{DeliveryId, FileId, SessionId};

/// New identities and chance.
pub trait Ids: Send + Sync + 'static {
    /// A session's id; later ones sort after earlier ones.
    fn session(&self) -> SessionId;
    /// A delivery's id.
    fn delivery(&self) -> DeliveryId;
    /// A file's id.
    fn file(&self) -> FileId;
    /// A token's id.
    fn token(&self) -> TokenId;
    /// A sign-in's id.
    fn login(&self) -> LoginId;
    /// An invitation's id.
    fn guest(&self) -> GuestId;
    /// 256 bits that nobody can guess.
    fn secret(&self) -> [u8; 32];
    /// A number in `0.0..1.0`, for jitter.
    fn chance(&self) -> f64;
}
