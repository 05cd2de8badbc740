//! Ways in: passwords, and those that others vouch for: signed tokens, identity providers, passkeys.
//!
//! Job: prove who somebody is, or that a passkey signed an answer. Who that is
//! here, and what they may do, is not decided here. Invariant: an algorithm is
//! chosen by the key, never by what is to be proven. Neighbours: the ports of
//! `askwell-app::ports` above; outbound calls go through its `Sender`.

mod bearer;
mod claims;
mod groups;
mod jws;
mod keys;
mod oidc;
mod passkeys;
mod passwords;
mod published;
#[cfg(test)]
mod testing;

pub use self::bearer::{JwtOptions, JwtStartError, JwtVerifier, MIN_SECRET, SHARED_ISSUER, TokenKeys};
pub use self::groups::GroupsClaim;
pub use self::oidc::{OidcOptions, OidcProvider, OidcStartError, check_issuer};
pub use self::passkeys::{PasskeyStartError, WebauthnPasskeys};
pub use self::passwords::Argon2Passwords;
