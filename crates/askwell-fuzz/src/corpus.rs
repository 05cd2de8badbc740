//! The corpus: inputs that are kept, a folder for each target.
//!
//! Neighbours: `make fuzz` starts from it and `make fuzz-keep` adds to it;
//! every run of the tests replays it.

use std::io;
use std::path::{Path, PathBuf};

/// Where the inputs of a target lie.
#[must_use]
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The inputs of a target with their files' names, in the order of these.
///
/// # Errors
/// The folder, or a file in it, cannot be read.
pub fn read(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut inputs = Vec::new();
    for entry in std::fs::read_dir(folder(target))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        inputs.push((name, std::fs::read(&path)?));
    }
    inputs.sort();
    Ok(inputs)
}
