//! People, tokens and guests: who is let in, and for how long.
//!
//! Job: turn what a request shows into a [`Principal`](askwell_core::access::Principal),
//! and manage what it can show. Invariants: secrets are kept as digests; what
//! was proven against something that has changed since no longer stands, within
//! a second on every node and at once in the transaction of a change. Neighbours:
//! `rights` says what a principal may do, `ports::AccountStore` keeps the rows.

mod admission;
mod external;
mod guests;
pub(crate) mod passkeys;
mod passwords;
mod people;
mod sign_in;
mod standing;
mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_core::access::TokenId;
use jiff::Timestamp;
use tokio::sync::watch;

pub use self::admission::{Admitted, Presented};
pub use self::guests::{GuestEntry, Invitation, Invited};
pub use self::people::{Access, NewUser, UserChange, is_login};
pub use self::sign_in::{SignIn, SignedIn};
pub use self::tokens::{Issued, NewToken};
use crate::ports::Digest;

/// A way for people to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Name and password on the page.
    Password,
    /// Name and password with each request.
    Basic,
    /// A signed token of somebody else's.
    Jwt,
    /// An identity provider.
    Oauth,
}

impl Way {
    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Basic => "basic",
            Self::Jwt => "jwt",
            Self::Oauth => "oauth",
        }
    }
}

/// The owner's choices about accounts.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The ways that are open. Tokens of programs and links for guests always are.
    pub ways: Vec<Way>,
    /// How long a sign-in lasts.
    pub login_lifetime: Duration,
    /// The group, of whoever vouches, that makes an administrator; `None`: only we make some.
    pub admin_group: Option<String>,
    /// Whom the identity provider may send, by their names there; empty: everybody.
    pub allowed_logins: Vec<String>,
    /// Whose names the subjects of signed tokens are.
    pub jwt_subject: JwtSubject,
}

/// Whose names the subjects of signed tokens are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwtSubject {
    /// Ours: a login here, made at its first coming where there is none.
    Login,
    /// Those of whoever signed, who never become somebody here that they are not.
    #[default]
    External,
}

impl AccountSettings {
    /// Whether this way is open.
    #[must_use]
    pub fn has(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }
}

/// How many admissions are remembered.
const REMEMBERED: usize = 16_384;

/// What is kept in memory of accounts.
pub(crate) struct Accounts {
    /// Who was let in by what, by the digest of what they showed, and in which epoch that was looked at.
    admitted: Mutex<HashMap<Digest, (u64, Arc<Admitted>)>>,
    /// The last epoch that was seen; whoever stays for long looks again when it changes.
    epoch: watch::Sender<u64>,
    /// When the use of each token was last written down.
    noted: Mutex<HashMap<TokenId, Timestamp>>,
    /// Of the link that makes the first administrator, while there is nobody.
    set_up: Mutex<Option<Digest>>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            admitted: Mutex::default(),
            epoch: watch::Sender::new(0),
            noted: Mutex::default(),
            set_up: Mutex::new(None),
        }
    }
}

impl Accounts {
    fn remembered(&self, key: &Digest) -> Option<Arc<Admitted>> {
        let epoch = *self.epoch.borrow();
        lock(&self.admitted).get(key).filter(|(at, _)| *at == epoch).map(|(_, admitted)| Arc::clone(admitted))
    }

    /// `epoch` is the one that held before what was shown was looked at.
    fn remember(&self, key: Digest, epoch: u64, admitted: &Arc<Admitted>) {
        let mut all = lock(&self.admitted);
        if all.len() >= REMEMBERED {
            // Rare, and looking again costs one read each.
            all.clear();
        }
        all.insert(key, (epoch, Arc::clone(admitted)));
    }
}

/// A poisoned map is whole: no panic can happen between its changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
