//! Identities of the domain, each its own type so that none can stand for another.

use serde::{Deserialize, Serialize};

/// Declares an identity that is a UUID.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }
    };
}
pub(crate) use uuid_id;

uuid_id! {
    /// One question to people, from open to closed. UUID version 7: ids sort by creation.
    SessionId
}
uuid_id! {
    /// One uploaded file.
    FileId
}
uuid_id! {
    /// One event owed to an endpoint. Sent as `webhook-id`, so it never changes between attempts.
    DeliveryId
}
uuid_id! {
    /// One life of the server process. Tells whose steady clock a deadline was written against.
    RunId
}

impl SessionId {
    /// The id of no session: all zeroes.
    pub const NONE: Self = Self(uuid::Uuid::nil());
}

/// How many events a session has had. The first event makes version 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of a session that does not exist yet.
    pub const NONE: Self = Self(0);

    /// The version after one more event.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
