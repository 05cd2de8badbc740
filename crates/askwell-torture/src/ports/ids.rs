//! Identities and chance, as `askwell` makes them.

use askwell_app::ports::Ids;
use askwell_core::access::{GuestId, LoginId, TokenId};
use askwell_core::ids::{DeliveryId, FileId, SessionId};
use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "the one place of this program that makes identities")]
fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A number that no other start of a server has.
pub(super) fn chance_128() -> u128 {
    new_uuid().as_u128()
}

/// Identities that sort by creation, and chance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    fn session(&self) -> SessionId {
        SessionId(new_uuid())
    }

    fn delivery(&self) -> DeliveryId {
        DeliveryId(new_uuid())
    }

    fn file(&self) -> FileId {
        FileId(new_uuid())
    }

    fn token(&self) -> TokenId {
        TokenId(new_uuid())
    }

    fn login(&self) -> LoginId {
        LoginId(new_uuid())
    }

    fn guest(&self) -> GuestId {
        GuestId(new_uuid())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place of this program that draws by chance")]
    fn secret(&self) -> [u8; 32] {
        rand::random()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place of this program that draws by chance")]
    fn chance(&self) -> f64 {
        rand::random()
    }
}
