//! Where sessions are stored.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;
use super::values::words;

words! {
    /// Which engine stores.
    DatabaseType {
        /// The built-in one.
        Sqlite = "sqlite",
    }
}

/// Where the database lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabasePath {
    /// `askwell.db` in the data directory.
    InData,
    /// Where the owner said.
    At(PathBuf),
    /// A private temporary file, removed at exit.
    Memory,
}

impl Setting for DatabasePath {
    fn expected() -> String {
        "a path, or `:memory:`".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "" => None,
            ":memory:" => Some(Self::Memory),
            path => Some(Self::At(path.into())),
        }
    }

    fn show(&self) -> Value {
        match self {
            Self::InData => "<data_dir>/askwell.db".into(),
            Self::At(path) => path.show(),
            Self::Memory => ":memory:".into(),
        }
    }

    fn resolved(self, data_dir: &Path) -> Self {
        match self {
            Self::InData => Self::At(data_dir.join("askwell.db")),
            other => other,
        }
    }
}

section! {
    /// Where sessions are stored.
    Database = "database" {
        /// The engine.
        r#type: DatabaseType = DatabaseType::Sqlite,
        /// The database file, relative to the working directory. `:memory:` is a private temporary file that is removed
        /// at exit.
        path: DatabasePath = DatabasePath::InData,
    }
}

impl Database {
    /// Where it lies, for people.
    pub(crate) fn show_path(&self) -> String {
        match &self.path {
            DatabasePath::Memory => "a private temporary file, removed at exit".to_owned(),
            path => path.show().as_str().unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn check(&self, reader: &mut Reader) {
        if self.path == DatabasePath::Memory {
            reader.notice(
                "database.path",
                "`:memory:` is a private temporary file; everything in it is removed when the server stops",
            );
        }
    }
}
