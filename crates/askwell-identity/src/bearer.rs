//! Signed tokens of somebody else's, as bearer tokens.
//!
//! Invariant: a token is first read strictly, then its signature is verified
//! with a key chosen by `kid` and the algorithm of that key, and only then is
//! what it says judged. Neighbours: [`crate::jws`], [`crate::keys`] and
//! [`crate::claims`] do one of these each.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use askwell_app::ports::{BearerClaims, BearerTokens, Sender, SignInError};
use async_trait::async_trait;
use jiff::Timestamp;
use url::Url;

use crate::claims::{self, Expected};
use crate::groups::GroupsClaim;
use crate::jws::{self, Jws};
use crate::keys::{Key, KeySet};
use crate::published::Published;

/// HS256 is as strong as its secret: this many bytes are as many as it has bits to give.
pub const MIN_SECRET: usize = 32;

/// Who vouches where tokens are signed with a shared secret and no issuer is configured.
/// Whoever holds the secret could name any issuer, so what a token names is not taken over.
pub const SHARED_ISSUER: &str = "jwt";

const MAX_ID: usize = 256;

/// What tokens are verified with.
#[derive(Clone)]
pub enum TokenKeys {
    /// A secret shared with whoever signs: HS256.
    Secret(Vec<u8>),
    /// A JWK set at this address: RS256, ES256 or EdDSA.
    Published(Url),
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(_) => f.write_str("Secret(…)"),
            Self::Published(url) => write!(f, "Published({url})"),
        }
    }
}

/// Which tokens are taken.
#[derive(Clone, Debug)]
pub struct JwtOptions {
    /// What they are verified with.
    pub keys: TokenKeys,
    /// Who has to have issued them. Published keys need one.
    pub issuer: Option<String>,
    /// For whom they have to be. Without one, a token that is for somebody in particular is refused.
    pub audience: Option<String>,
    /// Where their groups stand; absent: nothing is said of groups.
    pub groups: Option<GroupsClaim>,
}

/// Tokens cannot be verified with what is configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtStartError {
    /// The secret can be guessed.
    #[error("the secret has {0} bytes; HS256 needs at least {MIN_SECRET}, for example from `openssl rand -base64 48`")]
    ShortSecret(usize),
    /// Everybody who may sign with a published key would be let in.
    #[error("tokens that are verified with published keys need an issuer and an audience to be compared with")]
    Unbounded,
}

/// Verifies signed tokens.
#[derive(Debug)]
pub struct JwtVerifier {
    keys: Keys,
    issuer: Option<String>,
    audience: Option<String>,
    /// For whom they have to be where they are shown by clients of the Model Context Protocol.
    mcp_audience: Option<String>,
    groups: Option<GroupsClaim>,
}

#[derive(Debug)]
enum Keys {
    Shared(Key),
    Published(Published<KeySet>),
}

impl JwtVerifier {
    /// Verifies by these options; `sender` fetches published keys.
    ///
    /// # Errors
    /// [`JwtStartError`].
    pub fn new(options: JwtOptions, sender: Arc<dyn Sender>) -> Result<Self, JwtStartError> {
        let JwtOptions { keys, issuer, audience, groups } = options;
        let keys = match keys {
            TokenKeys::Secret(secret) if secret.len() < MIN_SECRET => {
                return Err(JwtStartError::ShortSecret(secret.len()));
            }
            TokenKeys::Secret(secret) => Keys::Shared(Key::shared(&secret)),
            TokenKeys::Published(_) if issuer.is_none() || audience.is_none() => return Err(JwtStartError::Unbounded),
            TokenKeys::Published(url) => Keys::Published(Published::new(url.into(), sender, KeySet::read)),
        };
        Ok(Self { keys, issuer, audience, mcp_audience: None, groups })
    }

    /// The same, that also takes tokens for the MCP endpoint of this name. Without a name it takes none there.
    #[must_use]
    pub fn for_mcp(self, audience: Option<String>) -> Self {
        Self { mcp_audience: audience, ..self }
    }

    async fn read(&self, token: &str, audience: Option<&str>, now: Timestamp) -> Result<BearerClaims, SignInError> {
        let token = jws::parse(token).map_err(SignInError::Refused)?;
        self.prove(&token).await?;
        let expected = Expected { issuer: self.issuer.as_deref(), audience };
        let expires_at = claims::judge(&token.claims, expected, now).map_err(SignInError::Refused)?;
        let issuer = self.issuer.as_deref().unwrap_or(SHARED_ISSUER);
        let identity = claims::identity(issuer, &token.claims, self.groups.as_ref()).map_err(SignInError::Refused)?;
        Ok(BearerClaims { identity, expires_at, id: claims::text(&token.claims, "jti", MAX_ID) })
    }

    async fn prove(&self, token: &Jws<'_>) -> Result<(), SignInError> {
        match &self.keys {
            Keys::Shared(key) => key.verify(token),
            Keys::Published(published) => {
                let id = token.key.as_deref();
                published.get(|keys| !keys.of(id).is_empty()).await?.verify(token)
            }
        }
        .map_err(SignInError::Refused)
    }
}

#[async_trait]
impl BearerTokens for JwtVerifier {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        self.read(token, self.audience.as_deref(), now).await
    }

    async fn verify_for_mcp(&self, token: &str, now: Timestamp) -> Result<BearerClaims, SignInError> {
        match self.mcp_audience.as_deref() {
            Some(audience) => self.read(token, Some(audience), now).await,
            None => Err(SignInError::Refused("the MCP endpoint has no name that a token could be for".to_owned())),
        }
    }
}
