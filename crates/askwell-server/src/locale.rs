//! Texts for people, in their language.
//!
//! Job: choose a language by `Accept-Language` and look up a message of
//! `locales/`. Invariant: every stable code has a message in every language (a
//! test holds it), so a missing one shows its code rather than failing.
//! Neighbours: `wire` asks for texts, `middleware` chooses the language.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_templates::LanguageIdentifier;
use fluent_templates::fluent_bundle::FluentValue;

fluent_templates::static_loader! {
    static MESSAGES = {
        locales: "../../locales",
        fallback_language: "en",
        // Isolation marks are for mixed directions; in JSON they only get in the way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static LANGUAGES: LazyLock<[Option<LanguageIdentifier>; 2]> =
    LazyLock::new(|| Locale::ALL.map(|locale| locale.as_str().parse().ok()));

/// A language that texts exist in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag, e.g. `zh-CN`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language that a tag asks for: any `zh` is Chinese, any `en` English.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::ZhCn)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The best language for an `Accept-Language` header, else `default`.
    #[must_use]
    pub fn negotiate(accept: Option<&str>, default: Self) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accept.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
            let locale = if tag == "*" { Some(default) } else { Self::parse(tag) };
            let Some(locale) = locale.filter(|_| quality > 0.0) else { continue };
            if best.is_none_or(|(known, _)| quality > known) {
                best = Some((quality, locale));
            }
        }
        best.map_or(default, |(_, locale)| locale)
    }

    /// The message `id` (`id.attribute` for an attribute); `None` where it, or a value it needs, is missing.
    #[must_use]
    pub fn find(self, id: &str, args: &[(&'static str, String)]) -> Option<String> {
        let language = LANGUAGES[self as usize].as_ref()?;
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
            args.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.as_str()))).collect();
        MESSAGES.lookup_single_language(language, id, Some(&args)).ok()
    }

    /// The message `id`, or its name where there is none.
    #[must_use]
    pub fn text(self, id: &str, args: &[(&'static str, String)]) -> String {
        self.find(id, args).unwrap_or_else(|| id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates() {
        let table = [
            (None, Locale::ZhCn),
            (Some(""), Locale::ZhCn),
            (Some("en"), Locale::En),
            (Some("en-GB,en;q=0.9,zh;q=0.8"), Locale::En),
            (Some("fr, zh-TW;q=0.4, en;q=0.3"), Locale::ZhCn),
            (Some("zh;q=0, en;q=0.1"), Locale::En),
            (Some("fr-FR"), Locale::ZhCn),
            (Some("*;q=0.5, en;q=0.4"), Locale::ZhCn),
            (Some("en;q=nonsense"), Locale::ZhCn),
            (Some("ENGLISH"), Locale::ZhCn),
        ];
        for (accept, expected) in table {
            assert_eq!(Locale::negotiate(accept, Locale::ZhCn), expected, "{accept:?}");
        }
        assert_eq!(Locale::negotiate(Some("de"), Locale::En), Locale::En);
    }

    #[test]
    fn misses_say_their_name() {
        assert_eq!(Locale::En.text("no-such-message", &[]), "no-such-message");
    }
}
