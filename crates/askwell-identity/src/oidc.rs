//! An identity provider by OpenID Connect: code with PKCE.
//!
//! Job: send a person there and take them back. Invariant: what comes back is
//! believed only if it answers this very departure (`state`, `nonce`, PKCE
//! verifier), names this very issuer, and its ID token passes the same strict
//! reading as any other token. Neighbours: `oidc/metadata.rs` is what the
//! provider says of itself, `oidc/exchange.rs` turns a code into tokens,
//! `oidc/id_token.rs` judges them, `oidc/userinfo.rs` asks for what is missing.

mod exchange;
mod id_token;
mod metadata;
#[cfg(test)]
mod tests;
mod userinfo;

use std::fmt;
use std::sync::Arc;

use askwell_app::ports::{Departure, ExternalIdentity, IdentityProvider, Return, Sender, SignInError};
use async_trait::async_trait;
use jiff::Timestamp;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, RedirectUrl, Scope};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use self::metadata::Metadata;
use crate::claims;
use crate::groups::GroupsClaim;
use crate::jws;
use crate::published::Published;

/// Which provider, and what we are to it.
#[derive(Clone)]
pub struct OidcOptions {
    /// What people call it.
    pub name: String,
    /// Its issuer, exactly as it writes it itself.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; absent: a public client.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Where groups stand; absent: nothing is said of groups.
    pub groups: Option<GroupsClaim>,
}

impl fmt::Debug for OidcOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcOptions")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The provider cannot be used as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcStartError {
    /// The issuer is no address.
    #[error("`{0}` is no issuer: write its address without query and fragment, as in https://login.example.com/realm")]
    Issuer(String),
    /// Codes and secrets would go over the wire for everybody to read.
    #[error("`{0}` is not encrypted: only an issuer on this machine may be called over http")]
    Plain(String),
}

/// What only the person's browser keeps until they come back. Not printed anywhere.
#[derive(Serialize, Deserialize)]
struct Flow {
    state: String,
    nonce: String,
    verifier: String,
}

/// An identity provider by OpenID Connect.
pub struct OidcProvider {
    options: OidcOptions,
    sender: Arc<dyn Sender>,
    metadata: Published<Metadata>,
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("options", &self.options).finish_non_exhaustive()
    }
}

impl OidcProvider {
    /// A provider that is asked when somebody first goes there.
    ///
    /// # Errors
    /// [`OidcStartError`].
    pub fn new(options: OidcOptions, sender: Arc<dyn Sender>) -> Result<Self, OidcStartError> {
        check_issuer(&options.issuer)?;
        let issuer = options.issuer.clone();
        let at = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let keys_by = Arc::clone(&sender);
        let read = move |document: &[u8]| Metadata::read(document, &issuer, &keys_by);
        let metadata = Published::new(at, Arc::clone(&sender), read);
        Ok(Self { options, sender, metadata })
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, SignInError> {
        self.metadata.get(|_| true).await
    }
}

/// Whether an address can be that of an issuer: encrypted, or on this machine, and nothing but an address.
///
/// # Errors
/// [`OidcStartError`].
pub fn check_issuer(issuer: &str) -> Result<(), OidcStartError> {
    let wrong = || OidcStartError::Issuer(issuer.to_owned());
    let url = Url::parse(issuer).map_err(|_| wrong())?;
    let is_local = match url.host().ok_or_else(wrong)? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        "http" => return Err(OidcStartError::Plain(issuer.to_owned())),
        _ => return Err(wrong()),
    }
    let has_more = url.query().is_some() || url.fragment().is_some();
    let has_more = has_more || !url.username().is_empty() || url.password().is_some();
    if has_more { Err(wrong()) } else { Ok(()) }
}

fn refused(reason: impl Into<String>) -> SignInError {
    SignInError::Refused(reason.into())
}

fn redirect(url: &str) -> Result<RedirectUrl, SignInError> {
    RedirectUrl::new(url.to_owned()).map_err(|error| refused(format!("`{url}` is no address to come back to: {error}")))
}

/// That what came back answers this departure, and the code it brought.
fn answer<'b>(back: &'b Return, flow: &Flow, issuer: &str, metadata: &Metadata) -> Result<&'b str, SignInError> {
    if back.state.as_deref() != Some(flow.state.as_str()) {
        return Err(refused("the `state` that came back is not the one that was sent"));
    }
    match &back.issuer {
        Some(named) if named == issuer => {}
        Some(other) => return Err(refused(format!("the answer is by {other:?}, expected {issuer:?}"))),
        None if metadata.names_itself => return Err(refused("the answer does not name its issuer, and should")),
        None => {}
    }
    if let Some(error) = &back.error {
        return Err(refused(format!("the provider answered {error:?}")));
    }
    back.code.as_deref().filter(|code| !code.is_empty()).ok_or_else(|| refused("the answer brought no code"))
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn depart(&self, redirect_url: &str) -> Result<Departure, SignInError> {
        let metadata = self.metadata().await?;
        let client = exchange::client(&metadata, &self.options).set_redirect_uri(redirect(redirect_url)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.options.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let flow =
            Flow { state: state.secret().clone(), nonce: nonce.secret().clone(), verifier: verifier.secret().clone() };
        let flow = serde_json::to_string(&flow).map_err(|error| refused(error.to_string()))?;
        Ok(Departure { url: url.into(), flow })
    }

    async fn arrive(
        &self,
        redirect_url: &str,
        back: &Return,
        flow: &str,
        now: Timestamp,
    ) -> Result<ExternalIdentity, SignInError> {
        let flow: Flow = serde_json::from_str(flow).map_err(|_| refused("nobody departed for this answer"))?;
        let metadata = self.metadata().await?;
        let code = answer(back, &flow, &self.options.issuer, &metadata)?;
        let exchanged = exchange::exchange(
            &metadata,
            &self.options,
            &self.sender,
            exchange::Code { text: code, redirect_url: redirect(redirect_url)?, verifier: flow.verifier },
        );
        let tokens = exchanged.await.inspect_err(|error| {
            if matches!(error, SignInError::Unavailable(_)) {
                self.metadata.doubt();
            }
        })?;

        let token = jws::parse(&tokens.id_token).map_err(SignInError::Refused)?;
        let key = token.key.as_deref();
        metadata.keys.get(|keys| !keys.of(key).is_empty()).await?.verify(&token).map_err(SignInError::Refused)?;
        let expected = id_token::Expected {
            issuer: &self.options.issuer,
            client: &self.options.client_id,
            nonce: &flow.nonce,
            access_token: &tokens.access_token,
        };
        id_token::judge(&token, expected, now).map_err(SignInError::Refused)?;

        let said = userinfo::complete(&metadata, &self.sender, &self.options, token.claims, &tokens.access_token);
        let said = said.await?;
        claims::identity(&self.options.issuer, &said, self.options.groups.as_ref()).map_err(SignInError::Refused)
    }
}
