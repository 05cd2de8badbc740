//! Request → [`Caller`].

use askwell_app::{Caller, Channel};
use askwell_core::access::Principal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::client::Client;
use crate::locale::Locale;
use crate::state::AuthMode;
use crate::wire::problem::{Code, Problem};

/// Who calls, put beside the request by `middleware`.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The first argument of every use case.
    pub(crate) caller: Caller,
    /// The language of texts.
    pub(crate) locale: Locale,
}

impl Identity {
    /// Tells who calls.
    pub(crate) fn of(auth: AuthMode, client: Client, locale: Locale, request_id: &str) -> Self {
        let mut caller = Caller::local(Channel::Rest, locale.as_str(), request_id);
        caller.address = Some(client.address);
        if auth == AuthMode::Accounts {
            caller.principal = Principal::Nobody;
        }
        Self { caller, locale }
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::new(Code::Internal).logged("a route outside the middleware".to_owned());
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}
