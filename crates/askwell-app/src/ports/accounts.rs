//! Storage of people, of what they sign in with, and of the tokens of programs.
//!
//! Every change comes with what the audit says of it and is stored together
//! with that. Secrets are stored as digests only. Rows are never removed: a
//! login that is gone must not become somebody else's.

use askwell_core::access::{GuestId, LoginId, Role, Scopes, TokenId};
use askwell_core::audit::AuditEntry;
use askwell_core::ids::SessionId;
use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// SHA-256 of a secret.
pub type Digest = [u8; 32];

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Their name for signing in, unique for all time.
    pub login: String,
    /// How people call them.
    pub name: String,
    /// Where mail for them goes.
    pub email: Option<String>,
    /// The groups they belong to.
    pub groups: Vec<String>,
    /// What they may do beyond asking and answering.
    pub role: Role,
    /// The password's hash in PHC form; absent: they sign in otherwise.
    pub password: Option<String>,
    /// Who they are at the identity provider: its issuer, a space, its `sub`.
    pub external: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when they may no longer sign in.
    pub disabled_at: Option<Timestamp>,
    /// Raised by each change: what was proven against an older one no longer stands.
    pub version: u64,
}

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// Of the secret.
    pub digest: Digest,
    /// What it is for.
    pub name: String,
    /// The login of whom it belongs to.
    pub owner: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Only workflows that begin so.
    pub workflow_prefix: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A sign-in of a person that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRow {
    /// Its id.
    pub id: LoginId,
    /// Of the cookie's secret.
    pub digest: Digest,
    /// Whose.
    pub login: String,
    /// How it was proven: `password`, `oauth`, `setup`.
    pub method: String,
    /// From which address.
    pub address: Option<String>,
    /// With which program, as it calls itself.
    pub agent: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// Since when it is over.
    pub ended_at: Option<Timestamp>,
}

/// An invitation by link to one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// Its id.
    pub id: GuestId,
    /// Of the secret in the link.
    pub digest: Digest,
    /// To which session.
    pub session: SessionId,
    /// How whoever invited them calls them.
    pub name: String,
    /// Who invited them.
    pub invited_by: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when the link may be used.
    pub expires_at: Timestamp,
    /// When it was used: once.
    pub used_at: Option<Timestamp>,
    /// Of the cookie that its one use gave.
    pub cookie: Option<Digest>,
    /// Since when it is over.
    pub ended_at: Option<Timestamp>,
}

/// A passkey of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The credential's id, in base64url.
    pub id: String,
    /// Whose.
    pub login: String,
    /// What they call it.
    pub name: String,
    /// What the library keeps of it, as JSON.
    pub data: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// What a caller was let in by, so that it can be looked at again within the transaction of what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// The account, and its version when it was looked at.
    pub account: Option<(String, u64)>,
    /// The account that a token belongs to, and its role: nothing else of it matters to a program.
    pub owner: Option<(String, Role)>,
    /// The token that must not be revoked.
    pub token: Option<TokenId>,
    /// The sign-in that must not be over.
    pub login: Option<LoginId>,
    /// The invitation that must not be over.
    pub guest: Option<GuestId>,
}

/// By whom a change of accounts is made: what the audit keeps of it, and what must still stand when it is made.
#[derive(Clone, Debug)]
pub struct By {
    /// Kept in the same transaction, if anything is changed.
    pub audit: AuditEntry,
    /// Looked at in the same transaction.
    pub standing: Standing,
}

impl From<AuditEntry> for By {
    /// By somebody of whom nothing need stand: whoever is about to come in, or is on the machine.
    fn from(audit: AuditEntry) -> Self {
        Self { audit, standing: Standing::default() }
    }
}

/// What comes with a changed person, in the same transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserRules {
    /// Their sign-ins.
    pub logins: Logins,
    /// Whether there must be an administrator.
    pub admins: Admins,
}

/// What becomes of a person's sign-ins when they are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logins {
    /// They go on.
    #[default]
    GoOn,
    /// They end, but for this one.
    End {
        /// The one by which the change itself is made.
        except: Option<LoginId>,
    },
}

/// Whether there must be an administrator who may sign in, where a person is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admins {
    /// All the same.
    #[default]
    Any,
    /// There must be one afterwards, if there was one before.
    OneRemains,
    /// There must be none yet.
    NoneYet,
}

