//! Uploads.

use super::reader::Reader;
use super::section::section;
use super::values::{ByteSize, DataPath};

section! {
    /// Uploads.
    Files = "files" {
        /// The folder for uploads, relative to the working directory.
        path: DataPath = DataPath::InData("files"),
        /// How much all uploads may take together.
        quota: ByteSize = ByteSize(10 << 30),
    }
}

impl Files {
    pub(super) fn check(&self, reader: &mut Reader) {
        if self.path.path().is_file() {
            reader.refuse("files.path", "is a file, expected a folder");
        }
    }
}
