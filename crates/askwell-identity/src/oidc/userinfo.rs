//! Names and groups that are not in the ID token, from where the provider keeps them.
//!
//! Invariant: it only ever adds, and only about the same person. An address is
//! never taken from one side and its verification from the other.

use std::sync::Arc;

use askwell_app::ports::{FetchRequest, Sender, SignInError};
use askwell_core::json;
use serde_json::Value;

use super::OidcOptions;
use super::metadata::Metadata;
use crate::claims::Claims;

/// What we would like to know beside `sub` and groups.
const WANTED: [&str; 3] = ["name", "preferred_username", "email"];

/// The claims of the ID token, and what they lack.
pub(super) async fn complete(
    metadata: &Metadata,
    sender: &Arc<dyn Sender>,
    options: &OidcOptions,
    mut claims: Claims,
    access_token: &str,
) -> Result<Claims, SignInError> {
    let lacks_groups = options.groups.as_ref().is_some_and(|groups| !groups.is_in(&claims));
    let lacks_names = WANTED.iter().any(|name| !claims.contains_key(*name));
    let Some(endpoint) = metadata.core.userinfo_endpoint().filter(|_| lacks_groups || lacks_names) else {
        return Ok(claims);
    };
    match ask(sender, endpoint.as_str(), access_token, claims.get("sub")).await {
        Ok(more) => {
            let has_email = claims.contains_key("email");
            if !has_email {
                claims.remove("email_verified");
            }
            for (name, value) in more {
                let is_of_another_address = has_email && name == "email_verified";
                if !claims.contains_key(&name) && !is_of_another_address {
                    claims.insert(name, value);
                }
            }
            Ok(claims)
        }
        // Without groups a person might do less, and with those of old more, than the provider says.
        Err(reason) if lacks_groups => Err(SignInError::Unavailable(format!("the provider tells no groups: {reason}"))),
        Err(reason) => {
            tracing::warn!(reason, "an identity provider tells no names");
            Ok(claims)
        }
    }
}

async fn ask(
    sender: &Arc<dyn Sender>,
    endpoint: &str,
    access_token: &str,
    subject: Option<&Value>,
) -> Result<Claims, String> {
    let headers = vec![
        ("accept".to_owned(), "application/json".to_owned()),
        ("authorization".to_owned(), format!("Bearer {access_token}")),
    ];
    let request = FetchRequest { method: "GET".into(), url: endpoint.to_owned(), headers, body: Vec::new() };
    let fetched = sender.fetch(request).await.map_err(|error| error.0)?;
    if fetched.status != 200 {
        return Err(format!("{endpoint} answers {}, expected 200", fetched.status));
    }
    let more = match json::parse(&fetched.body) {
        Ok(Value::Object(more)) => more,
        Ok(_) => return Err(format!("{endpoint} answers no JSON object")),
        Err(error) => return Err(format!("{endpoint} answers no JSON that can be relied on: {error}")),
    };
    if more.get("sub") == subject { Ok(more) } else { Err(format!("{endpoint} speaks of somebody else")) }
}
