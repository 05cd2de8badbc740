//! Addresses that a requester wants called, judged by a sender with the default rules.
//!
//! Holds: an address that is let through leads outside, by a judgement of this
//! file's own, in whatever notation it is written; a refusal says why and what
//! would allow it. Names are passed over: nothing is asked of a resolver here,
//! and what they resolve to is judged by the same rule.

use std::cell::OnceCell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use askwell_app::ports::{Permission, Sender as _};
use askwell_delivery::{Egress, WebhookOptions, WebhookSecret, WebhookSender};
use askwell_testkit::TestClock;
use url::{Host, Url};

use crate::world::block_on;
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "callback_url",
    run,
    words: &[
        "http://",
        "https://",
        "127.0.0.1",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "169.254.169.254",
        "@",
        ":80",
        ":22",
        "8.8.8.8",
        "[2606:4700::1111]",
        "\\",
        "\t",
        "%",
        "\u{ff0e}",
        "\u{2460}",
        "#",
        "?",
    ],
    bounded: 3_000,
};

thread_local! {
    static SENDER: OnceCell<WebhookSender> = const { OnceCell::new() };
}

fn run(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    if Url::parse(text).is_ok_and(|url| matches!(url.host(), Some(Host::Domain(_)))) {
        return Ok(());
    }
    SENDER.with(|cell| {
        if cell.get().is_none() {
            cell.set(sender()?).map_err(|_| Broken("two senders".to_owned()))?;
        }
        let sender = cell.get().ok_or_else(|| Broken("no sender".to_owned()))?;
        judge(text, &block_on(sender.permission(text))?)
    })
}

fn sender() -> Result<WebhookSender, Broken> {
    let secret =
        WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").map_err(|error| Broken(error.to_string()))?;
    let egress = Egress::default();
    let options = WebhookOptions { secret, egress, timeout: Duration::from_secs(1), clock: Arc::new(TestClock::new()) };
    WebhookSender::new(options).map_err(|error| Broken(error.to_string()))
}

/// What must hold of a judgement over an address without a name.
///
/// # Errors
/// [`Broken`]
pub fn judge(text: &str, permission: &Permission) -> Verdict {
    match permission {
        Permission::Allowed => {
            let url = Url::parse(text).map_err(|error| Broken(format!("{text:?} was let through: {error}")))?;
            hold!(matches!(url.scheme(), "http" | "https"), "{} was let through", url.scheme());
            hold!(url.username().is_empty() && url.password().is_none(), "a user was let through: {text:?}");
            let address: IpAddr = match url.host() {
                Some(Host::Ipv4(address)) => address.into(),
                Some(Host::Ipv6(address)) => address.into(),
                other => return Err(Broken(format!("{other:?} was let through: {text:?}"))),
            };
            hold!(is_outside(address), "{address} was let through: {text:?}");
            let port = url.port_or_known_default().unwrap_or_default();
            hold!(matches!(port, 80 | 443) || (port >= 1024 && port != 6379), "port {port} was let through: {text:?}");
        }
        Permission::Refused { reason, setting } => {
            hold!(!reason.is_empty(), "{text:?} is refused without a reason");
            let known = ["callback_url", "egress.allow_networks", "egress.allow_hosts"];
            hold!(known.contains(&setting.as_str()), "{setting:?} allows nothing");
        }
    }
    Ok(())
}

/// Whether nothing of ours can be at this address. Written anew, by what the standard library knows of addresses.
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => is_outside_v6(address),
    }
}

fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_inside = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation();
    let is_special = a == 0 || a >= 240 || (a == 100 && b & 0xc0 == 64) || (a == 198 && b & 0xfe == 18);
    !is_inside && !is_special && address != Ipv4Addr::new(168, 63, 129, 16)
}

fn is_outside_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            let [.., a, b, c, d] = address.octets();
            is_outside_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Teredo, 6to4, documentation.
        [0x2001, 0 | 0xdb8, ..] | [0x2002, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
