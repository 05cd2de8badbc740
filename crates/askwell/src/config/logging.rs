//! What is logged, where and how.

use serde_json::Value;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;
use super::values::{ByteSize, DataPath, words};

words! {
    /// How much is logged.
    Level {
        /// Everything.
        Trace = "TRACE",
        /// What a developer wants to know.
        Debug = "DEBUG",
        /// What an owner wants to know.
        Info = "INFO",
        /// What an owner should look at.
        Warning = "WARNING" | "WARN",
        /// What failed.
        Error = "ERROR" | "CRITICAL" | "FATAL",
    }
}

/// The form of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// The first original's Python format string.
    Python(String),
}

/// The placeholders that a format may use.
const PLACEHOLDERS: [&str; 6] = ["asctime", "name", "levelname", "message", "process", "threadName"];

impl Setting for LogFormat {
    fn expected() -> String {
        let names = PLACEHOLDERS.map(|name| format!("%({name})s")).join(", ");
        format!("`json`, or a format of {names}")
    }

    fn from_text(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("json") {
            return Some(Self::Json);
        }
        let fits = text.contains("%(message)s")
            && text.match_indices("%(").all(|(at, _)| {
                let rest = &text[at + 2..];
                PLACEHOLDERS.iter().any(|name| {
                    let tail = rest.strip_prefix(name).and_then(|tail| tail.strip_prefix(')'));
                    tail.is_some_and(|tail| tail.starts_with('s') || (*name == "process" && tail.starts_with('d')))
                })
            });
        fits.then(|| Self::Python(text.to_owned()))
    }

    fn show(&self) -> Value {
        match self {
            Self::Json => "json".into(),
            Self::Python(format) => format.as_str().into(),
        }
    }
}

section! {
    /// What is logged, where and how. The console gets the same lines as the file.
    Logging = "logging" {
        /// The least important level that is logged.
        level: Level = Level::Info,
        /// The log file, relative to the working directory; null for the console alone.
        file: Option<DataPath> = Some(DataPath::InData("logs/askwell.log")),
        /// The size at which the file is put aside as `.1`, and a new one begun. 0 never does.
        max_size: ByteSize = ByteSize(10 << 20),
        /// How many files put aside are kept. 0 keeps one endless file.
        backup_count: u16 = 5,
        /// The form of a line: `json`, or a format string as Python's `logging` has it.
        format: LogFormat = LogFormat::Python("%(asctime)s - %(name)s - %(levelname)s - %(message)s".into()),
    }
}

impl Logging {
    pub(super) fn check(&self, reader: &mut Reader) {
        let is_folder = self.file.as_ref().is_some_and(|file| file.path().is_dir());
        if is_folder {
            reader.refuse("logging.file", "is a folder, expected a file");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for text in
            ["json", "%(message)s", "%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%(process)d %(message)s"]
        {
            assert!(LogFormat::from_text(text).is_some(), "{text}");
        }
        for text in ["", "{message}", "%(asctime)s", "%(color)s %(message)s", "%(message"] {
            assert!(LogFormat::from_text(text).is_none(), "{text}");
        }
    }
}
