//! One table of keys: the same lines make the struct, its defaults, its
//! reading, and the reference in `docs/` and `config.example.yaml`.

use serde_json::{Map, Value};

use super::reader::SectionReader;
use super::setting::Setting;

/// What is known of a key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its name within the section.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) doc: String,
    /// What may stand there.
    #[cfg_attr(not(test), expect(dead_code, reason = "stands in the reference page, which a test makes"))]
    pub(crate) expected: String,
    /// What holds when it is absent.
    pub(crate) default: Value,
}

impl Key {
    /// The line of the table for one key.
    pub(crate) fn new<T: Setting>(name: &'static str, doc: &[&str], default: &T) -> Self {
        Self { name, doc: sentence(doc), expected: T::expected(), default: default.show() }
    }
}

/// The lines of a doc comment as one paragraph.
pub(crate) fn sentence(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// One part of the configuration.
pub(crate) trait Section: Sized {
    /// Its name in the file.
    const NAME: &'static str;

    /// What it is about.
    fn about() -> String;

    /// Its keys, in the order of the documentation.
    fn keys() -> Vec<Key>;

    /// Reads each key, or takes its default.
    fn read(reader: &mut SectionReader<'_>) -> Self;

    /// The effective values; secrets masked.
    fn show(&self) -> Map<String, Value>;
}

/// Defines a section.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident = $section:literal {
            $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $name {
            $($(#[doc = $doc])+ pub(crate) $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::config::section::Section for $name {
            const NAME: &'static str = $section;

            fn about() -> String {
                $crate::config::section::sentence(&[$($about),+])
            }

            fn keys() -> Vec<$crate::config::section::Key> {
                let default = Self::default();
                vec![$($crate::config::section::Key::new(
                    stringify!($key).trim_start_matches("r#"),
                    &[$($doc),+],
                    &default.$key,
                )),+]
            }

            fn read(reader: &mut $crate::config::reader::SectionReader<'_>) -> Self {
                let default = Self::default();
                Self { $($key: reader.key(stringify!($key).trim_start_matches("r#"), default.$key),)+ }
            }

            fn show(&self) -> serde_json::Map<String, serde_json::Value> {
                [$((
                    stringify!($key).trim_start_matches("r#").to_owned(),
                    $crate::config::setting::Setting::show(&self.$key),
                )),+].into_iter().collect()
            }
        }
    };
}
pub(crate) use section;
