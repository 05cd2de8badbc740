//! What a provider says of itself (OpenID Connect Discovery).
//!
//! Invariant: it speaks for the issuer that the owner configured, and nothing
//! it names is less encrypted than that. Neighbours: [`crate::published`]
//! fetches it; its keys are another document, fetched by themselves.

use std::sync::Arc;

use askwell_app::ports::Sender;
use askwell_core::json;
use openidconnect::UserInfoUrl;
use openidconnect::core::CoreProviderMetadata;
use serde_json::Value;
use url::Url;

use crate::keys::KeySet;
use crate::published::Published;

/// What a provider says of itself.
#[derive(Debug)]
pub(super) struct Metadata {
    /// As the library reads it.
    pub(super) core: CoreProviderMetadata,
    /// Whether it promises to name itself in its answers (RFC 9207).
    pub(super) names_itself: bool,
    /// The keys it signs with.
    pub(super) keys: Published<KeySet>,
}

impl Metadata {
    pub(super) fn read(document: &[u8], issuer: &str, sender: &Arc<dyn Sender>) -> Result<Self, String> {
        let value = json::parse(document).map_err(|error| format!("no JSON that can be relied on: {error}"))?;
        let said = value.get("issuer").and_then(Value::as_str);
        if said != Some(issuer) {
            return Err(format!("it speaks for {said:?}, expected {issuer:?}; write the issuer exactly so"));
        }
        let names_itself = value.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true));
        let core: CoreProviderMetadata =
            serde_json::from_value(value).map_err(|error| format!("no description of a provider: {error}"))?;
        let wire = if issuer.starts_with("https:") { Wire::Encrypted } else { Wire::Local };
        let token = core.token_endpoint().ok_or("it names no `token_endpoint`")?.url();
        let userinfo = core.userinfo_endpoint().map(UserInfoUrl::url);
        for endpoint in [core.authorization_endpoint().url(), token, core.jwks_uri().url()].into_iter().chain(userinfo)
        {
            sound(endpoint, wire)?;
        }
        let keys = Published::new(core.jwks_uri().url().to_string(), Arc::clone(sender), KeySet::read);
        Ok(Self { core, names_itself, keys })
    }
}

/// What calls to the issuer go over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Encrypted,
    /// This machine's own, in the clear.
    Local,
}

fn sound(endpoint: &Url, wire: Wire) -> Result<(), String> {
    match endpoint.scheme() {
        "https" => Ok(()),
        "http" if wire == Wire::Local => Ok(()),
        _ => Err(format!("its address {endpoint} is not encrypted")),
    }
}
