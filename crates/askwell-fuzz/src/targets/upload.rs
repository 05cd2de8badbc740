//! Uploads: the body of a multipart request whose boundary is `X`.
//!
//! Holds: the name is a name and no way to anywhere, and is kept as it came;
//! bytes come back as they went in; on the disk there is nothing but ids; a
//! browser is told to save and to run nothing.

use std::path::Path;

use askwell_core::audit::hash_text;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::http;
use crate::world::{Ask, Doors, Reply, World};
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "upload",
    run,
    words: &[
        "--X\r\n",
        "\r\n--X--\r\n",
        "Content-Disposition: form-data; name=\"file\"; filename=\"",
        "filename*=UTF-8''",
        "..",
        "../",
        "..\\",
        "/etc/passwd",
        "C:\\",
        "\"\r\n\r\n",
        "Content-Type: text/html\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "\\\"",
        "%2e%2e%2f",
        "\u{202e}",
        "name=\"other\"",
        "con",
        "\u{0}",
    ],
    bounded: 300,
};

fn run(bytes: &[u8]) -> Verdict {
    World::with(Doors::Open, |world| {
        let path = world.named("/api/sessions/{file_upload}/files");
        let mut ask = Ask::new("POST", path.clone()).with("content-type", "multipart/form-data; boundary=X");
        ask.body = bytes.to_vec();
        let reply = world.ask(ask)?;
        http::judge("POST", &path, &[], &reply)?;
        if reply.status != 200 {
            return Ok(());
        }
        let file = reply.json()?["file"].clone();
        let own = format!("{path}/{}", file["file_id"].as_str().unwrap_or_default());
        let download = world.ask(Ask::new("GET", own.clone()))?;
        judge(bytes, &file, &download)?;
        judge_disk(world.root())?;
        let removed = world.ask(Ask::new("DELETE", own))?;
        hold!(removed.status == 200 || removed.status == 409, "it cannot be removed: {}", removed.text());
        Ok(())
    })
}

/// What must hold of a file that was taken, and of its download.
///
/// # Errors
/// [`Broken`]
pub fn judge(sent: &[u8], file: &Value, download: &Reply) -> Verdict {
    let name = file["name"].as_str().unwrap_or_default();
    hold!(!matches!(name, "" | "." | "..") && !name.contains(['/', '\\']), "{name:?} is a way, not a name");
    hold!(name.chars().count() <= 255, "a name of {} characters", name.chars().count());
    let sent = String::from_utf8_lossy(sent);
    let is_kept = name == "file" || name.split('"').all(|part| sent.contains(part));
    hold!(is_kept, "{name:?} is not what was sent");
    hold!(download.status == 200, "it cannot be fetched: {}", download.text());
    let digest = hash_text(&Sha256::digest(&download.bytes).into());
    hold!(file["sha256"] == digest.as_str() && file["size"] == download.bytes.len(), "other bytes came back: {file}");
    let disposition = download.header("content-disposition");
    hold!(disposition.starts_with("attachment; "), "a browser shows it: {disposition}");
    let extended = disposition.split("filename*=UTF-8''").nth(1).unwrap_or_default();
    hold!(unescaped(extended).as_deref() == Some(name), "{name:?} is saved as {disposition:?}");
    hold!(download.header("x-content-type-options") == "nosniff", "a browser guesses what it is");
    hold!(download.header("content-security-policy").contains("sandbox"), "a browser runs it");
    Ok(())
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Whether nothing but ids lies where files lie.
///
/// # Errors
/// [`Broken`]
pub fn judge_disk(root: &Path) -> Verdict {
    let list = |path: &Path| -> Result<Vec<String>, Broken> {
        let entries = std::fs::read_dir(path).map_err(|error| Broken(error.to_string()))?;
        Ok(entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    };
    for name in list(root)? {
        hold!(name == "files" || name.starts_with("askwell.db"), "{name:?} lies beside the files");
    }
    let files = root.join("files");
    for folder in list(&files)? {
        hold!(
            folder == "tmp" || (folder.len() == 2 && folder.bytes().all(|b| b.is_ascii_hexdigit())),
            "the folder {folder:?}"
        );
        for name in list(&files.join(&folder))? {
            let id = name.split('.').next().unwrap_or_default();
            hold!(id.parse::<uuid::Uuid>().is_ok(), "{name:?} lies among the files");
        }
    }
    Ok(())
}
