//! The web page.

use super::reader::Reader;
use super::section::section;
use super::values::{Seconds, words};

words! {
    /// Light or dark.
    Theme {
        /// As the reader's system.
        Auto = "auto" | "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

words! {
    /// A language of texts.
    Language {
        /// Chinese.
        Chinese = "zh-CN" | "zh" | "zh_CN" | "zh-Hans",
        /// English.
        English = "en" | "en-US" | "en-GB" | "en_US",
    }
}

section! {
    /// The inbox, a web page that this version does not have yet; all but the language is accepted for it.
    Ui = "ui" {
        /// Its colours before the reader chooses.
        theme: Theme = Theme::Auto,
        /// The language of messages, where a client asks for none.
        language: Language = Language::Chinese,
        /// Whether the page keeps itself up to date.
        auto_refresh: bool = true,
        /// Seconds between refreshes where live updates cannot be had.
        refresh_interval: Seconds = Seconds::new(5),
    }
}

impl Ui {
    #[expect(clippy::unused_self, reason = "every section has this rule; this one has nothing to refuse")]
    pub(super) fn check(&self, _reader: &mut Reader) {}
}
