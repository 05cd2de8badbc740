//! From sources to a configuration, or to all reasons why there is none.

use std::fmt;
use std::path::{Path, PathBuf};

use super::reader::{Reader, Sources};
use super::section::Section;
use super::{Config, key_names, safety, server};

/// A configuration that may be started with.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The effective values.
    pub(crate) config: Config,
    /// What the owner should know: unknown keys, keys without effect.
    pub(crate) notices: Vec<String>,
}

/// Everything that is wrong with a configuration, one line each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) Vec<String>);

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration does not hold:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Loads the file, if one is named, under the environment and the flags.
pub(crate) fn load(file: Option<&Path>, flags: Vec<(&'static str, &'static str, String)>) -> Result<Loaded, Refusal> {
    let file = file.map(read_file).transpose()?;
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .collect();
    load_sources(&Sources { file, environment, flags })
}

fn read_file(path: &Path) -> Result<(PathBuf, String), Refusal> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((path.to_owned(), text.trim_start_matches('\u{feff}').to_owned())),
        Err(error) => Err(Refusal(vec![format!("{}: cannot be read: {error}", path.display())])),
    }
}

/// The same from given sources.
pub(crate) fn load_sources(sources: &Sources) -> Result<Loaded, Refusal> {
    let mut reader = Reader::new(sources, &key_names());
    // The data directory first: other defaults lie in it.
    let mut ignored = Reader::new(sources, &key_names());
    let data_dir = server::Server::read(&mut ignored.section(server::Server::NAME)).data_dir;
    reader.set_data_dir(&data_dir);
    let config = Config::read(&mut reader);
    if reader.problems.is_empty() {
        config.check(&mut reader);
        safety::check(&config, &mut reader);
    }
    if reader.problems.is_empty() {
        Ok(Loaded { config, notices: reader.notices })
    } else {
        Err(Refusal(reader.problems))
    }
}

/// A variable that is no key of the configuration, such as the client's `ASKWELL_SERVER`.
pub(crate) fn environment_variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}
