//! One upload on its way to the disk.
//!
//! Invariant: whatever ends it before [`Upload::finish`] has returned, an
//! error, a caller that went away, a panic, the temporary file goes with it.
//! Everything here blocks; `disk` calls it on threads made for that.
//!
//! Neighbours: `layout` says where; `content_type` judges the bytes passing by.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use askwell_app::ports::{BlobError, StoredBlob};
use askwell_core::ids::FileId;
use sha2::{Digest as _, Sha256};

use crate::content_type::Judge;
use crate::layout::{Layout, make_file, make_folder, remove_file, sync_folder};

/// One upload on its way to the disk.
#[derive(Debug)]
pub(crate) struct Upload {
    id: FileId,
    layout: Arc<Layout>,
    file: File,
    temporary: Temporary,
    hash: Sha256,
    size: u64,
    judge: Judge,
}

impl Upload {
    /// Makes the temporary file.
    pub(crate) fn start(layout: Arc<Layout>, id: FileId) -> Result<Self, BlobError> {
        let path = layout.temporary(id);
        let file = make_file(&path).map_err(disk_error)?;
        let temporary = Temporary(Some(path));
        Ok(Self { id, layout, file, temporary, hash: Sha256::new(), size: 0, judge: Judge::default() })
    }

    /// Writes, hashes and looks at the next bytes.
    pub(crate) fn take(mut self, bytes: &[u8]) -> Result<Self, BlobError> {
        self.file.write_all(bytes).map_err(disk_error)?;
        self.hash.update(bytes);
        self.judge.see(bytes);
        self.size += bytes.len() as u64;
        Ok(self)
    }

    /// Puts the bytes onto the disk under their id.
    pub(crate) fn finish(self, name: &str) -> Result<StoredBlob, BlobError> {
        let Self { id, layout, file, temporary, hash, size, judge } = self;
        file.sync_all().map_err(disk_error)?;
        drop(file);
        let (folder, path) = (layout.folder(id), layout.path(id));
        // Also where the folder is old: the one that made it may have died before this.
        make_folder(&folder).and_then(|()| sync_folder(layout.root())).map_err(disk_error)?;
        temporary.rename(path.clone()).map_err(disk_error)?;
        if let Err(error) = sync_folder(&folder) {
            // Whether it is on the disk nobody knows, so it shall not be there.
            let _ = remove_file(&path);
            return Err(disk_error(error));
        }
        let content_type = judge.conclude(name).to_owned();
        Ok(StoredBlob { size, sha256: hex(&hash.finalize()), content_type })
    }
}

/// A temporary file, removed unless it gets its name.
#[derive(Debug)]
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn rename(mut self, path: PathBuf) -> io::Result<()> {
        if let Some(temporary) = &self.0 {
            std::fs::rename(temporary, path)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let Some(path) = self.0.take() else { return };
        let remove = move || {
            if let Err(error) = remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "a temporary file stays until it is collected");
            }
        };
        // A caller that went away drops us on a thread that must not block.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

/// What a failure of the disk means to who uploads.
pub(crate) fn disk_error(error: io::Error) -> BlobError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full,
        _ => BlobError::Unavailable(error),
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_full_disk_from_a_broken_one() {
        assert!(matches!(disk_error(io::ErrorKind::StorageFull.into()), BlobError::Full));
        assert!(matches!(disk_error(io::ErrorKind::QuotaExceeded.into()), BlobError::Full));
        assert!(matches!(disk_error(io::ErrorKind::PermissionDenied.into()), BlobError::Unavailable(_)));
        #[cfg(target_os = "linux")]
        {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap().write_all(b"x").unwrap_err();
            assert!(matches!(disk_error(full), BlobError::Full));
        }
    }

    #[test]
    fn writes_hex() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
