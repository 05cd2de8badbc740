//! Accounts over HTTP: signing in, tokens, guests, who is asked, and what ends with an account.

mod guests;
mod parties;
mod remembered;
mod sign_in;
mod standing;
mod tokens;
