//! Where things lie below the root. Paths are made of ids and numbers only.
//!
//! Neighbours: `upload` writes to these places, `disk` reads and collects them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use askwell_core::ids::FileId;

/// The folder and what it is divided into.
#[derive(Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    next: AtomicU64,
}

impl Layout {
    /// Makes what is missing of the folders.
    pub(crate) fn open(root: PathBuf) -> io::Result<Self> {
        let layout = Self { root, next: AtomicU64::new(0) };
        make_folder(&layout.root)?;
        make_folder(&layout.temporary_folder())?;
        Ok(layout)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn temporary_folder(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// A place for bytes on their way. Not the same twice, and in no other process either.
    pub(crate) fn temporary(&self, id: FileId) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.temporary_folder().join(format!("{id}.{}.{number}", std::process::id()))
    }

    /// The folder for an id: its last byte, which is random where the first ones are the time.
    pub(crate) fn folder(&self, id: FileId) -> PathBuf {
        let [.., last] = id.0.into_bytes();
        self.root.join(format!("{last:02x}"))
    }

    /// Where the bytes of an id lie.
    pub(crate) fn path(&self, id: FileId) -> PathBuf {
        self.folder(id).join(id.to_string())
    }
}

/// A folder that only we may enter, with those above it.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A new file that only we may read.
pub(crate) fn make_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Puts what a folder lists onto the disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and needs no such call.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Removes a file; whether there was one.
pub(crate) fn remove_file(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
