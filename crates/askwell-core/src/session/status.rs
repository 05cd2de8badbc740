//! Where in its life a session stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where in its life a session stands. The names on the wire are the original component's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Open, held by nobody.
    Pending,
    /// Open, claimed by somebody.
    Active,
    /// Closed by an answer.
    Completed,
    /// Closed by its deadline.
    Timeout,
    /// Closed by a cancellation.
    Cancelled,
    /// Closed by the server's own failure.
    Error,
}

impl Status {
    /// Every status, in the order of the table in the documentation.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Active, Self::Completed, Self::Timeout, Self::Cancelled, Self::Error];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }

    /// Whether nothing can change any more.
    #[must_use]
    pub fn is_closed(self) -> bool {
        !matches!(self, Self::Pending | Self::Active)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}
