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
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_core::access::TokenId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Semaphore, watch};

pub use self::admission::{Admitted, Presented};
pub use self::guests::{GuestEntry, Invitation, Invited};
pub use self::people::{Access, NewUser, UserChange, is_login};
pub use self::sign_in::{SignIn, SignedIn};
pub use self::tokens::{Issued, NewToken};
use crate::ports::{Digest, Standing};

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

/// How many admissions are remembered, and how many who stand.
const REMEMBERED: usize = 16_384;

/// How long an admission is remembered at most: what vouched for it, a published key or a password, may have been
/// withdrawn where no change here tells of it.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// How many look at once whether somebody still stands, so that a change does not fill the queue of reads.
const LOOKING: usize = 16;

/// Somebody who was let in, as remembered.
struct Remembered {
    epoch: u64,
    until: Timestamp,
    admitted: Arc<Admitted>,
}

/// What is kept in memory of accounts.
pub(crate) struct Accounts {
    /// Mixed into the keys of `admitted`, so that a copy of them is no list of hashes to guess passwords against.
    pepper: [u8; 32],
    /// Who was let in by what, by the digest of what they showed.
    admitted: Mutex<HashMap<Digest, Remembered>>,
    /// Who stood when they were last looked at, and in which epoch that was.
    stood: Mutex<HashMap<Standing, u64>>,
    looking: Semaphore,
    /// The last epoch that was seen; whoever stays for long looks again when it changes.
    epoch: watch::Sender<u64>,
    /// When the use of each token was last written down.
    noted: Mutex<HashMap<TokenId, Timestamp>>,
    /// Of the link that makes the first administrator, while there is none.
    set_up: Mutex<Option<Digest>>,
}

impl Accounts {
    pub(crate) fn new(pepper: [u8; 32]) -> Self {
        Self {
            pepper,
            admitted: Mutex::default(),
            stood: Mutex::default(),
            looking: Semaphore::new(LOOKING),
            epoch: watch::Sender::new(0),
            noted: Mutex::default(),
            set_up: Mutex::new(None),
        }
    }

    fn remembered(&self, key: &Digest, now: Timestamp) -> Option<(u64, Arc<Admitted>)> {
        let all = lock(&self.admitted);
        all.get(key).filter(|found| now < found.until).map(|found| (found.epoch, Arc::clone(&found.admitted)))
    }

    /// `epoch` is the one that held before what was shown was looked at.
    fn remember(&self, key: Digest, epoch: u64, now: Timestamp, admitted: &Arc<Admitted>) {
        let until = now.saturating_add(REMEMBERED_FOR).unwrap_or(Timestamp::MAX);
        let remembered = Remembered { epoch, until, admitted: Arc::clone(admitted) };
        keep(&mut lock(&self.admitted), key, remembered);
        keep(&mut lock(&self.stood), admitted.credential.standing.clone(), epoch);
    }

    /// They were looked at again.
    fn renew(&self, key: &Digest, epoch: u64) {
        if let Some(found) = lock(&self.admitted).get_mut(key) {
            found.epoch = epoch;
        }
    }

    fn forget(&self, key: &Digest) {
        lock(&self.admitted).remove(key);
    }
}

/// Forgetting all is rare, and looking again costs one read each.
fn keep<K: Eq + Hash, V>(all: &mut HashMap<K, V>, key: K, value: V) {
    if all.len() >= REMEMBERED {
        all.clear();
    }
    all.insert(key, value);
}

/// A poisoned map is whole: no panic can happen between its changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
