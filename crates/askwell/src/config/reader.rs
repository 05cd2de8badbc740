//! Lays flags over environment over file, and hands out key by key.
//!
//! Every mistake is collected with the place where it was made, so that one
//! start reports all of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::setting::Setting;
use super::yaml::Raw;

/// Where the values come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The file's name, as the owner wrote it, and its text.
    pub(crate) file: Option<(PathBuf, String)>,
    /// Environment variables, all of them.
    pub(crate) environment: Vec<(String, String)>,
    /// Flags: full key, flag, value.
    pub(crate) flags: Vec<(&'static str, &'static str, String)>,
}

/// What every variable that configures starts with.
pub(crate) const PREFIX: &str = "ASKWELL__";

/// A value and who said so.
#[derive(Clone, Debug)]
pub(super) struct Found {
    value: Raw,
    place: String,
}

/// All values found, and all that is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    found: HashMap<String, Found>,
    /// Why the process must not start.
    pub(super) problems: Vec<String>,
    /// What the owner should know.
    pub(super) notices: Vec<String>,
    data_dir: PathBuf,
}

impl Reader {
    /// Collects what the sources say. `known` are the full names of all keys.
    pub(super) fn new(sources: &Sources, known: &[String]) -> Self {
        let mut reader = Self::default();
        if let Some((path, text)) = &sources.file {
            reader.add_file(&path.display().to_string(), text, known);
        }
        for (name, value) in &sources.environment {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            let key = key.to_lowercase().replacen("__", ".", 1);
            let value = Raw::Text(value.clone());
            reader.add(&key, Found { value, place: name.clone() }, known);
        }
        for (key, flag, value) in &sources.flags {
            let value = Raw::Text(value.clone());
            reader.add(key, Found { value, place: (*flag).to_owned() }, known);
        }
        reader
    }

    fn add_file(&mut self, file: &str, text: &str, known: &[String]) {
        let document = match super::yaml::parse(text, file) {
            Ok(document) => document,
            Err(problem) => return self.problems.push(problem),
        };
        let sections = match document.value {
            Raw::Map(sections) => sections,
            Raw::Null => return,
            other => {
                let problem = format!("{file}:{}: found {other}, expected sections such as `server:`", document.line);
                return self.problems.push(problem);
            }
        };
        for (section, content) in sections {
            let place = |line: u64| format!("{file}:{line}");
            let known_section = known.iter().any(|key| key.split('.').next() == Some(&section));
            match content.value {
                Raw::Map(keys) if known_section => {
                    for (key, value) in keys {
                        let found = Found { value: value.value, place: place(value.line) };
                        self.add(&format!("{section}.{key}"), found, known);
                    }
                }
                Raw::Null if known_section => {}
                other if known_section => {
                    let at = place(content.line);
                    self.problems.push(format!("{at}: {section}: found {other}, expected keys below it"));
                }
                _ => self.warn_unknown(&section, &place(content.line), known),
            }
        }
    }

    fn add(&mut self, key: &str, found: Found, known: &[String]) {
        if known.iter().any(|name| name == key) {
            self.found.insert(key.to_owned(), found);
        } else {
            self.warn_unknown(key, &found.place, known);
        }
    }

    fn warn_unknown(&mut self, key: &str, place: &str, known: &[String]) {
        let sections: Vec<&str> = known.iter().filter_map(|name| name.split('.').next()).collect();
        let candidates: Vec<&str> =
            if key.contains('.') { known.iter().map(String::as_str).collect() } else { sections };
        let score = |name: &&&str| strsim::jaro_winkler(key, name);
        let nearest = candidates.iter().max_by(|a, b| score(a).total_cmp(&score(b)));
        let nearest = nearest.copied().unwrap_or_default();
        self.notices.push(format!("{place}: unknown key `{key}` is ignored; the nearest known one is `{nearest}`"));
    }

    /// Sets what [`Setting::resolved`] resolves against.
    pub(super) fn set_data_dir(&mut self, data_dir: &Path) {
        data_dir.clone_into(&mut self.data_dir);
    }

    /// The part for one section.
    pub(super) fn section(&mut self, name: &'static str) -> SectionReader<'_> {
        SectionReader { reader: self, name }
    }

    /// Refuses to start because of a key, at the place where it was set.
    pub(super) fn refuse(&mut self, key: &str, reason: &str) {
        let place = self.place(key);
        self.problems.push(format!("{place}{key}: {reason}"));
    }

    /// Tells the owner something about a key.
    pub(super) fn notice(&mut self, key: &str, text: &str) {
        let place = self.place(key);
        self.notices.push(format!("{place}{key}: {text}"));
    }

    fn place(&self, key: &str) -> String {
        self.found.get(key).map(|found| format!("{}: ", found.place)).unwrap_or_default()
    }
}

/// Hands out the keys of one section.
#[derive(Debug)]
pub(crate) struct SectionReader<'a> {
    reader: &'a mut Reader,
    name: &'static str,
}

impl SectionReader<'_> {
    /// The value of a key; its default where it is absent or wrong.
    pub(crate) fn key<T: Setting>(&mut self, key: &str, default: T) -> T {
        let full = format!("{}.{key}", self.name);
        let data_dir = self.reader.data_dir.clone();
        let Some(found) = self.reader.found.get(&full) else { return default.resolved(&data_dir) };
        match T::from_raw(&found.value) {
            Ok(value) => value.resolved(&data_dir),
            Err(what) => {
                let what = if T::SECRET { "a value that is not shown" } else { what.as_str() };
                let problem = format!("{}: {full}: found {what}, expected {}", found.place, T::expected());
                self.reader.problems.push(problem);
                default.resolved(&data_dir)
            }
        }
    }
}
