//! What the owner writes about outbound calls: hosts, networks, the secret.
//!
//! Holds: a rule that is taken is written as it is read; a rule for one host
//! never speaks for all; the secret is shown nowhere but where it is asked for.

use askwell_delivery::{HostPattern, InvalidHostPattern, WebhookSecret, parse_network};

use crate::{Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "egress_rule",
    run,
    words: &["*.", ".", ":8080", "[::1]", "whsec_", "/8", "10.0.0.0", "xn--", "0x7f.1", "%2e", "\u{3002}", "=="],
    bounded: 3_000,
};

fn run(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    judge_host(text, &text.parse())?;
    if let Ok(network) = parse_network(text) {
        let again = parse_network(&network.to_string());
        hold!(again == Ok(network), "{network} reads back as {again:?}");
    }
    if let Ok(secret) = WebhookSecret::parse(text) {
        let again = WebhookSecret::parse(&secret.reveal());
        hold!(again.as_ref() == Ok(&secret), "a secret reads back as another");
        hold!(!format!("{secret:?}").contains(text.trim()), "a secret is shown");
    }
    Ok(())
}

/// What must hold of what was made of a host's pattern.
///
/// # Errors
/// [`crate::Broken`]
pub fn judge_host(text: &str, result: &Result<HostPattern, InvalidHostPattern>) -> Verdict {
    match result {
        Ok(pattern) => {
            let written = pattern.to_string();
            let again: Result<HostPattern, _> = written.parse();
            hold!(again.as_ref() == Ok(pattern), "{text:?}, written as {written:?}, reads back as {again:?}");
            let name = written.trim_start_matches("*.");
            hold!(!name.is_empty() && !name.contains('*'), "{text:?} speaks for all: {written:?}");
            hold!(!name.contains(['/', '@', '?', '#', ' ']), "{text:?} is more than a host: {written:?}");
        }
        Err(error) => hold!(error.to_string().contains(text), "the refusal does not name {text:?}"),
    }
    Ok(())
}
