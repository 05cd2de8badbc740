//! People, tokens and guests: who is let in, and for how long.
//!
//! Job: turn what a request shows into a [`Principal`](askwell_core::access::Principal),
//! and manage what it can show. Invariants: secrets are kept as digests; what
//! was proven against something that has changed since no longer stands, within
//! a second on every node and at once in the transaction of a change. Neighbours:
//! `rights` says what a principal may do, `ports::AccountStore` keeps the rows.

use std::time::Duration;

/// A way for people to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Name and password on the page.
    Password,
    /// Name and password with each request.
    Basic,
    /// A signed token of somebody else's.
    Jwt,
    /// An identity provider.
    Oauth,
}

/// The owner's choices about accounts.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The ways that are open. Tokens of programs and links for guests always are.
    pub ways: Vec<Way>,
    /// How long a sign-in lasts.
    pub login_lifetime: Duration,
    /// The group, of whoever vouches, that makes an administrator.
    pub admin_group: Option<String>,
}

/// What is kept in memory of accounts.
#[derive(Debug, Default)]
pub(crate) struct Accounts {}
