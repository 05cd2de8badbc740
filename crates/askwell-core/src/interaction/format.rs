//! Shapes of text: addresses, dates, colours.
//!
//! Job: tell whether a text has the shape, as a browser's own inputs do.
//! Invariant: no shape accepts text that a reader of the standard would not.
//! Neighbours: fields of a form; the callback's address of a draft.

use jiff::civil::{Date, DateTime, Time};

const MAX_URL: usize = 2_048;

/// `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    fits(text, "dddd-dd-dd") && text.parse::<Date>().is_ok()
}

/// `HH:MM`, `HH:MM:SS`, with or without a fraction of at most 9 digits.
pub(super) fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let short = fits(text, "dd:dd");
    let long = fits(clock, "dd:dd:dd") && (1..=9).contains(&fraction.len()) && all_digits(fraction);
    // 60 is a leap second to the parser, which no clock of a form can mean.
    (short || long) && !clock.ends_with(":60") && text.parse::<Time>().is_ok()
}

/// RFC 3339, or local without an offset.
pub(super) fn is_datetime(text: &str) -> bool {
    let (Some(date), Some(separator), Some(rest)) = (text.get(..10), text.get(10..11), text.get(11..)) else {
        return false;
    };
    let clock_end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(clock_end);
    let offset_fits = match offset {
        "" | "Z" | "z" => true,
        _ => offset.get(1..).is_some_and(|offset| {
            fits(offset, "dd:dd") && offset.get(..2) <= Some("23") && offset.get(3..) <= Some("59")
        }),
    };
    matches!(separator, "T" | "t" | " ")
        && offset_fits
        && is_date(date)
        && is_time(clock)
        && format!("{date}T{clock}").parse::<DateTime>().is_ok()
}

/// `#rrggbb`.
pub(super) fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Digits, as people write numbers of telephones.
pub(super) fn is_tel(text: &str) -> bool {
    let (number, extension) = text.split_once(['x', '#', ',']).unwrap_or((text, ""));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let plus_leads = !number.trim_start().get(1..).unwrap_or_default().contains('+');
    (2..=20).contains(&digits)
        && plus_leads
        && number.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c))
        && extension.len() <= 10
        && all_digits(extension)
}

/// As a browser's `type=email`, with letters of every script.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    local_fits && text.len() <= 254 && is_host_name(domain)
}

/// An absolute http or https address.
pub(crate) fn is_http_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    // A backslash ends the host for some parsers and not for others: nobody may be unsure what is called.
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    http && plain && text.len() <= MAX_URL && is_authority(authority(rest))
}

/// Whether an address carries a user name or password.
pub(crate) fn has_userinfo(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| authority(rest).contains('@'))
}

fn authority(rest: &str) -> &str {
    rest.find(['/', '?', '#']).and_then(|end| rest.get(..end)).unwrap_or(rest)
}

fn is_authority(authority: &str) -> bool {
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (host_and_port, ""),
    };
    let host_fits = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').is_some_and(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok()),
        None => is_host_name(host.strip_suffix('.').unwrap_or(host)),
    };
    host_fits && (port.is_empty() || (all_digits(port) && port.parse::<u16>().is_ok()))
}

fn is_host_name(host: &str) -> bool {
    (1..=253).contains(&host.len())
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}

/// Whether a text has the form, where `d` is a digit.
fn fits(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            _ => byte == form,
        })
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(shape: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(shape(text), "{text:?} should fit");
        }
        for text in bad {
            assert!(!shape(text), "{text:?} should not fit");
        }
    }

    #[test]
    fn knows_dates_and_times() {
        table(
            is_date,
            &["2025-06-17", "2024-02-29"],
            &["2025-02-29", "20250617", "2025-6-17", "+2025-06-17", "", "今"],
        );
        table(is_time, &["09:30", "23:59:59", "23:59:59.123"], &["24:00", "9:30", "12:60", "12:30:60", "12:30.5", ""]);
        table(
            is_datetime,
            &["2025-06-17T10:30", "2025-06-17T10:30:00Z", "2025-06-17 10:30:00.5+08:00", "2025-06-17t10:30:00-05:30"],
            &[
                "2025-06-17",
                "2025-06-17T25:00",
                "2025-06-17T10:30+8",
                "2025-06-17T10:30+99:00",
                "2025-06-17T10:30ZZ",
                "二〇二五年六月",
            ],
        );
    }

    #[test]
    fn knows_addresses() {
        table(
            is_email,
            &["a@b", "ops+x@example.com", "张三@例子.中国"],
            &["", "a", "@b", "a@", "a b@c", "a@b..c", "a@-b", ".a@b", "a@b@c"],
        );
        table(
            is_http_url,
            &[
                "http://localhost:8080/x?y#z",
                "HTTPS://example.com",
                "http://[::1]:80/",
                "http://10.0.0.1",
                "https://例子.中国/路",
                "http://u:p@h/",
            ],
            &[
                "",
                "ftp://x",
                "example.com",
                "http://",
                "http:///x",
                "http://a b",
                "http://a\\b",
                "http://h:99999",
                "http://[::1",
                "javascript:alert(1)",
                "http://a:b:c",
            ],
        );
        assert!(has_userinfo("http://u:p@h/") && !has_userinfo("http://h/a@b"));
        table(is_color, &["#00ff7F"], &["#fff", "00ff7f", "#00ff7g", "#00ff7é"]);
        table(is_tel, &["+86 10-1234 5678", "110", "(021) 555.1234x12"], &["", "abc", "1", "1+2345", "+"]);
    }
}
