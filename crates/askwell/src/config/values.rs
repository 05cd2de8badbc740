//! The values with units or a form of their own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use serde_json::Value;
use url::Url;

use super::setting::Setting;
use super::yaml::Raw;

/// A span of time, in seconds in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seconds(pub(crate) Duration);

impl Seconds {
    /// So many whole seconds.
    pub(crate) const fn new(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

impl Setting for Seconds {
    fn expected() -> String {
        "a number of seconds above 0".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let seconds: f64 = text.parse().ok()?;
        let time = Duration::try_from_secs_f64(seconds).ok()?;
        (!time.is_zero()).then_some(Self(time))
    }

    fn from_raw(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Float(number) => Self::from_text(&number.to_string()),
            Raw::Integer(number) => Self::from_text(&number.to_string()),
            Raw::Text(text) => Self::from_text(text),
            _ => None,
        }
        .ok_or_else(|| raw.to_string())
    }

    fn show(&self) -> Value {
        if self.0.subsec_nanos() == 0 { self.0.as_secs().into() } else { self.0.as_secs_f64().into() }
    }
}

/// A number of bytes, written like `10MB`; MB = 2^20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSize(pub(crate) u64);

const UNITS: [(&str, u32); 9] =
    [("TIB", 40), ("GIB", 30), ("MIB", 20), ("KIB", 10), ("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10), ("B", 0)];

impl Setting for ByteSize {
    fn expected() -> String {
        "a size such as 10MB, in B, KB, MB, GB or TB (MB = 2^20 bytes)".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let (digits, shift) = UNITS
            .iter()
            .find_map(|(unit, shift)| upper.strip_suffix(unit).map(|digits| (digits, *shift)))
            .unwrap_or((&upper, 0));
        let count: u64 = digits.trim().parse().ok()?;
        count.checked_mul(1 << shift).map(Self)
    }

    fn show(&self) -> Value {
        for (unit, shift) in &UNITS[4..8] {
            if self.0 >= 1 << shift && self.0.is_multiple_of(1 << shift) {
                return format!("{}{unit}", self.0 >> shift).into();
            }
        }
        self.0.into()
    }
}

/// A text that never appears in a log, an error or an export.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Setting for Secret {
    const SECRET: bool = true;

    fn expected() -> String {
        "text".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn show(&self) -> Value {
        "********".into()
    }
}

/// A path that lies in the data directory unless configured otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DataPath {
    /// Below the data directory.
    InData(&'static str),
    /// Where the owner said.
    At(PathBuf),
}

impl DataPath {
    /// The path, relative to the working directory.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::InData(name) => Path::new(name),
            Self::At(path) => path,
        }
    }
}

impl Setting for DataPath {
    fn expected() -> String {
        "a path".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        PathBuf::from_text(text).map(Self::At)
    }

    fn show(&self) -> Value {
        match self {
            Self::InData(name) => format!("<data_dir>/{name}").into(),
            Self::At(path) => path.show(),
        }
    }

    fn resolved(self, data_dir: &Path) -> Self {
        match self {
            Self::InData(name) => Self::At(data_dir.join(name)),
            at @ Self::At(_) => at,
        }
    }
}

impl Setting for Url {
    fn expected() -> String {
        "an http or https address".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let url = Self::parse(text).ok()?;
        (matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none())
        .then_some(url)
    }

    fn show(&self) -> Value {
        self.as_str().into()
    }
}

/// An address as a name, kept exactly as it is written: names are compared letter by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UrlName(pub(crate) String);

impl Setting for UrlName {
    fn expected() -> String {
        "an http or https address without fragment, exactly as tokens name it".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let url = Url::from_text(text)?;
        (url.fragment().is_none() && text.trim() == text).then(|| Self(text.to_owned()))
    }

    fn show(&self) -> Value {
        self.0.as_str().into()
    }
}

impl Setting for IpNet {
    fn expected() -> String {
        "a network such as 10.0.0.0/8, or one address".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        askwell_delivery::parse_network(text).ok()
    }

