//! What a token says, judged: until when, by whom, for whom, of whom.
//!
//! Invariant: clocks may differ by [`SKEW`], never by more; a claim that is
//! there has the right type or the token is refused. Neighbours: [`crate::jws`]
//! reads claims, [`crate::keys`] proves them; [`crate::groups`] picks groups.

use std::time::Duration;

use askwell_app::ports::ExternalIdentity;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::groups::GroupsClaim;

/// What is known of the person or the token.
pub(crate) type Claims = Map<String, Value>;

/// How far two clocks may be apart.
pub(crate) const SKEW: Duration = Duration::from_mins(1);
/// The longest name of somebody at their issuer (OpenID Connect's limit).
const MAX_SUBJECT: usize = 255;
/// The longest name or address that is believed.
const MAX_TEXT: usize = 320;

/// By whom and for whom a token has to be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: Option<&'a str>,
    pub(crate) audience: Option<&'a str>,
}

/// Judges times, issuer and audience; until when the token is taken.
pub(crate) fn judge(claims: &Claims, expected: Expected<'_>, now: Timestamp) -> Result<Timestamp, String> {
    let expires = instant(claims, "exp")?.ok_or("the token never expires: it has no `exp`")?;
    let ends = expires.checked_add(SKEW).map_err(|_| "the token's `exp` is out of range")?;
    if now >= ends {
        return Err(format!("the token expired at {expires}"));
    }
    let latest = now.checked_add(SKEW).map_err(|_| "the time is out of range")?;
    for (name, fault) in [("nbf", "does not hold before"), ("iat", "was issued in the future, at")] {
        if let Some(begins) = instant(claims, name)?.filter(|begins| *begins > latest) {
            return Err(format!("the token {fault} {begins}"));
        }
    }
    match (claims.get("iss"), expected.issuer) {
        (Some(Value::String(found)), Some(wanted)) if found == wanted => {}
        (None | Some(Value::String(_)), None) => {}
        (found, wanted) => return Err(format!("the token's issuer is {found:?}, expected {wanted:?}")),
    }
    audience(claims, expected.audience)?;
    Ok(ends)
}

fn audience(claims: &Claims, expected: Option<&str>) -> Result<(), String> {
    let names = match claims.get("aud") {
        None => Vec::new(),
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(list)) => {
            list.iter().map(Value::as_str).collect::<Option<_>>().ok_or("the token's `aud` is no list of texts")?
        }
        Some(_) => return Err("the token's `aud` is neither a text nor a list".into()),
    };
    match expected {
        Some(wanted) if names.contains(&wanted) => Ok(()),
        // A token for somebody in particular is not for somebody without a name.
        None if claims.get("aud").is_none() => Ok(()),
        _ => Err(format!("the token is for {names:?}, expected {expected:?}")),
    }
}

/// A time in seconds since 1970, whole or not.
fn instant(claims: &Claims, name: &str) -> Result<Option<Timestamp>, String> {
    let wrong = || format!("the token's `{name}` is no time");
    let seconds = match claims.get(name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(wrong()),
    };
    let time = match seconds.as_i64() {
        Some(seconds) => Timestamp::from_second(seconds).ok(),
        None => seconds
            .as_f64()
            .and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok())
            .and_then(|time| Timestamp::from_duration(time).ok()),
    };
    time.filter(|time| *time >= Timestamp::UNIX_EPOCH).map(Some).ok_or_else(wrong)
}

/// A text that is there, short, and free of control characters.
pub(crate) fn text(claims: &Claims, name: &str, longest: usize) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    let is_sound = !text.is_empty() && text.len() <= longest && !text.chars().any(char::is_control);
    is_sound.then(|| text.to_owned())
}

/// Whose token it is: `sub` as it stands.
pub(crate) fn subject(claims: &Claims) -> Result<&str, String> {
    let sound = |text: &&str| !text.is_empty() && text.len() <= MAX_SUBJECT && !text.chars().any(char::is_control);
    claims
        .get("sub")
        .and_then(Value::as_str)
        .filter(sound)
        .ok_or_else(|| format!("the token does not say whose it is: `sub` is not a text of 1 to {MAX_SUBJECT} bytes"))
}

/// The person that claims speak of.
pub(crate) fn identity(
    issuer: &str,
    claims: &Claims,
    groups: Option<&GroupsClaim>,
) -> Result<ExternalIdentity, String> {
    let subject = subject(claims)?;
    // Anything but the plain word "verified" leaves an address unverified.
    let verified = claims.get("email_verified") == Some(&Value::Bool(true));
    Ok(ExternalIdentity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        login_hint: text(claims, "preferred_username", MAX_TEXT).or_else(|| text(claims, "sub", MAX_TEXT)),
        name: text(claims, "name", MAX_TEXT),
        email: text(claims, "email", MAX_TEXT).filter(|_| verified),
        groups: groups.map(|groups| groups.pick(claims)).transpose()?,
    })
}
