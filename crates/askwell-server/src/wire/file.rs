//! Uploads as they stand on the wire.

use std::fmt::Write as _;

use askwell_app::ports::FileRow;
use askwell_app::timestamp_text;
use askwell_core::ids::FileId;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of an upload.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(crate) struct FileBody<'a> {
    #[schema(value_type = String, format = "uuid")]
    file_id: FileId,
    /// The person's name for it.
    name: &'a str,
    /// Bytes.
    size: u64,
    /// Judged by content.
    content_type: &'a str,
    /// Lower-case hex.
    sha256: &'a str,
    #[schema(format = DateTime)]
    created_at: String,
    /// Whether it belongs to an answer.
    answered: bool,
}

impl<'a> From<&'a FileRow> for FileBody<'a> {
    fn from(file: &'a FileRow) -> Self {
        Self {
            file_id: file.id,
            name: &file.name,
            size: file.size,
            content_type: &file.content_type,
            sha256: &file.sha256,
            created_at: timestamp_text(file.created_at),
            answered: file.answered,
        }
    }
}

/// An upload that is on disk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Uploaded)]
pub(crate) struct UploadedBody<'a> {
    success: bool,
    file: FileBody<'a>,
}

impl<'a> UploadedBody<'a> {
    pub(crate) fn of(file: &'a FileRow) -> Self {
        Self { success: true, file: file.into() }
    }
}

/// The uploads of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileList)]
pub(crate) struct FilesBody<'a> {
    success: bool,
    /// Oldest first.
    files: Vec<FileBody<'a>>,
}

impl<'a> FilesBody<'a> {
    pub(crate) fn of(files: &'a [FileRow]) -> Self {
        Self { success: true, files: files.iter().map(Into::into).collect() }
    }
}

/// The header that makes a browser save a file under the person's name for it (RFC 6266, RFC 8187).
pub(crate) fn content_disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let mut extended = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            extended.push(char::from(byte));
        } else {
            let _ = write!(extended, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_header() {
        assert_eq!(
            content_disposition("a\"\r\nX: y;/..\\名.txt"),
            "attachment; filename=\"a___X_ y__.._名.txt\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%3B%2F..%5C%E5%90%8D.txt"
                .replace("_名", "__")
        );
    }
}
