//! How often, and how many at once.
//!
//! Job: slow down whoever guesses and whoever floods, and say how long to wait.
//! Invariants: without accounts nothing is counted; what is kept of others is
//! bounded, whatever they send. Neighbours: `meter` counts, `sessions` asks
//! before it opens, the use cases of signing in ask before they look at a secret.

mod cells;
mod meter;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use askwell_core::access::Principal;

use self::meter::Meter;
use crate::app::App;
use crate::caller::Caller;
use crate::error::AppError;
use crate::ports::{Clock, IdempotencyKey};

/// Refusals from one address that the audit keeps, per minute.
const REFUSALS_KEPT: u32 = 30;

/// How often is allowed, and how many at once. 0: without a limit.
///
/// "Per minute" is a burst of that many, refilled evenly over a minute: within any
/// time *t* at most `limit + limit × t / minute`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Tries to sign in to one account, per minute.
    pub login_per_account: u32,
    /// Tries to sign in from one address, per minute.
    pub login_per_address: u32,
    /// Sessions that one person or token asks for, per minute; and as many previews.
    pub create_per_minute: u32,
    /// Sessions of one requester that are open at once.
    pub max_open: u32,
    /// Links that are tried from one address, per minute.
    pub guests_per_address: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            login_per_account: 5,
            login_per_address: 20,
            create_per_minute: 60,
            max_open: 1_000,
            guests_per_address: 10,
        }
    }
}

/// What is left after one use that was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How often at most, all at once.
    pub limit: u32,
    /// How often still, right now.
    pub remaining: u32,
    /// Until all of it is there again.
    pub reset: Duration,
}

/// What is counted.
pub(crate) struct Meters {
    login_account: Option<Meter>,
    login_address: Option<Meter>,
    create: Option<Meter>,
    preview: Option<Meter>,
    guest_address: Option<Meter>,
    /// Refusals that the audit keeps.
    refusal_address: Option<Meter>,
    max_open: u32,
}

impl Meters {
    pub(crate) fn new(limits: &RateLimits, clock: &Arc<dyn Clock>) -> Self {
        let per_minute = |limit| Meter::per_minute(limit, Arc::clone(clock));
        Self {
            login_account: per_minute(limits.login_per_account),
            login_address: per_minute(limits.login_per_address),
            create: per_minute(limits.create_per_minute),
            preview: per_minute(limits.create_per_minute),
            guest_address: per_minute(limits.guests_per_address),
            refusal_address: per_minute(REFUSALS_KEPT),
            max_open: limits.max_open,
        }
    }
}

impl App {
    /// Counts a try to sign in. To be asked before anything is looked up, so that accounts that do not exist are
    /// counted like those that do.
    ///
    /// The address comes first: who is stopped there does not use up what the account's owner may still try.
    ///
    /// # Errors
    /// [`AppError::RateLimited`].
    pub fn login_allowed(&self, account: &str, address: Option<IpAddr>) -> Result<(), AppError> {
        self.address_allowed(address)?;
        count(self.inner.meters.login_account.as_ref(), &account_key(account))?;
        Ok(())
    }

    /// Counts a try to sign in that names no account.
    ///
    /// # Errors
    /// [`AppError::RateLimited`].
    pub(crate) fn address_allowed(&self, address: Option<IpAddr>) -> Result<(), AppError> {
        count(self.inner.meters.login_address.as_ref(), &address.map(network)).map(|_| ())
    }

    /// Whether the audit keeps one more refusal from this address.
    pub(crate) fn refusal_is_kept(&self, address: Option<IpAddr>) -> bool {
        count(self.inner.meters.refusal_address.as_ref(), &address.map(network)).is_ok()
    }

    /// What is left of tries to sign in. Counts nothing.
    #[must_use]
    pub fn logins_left(&self, account: &str, address: Option<IpAddr>) -> Option<Allowance> {
        let meters = &self.inner.meters;
        let of_address = meters.login_address.as_ref().map(|meter| meter.left(&address.map(network)));
        let of_account = meters.login_account.as_ref().map(|meter| meter.left(&account_key(account)));
        of_account.into_iter().chain(of_address).min_by_key(|allowance| allowance.remaining)
    }

    /// What is left of tries to come in by a link. Counts nothing.
    #[must_use]
    pub fn guests_left(&self, address: Option<IpAddr>) -> Option<Allowance> {
        self.inner.meters.guest_address.as_ref().map(|meter| meter.left(&address.map(network)))
    }

    /// Counts a try to come in by a link.
    ///
    /// # Errors
    /// [`AppError::RateLimited`].
    pub fn guest_allowed(&self, address: Option<IpAddr>) -> Result<(), AppError> {
        count(self.inner.meters.guest_address.as_ref(), &address.map(network)).map(|_| ())
    }

    /// Counts a create. Repeats count, too: they cost as much.
    pub(crate) fn create_allowed(&self, caller: &Caller) -> Result<Option<Allowance>, AppError> {
        count_of(self.inner.meters.create.as_ref(), caller)
    }

    /// Counts a preview: as many are allowed as creates, apart from them, so that whoever tries words out can still ask.
    pub(crate) fn preview_allowed(&self, caller: &Caller) -> Result<(), AppError> {
        count_of(self.inner.meters.preview.as_ref(), caller).map(|_| ())
    }

    /// Goes on only if the requester may have one more open session. A repeat opens none. Creates that run at the same
    /// time may pass together, so a few more than the limit can be open.
    pub(crate) async fn room_for_one_more(
        &self,
        caller: &Caller,
        key: Option<&IdempotencyKey>,
    ) -> Result<(), AppError> {
        let limit = self.inner.meters.max_open;
        let Some(login) = caller.principal.login().filter(|_| limit > 0) else { return Ok(()) };
        if self.inner.store.count_open(login).await? < u64::from(limit) {
            return Ok(());
        }
        let is_repeat = match key {
            Some(key) => self.inner.store.keyed(key).await?.is_some(),
            None => false,
        };
        if is_repeat { Ok(()) } else { Err(AppError::TooManyOpen { limit }) }
    }
}

/// Without accounts nobody is counted.
fn count_of(meter: Option<&Meter>, caller: &Caller) -> Result<Option<Allowance>, AppError> {
    if caller.principal == Principal::LocalOwner { Ok(None) } else { count(meter, &caller.principal.name()) }
}

fn count<K: std::hash::Hash>(meter: Option<&Meter>, key: &K) -> Result<Option<Allowance>, AppError> {
    meter.map(|meter| meter.count(key)).transpose()
}

/// Logins are written as people like.
fn account_key(account: &str) -> String {
    account.trim().to_lowercase()
}

/// What counts as one address: whoever has one of IPv6 usually has the 2^64 beside it, too.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
