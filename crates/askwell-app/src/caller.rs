//! Who is calling: the first argument of every use case.

use askwell_core::access::{Person, Principal};

/// The door a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The REST API.
    Rest,
    /// Socket.IO.
    SocketIo,
    /// The server itself.
    System,
}

/// A principal with the circumstances of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// Through which door.
    pub channel: Channel,
    /// The language for texts, e.g. `zh-CN`.
    pub locale: String,
    /// The id under which this call is logged.
    pub request_id: String,
}

impl Caller {
    /// The person behind the call. A claimed id is believed only where nobody
    /// is authenticated, and then recorded as not verified.
    #[must_use]
    pub fn person(&self, claimed: Option<&str>) -> Person {
        match &self.principal {
            Principal::LocalOwner => {
                Person { id: claimed.unwrap_or_else(|| self.principal.name()).to_owned(), verified: false }
            }
        }
    }
}
