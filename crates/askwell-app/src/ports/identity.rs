//! Ways in: passwords, and those that others vouch for: signed tokens, identity providers, passkeys.
//!
//! Adapters prove; who the proven person is here, and what they may do, the
//! use cases say. Reasons are for the log and the audit, never for the caller.

use std::fmt;

use askwell_core::digest::ContentHash;
use async_trait::async_trait;
use jiff::Timestamp;

/// What was proven of a person elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalIdentity {
    /// Who vouches.
    pub issuer: String,
    /// Their name there, never used again for somebody else.
    pub subject: String,
    /// What they would like to be called when signing in here.
    pub login_hint: Option<String>,
    /// How people call them.
    pub name: Option<String>,
    /// Where mail for them goes; only if the other side has verified it.
    pub email: Option<String>,
    /// Their groups, of those that the owner lets in; `None`: nothing was said of groups.
    pub groups: Option<Vec<String>>,
}

/// What a signed token says, once its signature and its times hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerClaims {
    /// Whose it is.
    pub identity: ExternalIdentity,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Its own id (`jti`).
    pub id: Option<String>,
}

/// Why somebody was not let in. Texts are for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// What was shown does not hold.
    #[error("{0}")]
    Refused(String),
    /// Whoever vouches cannot be asked now.
    #[error("{0}")]
    Unavailable(String),
}

/// Why a password was neither hashed nor compared. Texts are for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PasswordError(pub String);

/// Passwords: slow by design, so never at the cost of anything else.
#[async_trait]
pub trait Passwords: Send + Sync + 'static {
    /// The hash of a password, to be kept.
    ///
    /// # Errors
    /// [`PasswordError`].
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, PasswordError>;

    /// Whether `hash` is that of the password. Without a hash it is not, which takes as long to say.
    ///
    /// # Errors
    /// [`PasswordError`].
    async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError>;
}

/// Signed tokens of somebody else's.
#[async_trait]
pub trait BearerTokens: Send + Sync + 'static {
    /// What the token says.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn verify(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError>;

    /// What the token says, where it must be for clients of the Model Context Protocol: a token for anything else is
    /// refused there, and so is every token where that endpoint has no name that one could be for.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn verify_for_mcp(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        let _ = (token, now);
        Err(SignInError::Refused("the MCP endpoint has no name that a token could be for".to_owned()))
    }
}

/// Where to send a person, and what must come back with them.
#[derive(Clone, PartialEq, Eq)]
pub struct Departure {
    /// The provider's address.
    pub url: String,
    /// What only this person's browser may keep until they come back: state, nonce, verifier.
    pub flow: String,
}

impl fmt::Debug for Departure {
    /// Without what only one browser may know.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").finish_non_exhaustive()
    }
}

/// What a person comes back with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Return {
    /// `code`
    pub code: Option<String>,
    /// `state`
    pub state: Option<String>,
    /// `iss` (RFC 9207)
    pub issuer: Option<String>,
    /// `error`
    pub error: Option<String>,
}

impl fmt::Debug for Return {
    /// Without the code, which lets in whoever has it first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Return").field("issuer", &self.issuer).field("error", &self.error).finish_non_exhaustive()
    }
}

/// An identity provider.
#[async_trait]
pub trait IdentityProvider: Send + Sync + 'static {
    /// What people call it.
    fn name(&self) -> &str;

    /// Sends a person there.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn depart(&self, redirect_url: &str) -> Result<Departure, SignInError>;

    /// Takes a person back.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn arrive(
        &self,
        redirect_url: &str,
        back: &Return,
        flow: &str,
        now: Timestamp,
    ) -> Result<ExternalIdentity, SignInError>;
}

/// What an assertion for one answer signs, beside a nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The session's id as text.
    pub session: String,
    /// Its version.
    pub version: u64,
    /// What was shown.
    pub content_hash: ContentHash,
    /// The canonical answer.
    pub answer: String,
}

/// Passkeys: registering one, and an assertion that signs an answer. Options and credentials are the browser's JSON.
pub trait Passkeys: Send + Sync + 'static {
    /// Options for registering another one beside `existing`, and what must come back with the answer.
    ///
    /// # Errors
    /// [`SignInError`].
    fn register(&self, login: &str, name: &str, existing: &[String]) -> Result<(String, String), SignInError>;

    /// The new passkey's id and what to keep of it.
    ///
    /// # Errors
    /// [`SignInError`].
    fn registered(&self, state: &str, credential: &str) -> Result<(String, String), SignInError>;

    /// Options for an assertion by one of `existing` that signs `what` with `nonce`, and what must come back.
    ///
    /// # Errors
    /// [`SignInError`].
    fn challenge(&self, existing: &[String], what: &Signed, nonce: &[u8; 32]) -> Result<(String, String), SignInError>;

    /// The id of the passkey that asserted, and what to keep of it from now on.
    ///
    /// # Errors
    /// [`SignInError`].
    fn asserted(
        &self,
        state: &str,
        existing: &[String],
        what: &Signed,
        nonce: &[u8; 32],
        credential: &str,
    ) -> Result<(String, String), SignInError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_browser_may_know_is_not_printed() {
        let secret = || "s3cret".to_owned();
        let departure = Departure { url: format!("https://p/?state={}", secret()), flow: secret() };
        let back = Return { code: Some(secret()), state: Some(secret()), issuer: None, error: Some("denied".into()) };
        let printed = format!("{departure:?} {back:?}");
        assert!(!printed.contains("s3cret") && printed.contains("denied"), "{printed}");
    }
}
