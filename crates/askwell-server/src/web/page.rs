//! The files of the page, and what was compressed of them beforehand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use rust_embed::RustEmbed;

use super::encoding::{self, FORMS};

/// What stood in `web/dist` when this was compiled; nothing, if the page had not been built.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// The files of the page, by their paths.
#[derive(Clone, Default)]
pub struct Page {
    files: Arc<HashMap<String, Form>>,
}

/// A file in one form: as it is, or compressed.
#[derive(Clone)]
pub(super) struct Form {
    pub(super) content: Bytes,
    /// Its `ETag`.
    pub(super) tag: HeaderValue,
}

/// A file that is to be sent.
pub(super) struct Sent<'a> {
    page: &'a Page,
    path: &'a str,
    plain: &'a Form,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("files", &self.files.len()).finish()
    }
}

impl Page {
    /// The page that was built before this program was, if it was.
    #[must_use]
    pub fn embedded() -> Self {
        let read = |path: Cow<'static, str>| {
            let file = Built::get(&path)?;
            let tag = file.metadata.sha256_hash().iter().take(16).fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            let content = match file.data {
                Cow::Borrowed(content) => Bytes::from_static(content),
                Cow::Owned(content) => content.into(),
            };
            Some((path.into_owned(), content, tag))
        };
        Self::of(Built::iter().filter_map(read))
    }

    /// Files by path, each with what identifies its content. `x.br` and `x.gz` are forms of `x`.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (String, Bytes, String)>) -> Self {
        // What begins with a dot is the build's own.
        let files = files.into_iter().filter(|(path, _, _)| !path.starts_with('.'));
        let form = |(path, content, tag)| Some((path, Form { content, tag: format!("\"{tag}\"").parse().ok()? }));
        Self { files: Arc::new(files.filter_map(form).collect()) }
    }

    /// Whether there is anything to show.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.files.contains_key("index.html")
    }

    pub(super) fn index(&self) -> Option<Sent<'_>> {
        self.file("index.html")
    }

    pub(super) fn file<'a>(&'a self, path: &'a str) -> Option<Sent<'a>> {
        Some(Sent { page: self, path, plain: self.files.get(path)? })
    }
}

impl<'a> Sent<'a> {
    /// The form that the caller reads best, and its name; it has none where it is the file itself.
    pub(super) fn form(&self, headers: &HeaderMap) -> (Option<&'static str>, &'a Form) {
        let mut best = (None, self.plain);
        let mut most = 0;
        for (name, end) in FORMS {
            let weight = encoding::weight(headers, name);
            if weight > most
                && let Some(form) = self.page.files.get(&format!("{}{end}", self.path))
            {
                (best, most) = ((Some(name), form), weight);
            }
        }
        best
    }

    pub(super) fn content_type(&self) -> &'static str {
        match self.path.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "webmanifest" => "application/manifest+json",
            "woff2" => "font/woff2",
            _ => "application/octet-stream",
        }
    }
}
