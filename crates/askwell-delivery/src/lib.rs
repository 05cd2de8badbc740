//! Outbound calls: signed webhooks, and the rule where they may go.
//!
//! Invariant: nothing leaves the process but through [`WebhookSender`], and it
//! connects only to an address that [`Egress`] judged in that very attempt. A
//! name is resolved once for an attempt, by us; the HTTP client knows no DNS.
//!
//! ```text
//!  Delivery ─► egress: scheme, user, port ─► resolver: addresses ─► egress: each address
//!                                                                       │ the allowed ones
//!           Sent ◄── status, Retry-After ◄── reqwest, signed body ◄─────┘
//! ```
//!
//! [`WebhookSender`] also fetches what identity providers publish, by the same
//! client and the same rules, plus the hosts that the configuration names.
//!
//! Neighbours: implements the `Sender` port of `askwell-app`, which decides
//! when to try and what a status means; `askwell` (the binary) reads the
//! secret and the rules from its configuration.

mod egress;
mod fetch;
mod resolver;
mod retry_after;
mod signature;
mod webhook;

pub use ipnet::IpNet;

pub use self::egress::{Egress, HostPattern, InvalidHostPattern, InvalidNetwork, Mode, parse_network};
pub use self::signature::{InvalidSecret, WebhookSecret};
pub use self::webhook::{MAX_TIMEOUT, StartError, WebhookOptions, WebhookSender};