/// Storage of people, of what they sign in with, and of the tokens of programs.
#[async_trait]
pub trait AccountStore: Send + Sync + 'static {
    /// How often anything changed that could take a right away.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], as of each method here; [`StoreError::NotStanding`], as of each that takes [`By`].
    async fn accounts_epoch(&self) -> Result<u64, StoreError>;

    /// Whether all of it still stands. `now` is compared with no expiry: callers know theirs.
    async fn stands(&self, standing: &Standing) -> Result<bool, StoreError>;

    /// One person.
    async fn user(&self, login: &str) -> Result<Option<UserRow>, StoreError>;

    /// The person that an identity provider knows by this name.
    async fn user_of(&self, external: &str) -> Result<Option<UserRow>, StoreError>;

    /// At most `limit` people after this login, by login.
    async fn users(&self, after: Option<&str>, limit: usize) -> Result<Vec<UserRow>, StoreError>;

    /// Whether there is an administrator who may sign in.
    async fn has_admin(&self) -> Result<bool, StoreError>;

    /// At most `limit` people who may sign in and whose login or name contains this, in whatever case, as login and
    /// name; and as many groups.
    async fn choices(&self, text: &str, limit: usize) -> Result<(Vec<(String, String)>, Vec<String>), StoreError>;

    /// Stores a person who is new (`version` 1) or whose stored version is one less.
    ///
    /// # Errors
    /// [`StoreError::Stale`]: the login exists, or was changed meanwhile; [`StoreError::Admins`]: against the rule.
    async fn save_user(&self, user: UserRow, rules: UserRules, by: By) -> Result<(), StoreError>;

    /// The token with this digest, revoked ones, too.
    async fn token(&self, digest: &Digest) -> Result<Option<TokenRow>, StoreError>;

    /// The tokens of one person, or of all; newest first.
    async fn tokens(&self, owner: Option<&str>) -> Result<Vec<TokenRow>, StoreError>;

    /// Stores a new token.
    async fn add_token(&self, token: TokenRow, by: By) -> Result<(), StoreError>;

    /// Revokes a token, `owner`'s own or anybody's. `false`: there is none such, or it is revoked already.
    async fn revoke_token(&self, id: TokenId, owner: Option<&str>, at: Timestamp, by: By) -> Result<bool, StoreError>;

    /// Records that a token was used. It may be written with a later batch.
    fn note_token_use(&self, id: TokenId, at: Timestamp);

    /// The sign-in with this digest, ended ones, too.
    async fn login(&self, digest: &Digest) -> Result<Option<LoginRow>, StoreError>;

    /// The sign-ins of a person that have not ended, newest first.
    async fn logins(&self, login: &str) -> Result<Vec<LoginRow>, StoreError>;

    /// Stores a new sign-in.
    async fn add_login(&self, login: LoginRow, by: By) -> Result<(), StoreError>;

    /// Ends a sign-in. `false`: there is none such, or it has ended already.
    async fn end_login(&self, id: LoginId, at: Timestamp, by: By) -> Result<bool, StoreError>;

    /// The invitation whose link has this digest.
    async fn guest(&self, digest: &Digest) -> Result<Option<GuestRow>, StoreError>;

    /// The invitation whose cookie has this digest.
    async fn guest_by_cookie(&self, cookie: &Digest) -> Result<Option<GuestRow>, StoreError>;

    /// The invitations to a session, newest first.
    async fn guests(&self, session: SessionId) -> Result<Vec<GuestRow>, StoreError>;

    /// Forgets at most `limit` sign-ins that were over before this; how many it forgot.
    async fn forget_logins(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Stores a new invitation.
    async fn add_guest(&self, guest: GuestRow, by: By) -> Result<(), StoreError>;

    /// Uses an invitation, once. `false`: it was used, or is over.
    async fn use_guest(&self, id: GuestId, cookie: Digest, at: Timestamp, by: By) -> Result<bool, StoreError>;

    /// Takes an invitation back. `false`: it is over already.
    async fn end_guest(&self, id: GuestId, at: Timestamp, by: By) -> Result<bool, StoreError>;

    /// The passkeys of a person, oldest first.
    async fn passkeys(&self, login: &str) -> Result<Vec<PasskeyRow>, StoreError>;

    /// Stores a new passkey, or what a use of it changed.
    async fn save_passkey(&self, passkey: PasskeyRow, by: By) -> Result<(), StoreError>;

    /// Removes a passkey. `false`: the person has none such.
    async fn remove_passkey(&self, login: &str, id: &str, by: By) -> Result<bool, StoreError>;
}
