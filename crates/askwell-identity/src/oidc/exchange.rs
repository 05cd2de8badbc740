//! A code, once, for tokens; by the library, over our own way out.

use std::fmt::Display;
use std::sync::Arc;

use askwell_app::ports::{FetchError, FetchRequest, Sender, SignInError};
use askwell_core::json;
use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreErrorResponseType};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse as _, http,
};
use serde_json::Value;

use super::OidcOptions;
use super::metadata::Metadata;

/// A code and what proves that it is ours.
pub(super) struct Code<'c> {
    pub(super) text: &'c str,
    pub(super) redirect_url: RedirectUrl,
    pub(super) verifier: String,
}

/// What a code was exchanged for, none of it believed yet.
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: String,
}

pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What we are to the provider.
pub(super) fn client(metadata: &Metadata, options: &OidcOptions) -> Client {
    let methods = metadata.core.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
    // Where nothing is said, Basic is what every provider takes.
    let by_body = takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
    CoreClient::from_provider_metadata(
        metadata.core.clone(),
        ClientId::new(options.client_id.clone()),
        options.client_secret.clone().map(ClientSecret::new),
    )
    .set_auth_type(if by_body { AuthType::RequestBody } else { AuthType::BasicAuth })
}

/// Exchanges a code for tokens.
pub(super) async fn exchange(
    metadata: &Metadata,
    options: &OidcOptions,
    sender: &Arc<dyn Sender>,
    code: Code<'_>,
) -> Result<Tokens, SignInError> {
    let client = client(metadata, options).set_redirect_uri(code.redirect_url);
    let request = client
        .exchange_code(AuthorizationCode::new(code.text.to_owned()))
        .map_err(|error| SignInError::Unavailable(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(code.verifier));
    let call = |request: HttpRequest| call(Arc::clone(sender), request);
    match request.request_async(&call).await {
        Ok(answer) => {
            let id_token = answer.id_token().map(ToString::to_string).ok_or_else(none)?;
            Ok(Tokens { id_token, access_token: answer.access_token().secret().clone() })
        }
        // A code that is used up, was made up, or is for somebody else.
        Err(RequestTokenError::ServerResponse(answer)) if *answer.error() == CoreErrorResponseType::InvalidGrant => {
            Err(SignInError::Refused("the provider does not take the code".into()))
        }
        Err(RequestTokenError::ServerResponse(answer)) => Err(unavailable(&answer)),
        Err(RequestTokenError::Request(error)) => Err(unavailable(&error)),
        Err(RequestTokenError::Other(reason)) => Err(unavailable(&reason)),
        Err(RequestTokenError::Parse(_, body)) => tokens_in(&body),
    }
}

/// The library looks into the ID token before we do, and says only that something is wrong. Ours says what.
fn tokens_in(body: &[u8]) -> Result<Tokens, SignInError> {
    // The answer may hold tokens: nothing of it is repeated.
    let answer = json::parse(body).map_err(|_| unavailable(&"its answer is no JSON"))?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let access_token = text("access_token").ok_or_else(|| unavailable(&"its answer has no `access_token`"))?;
    Ok(Tokens { id_token: text("id_token").ok_or_else(none)?, access_token })
}

fn none() -> SignInError {
    SignInError::Refused("the provider gave no ID token".into())
}

fn unavailable(reason: &dyn Display) -> SignInError {
    SignInError::Unavailable(format!("the provider gives no token: {reason}"))
}

/// One call of the library's.
async fn call(sender: Arc<dyn Sender>, request: HttpRequest) -> Result<HttpResponse, FetchError> {
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    let fetched = sender
        .fetch(FetchRequest {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: request.headers().iter().filter_map(text).collect(),
            body: request.into_body(),
        })
        .await?;
    let mut response = http::Response::builder().status(fetched.status);
    for (name, value) in &fetched.headers {
        response = response.header(name, value);
    }
    response.body(fetched.body).map_err(|error| FetchError(error.to_string()))
}
