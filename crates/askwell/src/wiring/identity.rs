//! Who is let in, as the configuration says: ways, rights, and those who vouch for others.

use std::sync::Arc;

use anyhow::Context as _;
use askwell_app::ports::{BearerTokens, IdentityProvider, Ids as _, Passkeys, Sender};
use askwell_app::{AccountSettings, JwtSubject, RateLimits, Way};
use askwell_core::access::{Policy, RequesterAnswers};
use askwell_delivery::HostPattern;
use askwell_identity::{GroupsClaim, JwtOptions, JwtVerifier, OidcOptions, OidcProvider, TokenKeys, WebauthnPasskeys};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::SystemIds;
use crate::config::{AuthMethod, Config};

/// The owner's choices about rights.
pub(super) fn policy(config: &Config) -> Policy {
    let answers =
        if config.security.requester_may_answer { RequesterAnswers::IfEligible } else { RequesterAnswers::Never };
    Policy { requester_may_answer: answers }
}

/// The owner's choices about accounts; nothing where nobody must sign in.
pub(super) fn accounts(config: &Config) -> Option<AccountSettings> {
    let security = &config.security;
    let way = |method: &AuthMethod| match method {
        AuthMethod::Password => Way::Password,
        AuthMethod::Basic => Way::Basic,
        AuthMethod::Jwt => Way::Jwt,
        AuthMethod::Oauth => Way::Oauth,
    };
    security.enable_auth.then(|| AccountSettings {
        ways: security.auth_method.0.iter().map(way).collect(),
        login_lifetime: security.token_expiry.0,
        admin_group: config.oauth.admin_group.clone(),
        allowed_logins: config.oauth.allowed_logins.clone(),
        // Whoever holds the owner's own secret may name anybody; whoever publishes keys has names of their own.
        jwt_subject: if security.jwt_jwks_url.is_some() { JwtSubject::External } else { JwtSubject::Login },
    })
}

/// The owner's choices about limits.
pub(super) fn rate_limits(config: &Config) -> RateLimits {
    let limits = &config.limits;
    RateLimits {
        login_per_account: limits.login_per_account,
        login_per_address: limits.login_per_address,
        create_per_minute: limits.create_per_minute,
        max_open: limits.max_open,
        guests_per_address: limits.guests_per_address,
    }
}

/// The hosts that the configuration names for identity, which may be inside.
pub(super) fn named_hosts(config: &Config) -> Vec<HostPattern> {
    let issuer = config.oauth.issuer.as_ref().and_then(crate::config::Issuer::url);
    issuer.iter().chain(&config.security.jwt_jwks_url).flat_map(HostPattern::named_by).collect()
}

/// What verifies signed tokens, where that way is open.
///
/// # Errors
/// The key is missing or too short.
pub(super) fn bearer(config: &Config, sender: &Arc<dyn Sender>) -> anyhow::Result<Option<Arc<dyn BearerTokens>>> {
    let security = &config.security;
    if !security.enable_auth || !security.auth_method.has(AuthMethod::Jwt) {
        return Ok(None);
    }
    let keys = match (&security.jwt_jwks_url, &security.jwt_secret) {
        (Some(url), _) => TokenKeys::Published(url.clone()),
        (None, Some(secret)) => TokenKeys::Secret(secret.0.clone().into_bytes()),
        (None, None) => anyhow::bail!("security.jwt_secret or security.jwt_jwks_url is needed for `auth_method: jwt`"),
    };
    let groups = security.jwt_groups_claim.clone();
    let options = JwtOptions {
        keys,
        issuer: security.jwt_issuer.clone(),
        audience: security.jwt_audience.clone(),
        groups: groups.map(|claim| GroupsClaim { claim, allowed: security.jwt_allowed_groups.clone() }),
    };
    let verifier = JwtVerifier::new(options, Arc::clone(sender)).context("security.jwt_secret, security.jwt_issuer")?;
    Ok(Some(Arc::new(verifier.for_mcp(config.mcp_resource()))))
}

/// The identity provider, where there is one.
///
/// # Errors
/// It cannot be used as it is configured.
pub(super) fn provider(config: &Config, sender: &Arc<dyn Sender>) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
    let (security, oauth) = (&config.security, &config.oauth);
    let (Some(issuer), Some(client_id)) = (&oauth.issuer, &oauth.client_id) else { return Ok(None) };
    if !security.enable_auth || !security.auth_method.has(AuthMethod::Oauth) {
        return Ok(None);
    }
    let options = OidcOptions {
        name: oauth.name.clone(),
        issuer: issuer.0.clone(),
        client_id: client_id.clone(),
        client_secret: oauth.client_secret.as_ref().map(|secret| secret.0.clone()),
        scopes: oauth.scopes.clone(),
        groups: oauth.groups_claim.clone().map(|claim| GroupsClaim { claim, allowed: oauth.admitted_groups() }),
    };
    let provider = OidcProvider::new(options, Arc::clone(sender)).context("oauth.issuer")?;
    Ok(Some(Arc::new(provider)))
}

/// Passkeys, where the server goes by a name: browsers bind them to one.
pub(super) fn passkeys(config: &Config, port: u16) -> Option<Arc<dyn Passkeys>> {
    if !config.security.enable_auth {
        return None;
    }
    let scheme = if config.server.has_tls() { "https" } else { "http" };
    let own = || Url::parse(&format!("{scheme}://localhost:{port}")).ok();
    let origin = config.server.public_url.clone().or_else(own)?;
    match WebauthnPasskeys::new(&[origin], "Askwell") {
        Ok(passkeys) => Some(Arc::new(passkeys)),
        Err(error) => {
            tracing::warn!("passkeys cannot be used: {error}");
            None
        }
    }
}

/// What seals the cookie of the way to an identity provider: the owner's secret, or one for this run.
pub(super) fn session_key(config: &Config) -> [u8; 32] {
    match &config.security.session_secret {
        Some(secret) => Sha256::digest(secret.0.as_bytes()).into(),
        None => SystemIds.secret(),
    }
}