    fn show(&self) -> Value {
        self.to_string().into()
    }
}

/// A host name or IP address, with or without a port: `inbox.example.com`, `[::1]:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostName(pub(crate) String);

impl Setting for HostName {
    fn expected() -> String {
        "a host name or IP address, without scheme or path".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let bare: Option<std::net::IpAddr> = text.parse().ok();
        let fits = bare.is_some()
            || (!text.is_empty()
                && Url::parse(&format!("http://{text}/")).is_ok_and(|url| {
                    url.path() == "/" && url.username().is_empty() && url.query().is_none() && url.fragment().is_none()
                })
                && !text.contains(['/', '\\', '@', '?', '#', '*']));
        fits.then(|| Self(bracketed(&text.to_ascii_lowercase())))
    }

    fn show(&self) -> Value {
        self.0.as_str().into()
    }
}

/// A host name or IP address alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host(pub(crate) String);

impl Host {
    /// As it stands in a URL and in the `Host` header: an IPv6 address in brackets.
    pub(crate) fn in_url(&self) -> String {
        bracketed(&self.0)
    }
}

fn bracketed(text: &str) -> String {
    if text.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{text}]") } else { text.to_owned() }
}

impl Setting for Host {
    fn expected() -> String {
        "a host name or IP address alone, without scheme, port or path".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        let is_address = bare.parse::<std::net::IpAddr>().is_ok();
        let is_name = !bare.contains([':', '*']) && url::Host::parse(bare).is_ok();
        (is_address || is_name).then(|| Self(bare.to_ascii_lowercase()))
    }

    fn show(&self) -> Value {
        self.0.as_str().into()
    }
}

/// One word out of a few, as an enum.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $first:literal $(| $other:literal)*,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// The word for it.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $first,)+ }
            }
        }

        impl $crate::config::setting::Setting for $name {
            fn expected() -> String {
                format!("one of {}", [$($first),+].join(", "))
            }

            fn from_text(text: &str) -> Option<Self> {
                let is = |word: &str| text.eq_ignore_ascii_case(word);
                $(if is($first) $(|| is($other))* { return Some(Self::$variant); })+
                None
            }

            fn show(&self) -> serde_json::Value {
                self.as_str().into()
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in
            [("10MB", 10 << 20), ("1 kb", 1024), ("2GiB", 2 << 30), ("512", 512), ("7B", 7), ("1TB", 1 << 40)]
        {
            assert_eq!(ByteSize::from_text(text), Some(ByteSize(bytes)), "{text}");
        }
        for text in ["", "MB", "-1MB", "1.5MB", "10 apples", "99999999999TB"] {
            assert_eq!(ByteSize::from_text(text), None, "{text}");
        }
        assert_eq!(ByteSize(10 << 20).show(), "10MB");
        assert_eq!(ByteSize(1025).show(), 1025);
    }

    #[test]
    fn seconds() {
        assert_eq!(Seconds::from_raw(&Raw::Float(0.5)), Ok(Seconds(Duration::from_millis(500))));
        assert_eq!(Seconds::from_text("300"), Some(Seconds::new(300)));
        for text in ["0", "-1", "NaN", "inf", "5m"] {
            assert_eq!(Seconds::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_and_networks() {
        for text in ["localhost", "0.0.0.0", "::1", "[::1]:80", "Example.com:8443"] {
            assert!(HostName::from_text(text).is_some(), "{text}");
        }
        assert_eq!(HostName::from_text("FD00::5"), Some(HostName("[fd00::5]".into())));
        for text in ["", "http://a", "a/b", "a b", "*", "u@h"] {
            assert!(HostName::from_text(text).is_none(), "{text}");
        }
        for text in ["localhost", "0.0.0.0", "::1", "[::1]", "redis"] {
            assert!(Host::from_text(text).is_some(), "{text}");
        }
        for text in ["", "localhost:80", "http://a", "a/b", "a b", "*"] {
            assert!(Host::from_text(text).is_none(), "{text}");
        }
        assert_eq!(IpNet::from_text("10.1.2.3").unwrap().to_string(), "10.1.2.3/32");
        assert!(IpNet::from_text("10.0.0.0/33").is_none());
        for text in ["ftp://a", "http://user@a", "http://:secret@a"] {
            assert!(<Url as Setting>::from_text(text).is_none(), "{text}");
        }
    }
}
