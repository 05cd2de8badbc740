//! What an upload is, judged by its bytes; its name only tells kinds of text
//! and kinds of one container apart.
//!
//! Invariant: bytes that are not text never get a type of text, text never
//! gets a type of something else for two letters that it starts with, and a
//! name alone never makes anything an image or a document.
//!
//! Neighbours: `upload` feeds the bytes as they come; what a session accepts
//! is judged in `askwell-core`.

use infer::MatcherType;

/// What is unknown.
const UNKNOWN: &str = "application/octet-stream";
/// So much of the beginning is looked at for magic numbers.
const HEAD: usize = 16 * 1024;

/// Text, by what a name ends with.
const TEXT: &[(&str, &[&str])] = &[
    ("text/plain", &["txt", "text", "log", "ini", "cfg", "conf", "env", "properties", "diff", "patch", "srt"]),
    ("text/markdown", &["md", "markdown"]),
    ("text/csv", &["csv"]),
    ("text/tab-separated-values", &["tsv"]),
    ("text/html", &["html", "htm"]),
    ("text/css", &["css"]),
    ("text/javascript", &["js", "mjs", "cjs"]),
    ("text/calendar", &["ics"]),
    ("text/vcard", &["vcf"]),
    ("text/x-python", &["py"]),
    ("text/x-rust", &["rs"]),
    ("text/x-shellscript", &["sh", "bash", "zsh"]),
    ("text/plain", &["c", "h", "cpp", "hpp", "cs", "go", "java", "kt", "swift", "rb", "php", "pl", "lua", "ts", "tsx"]),
    ("text/plain", &["jsx", "vue", "tf", "tfvars", "hcl", "gradle", "bat", "cmd", "ps1", "rst", "tex", "proto"]),
    ("application/json", &["json", "ipynb", "geojson", "map"]),
    ("application/x-ndjson", &["jsonl", "ndjson"]),
    ("application/yaml", &["yaml", "yml"]),
    ("application/xml", &["xml", "xsd", "xsl"]),
    ("application/toml", &["toml"]),
    ("application/sql", &["sql"]),
    ("application/x-pem-file", &["pem", "crt", "cer", "key", "csr"]),
    ("message/rfc822", &["eml"]),
    ("image/svg+xml", &["svg"]),
];

/// Kinds of a ZIP archive that need not say so in its first bytes.
const ZIPPED: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("epub", "application/epub+zip"),
    ("jar", "application/java-archive"),
    ("apk", "application/vnd.android.package-archive"),
];

/// The same for the container of older office documents.
const OLE: &[(&str, &str)] = &[
    ("doc", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("msg", "application/vnd.ms-outlook"),
    ("msi", "application/x-msi"),
];

/// What an upload is, from all its bytes and the person's name for it.
#[must_use]
pub fn judge(name: &str, bytes: &[u8]) -> String {
    let mut judge = Judge::default();
    judge.see(bytes);
    judge.conclude(name).to_owned()
}

/// Judges bytes as they come: keeps a bounded beginning, and whether all of it was text.
#[derive(Debug)]
pub struct Judge {
    head: Vec<u8>,
    text: TextSoFar,
}

/// Whether the bytes so far are UTF-8 text.
#[derive(Debug)]
enum TextSoFar {
    /// They are, but for the beginning of a character at the very end.
    Yes { unfinished: Vec<u8> },
    /// They are not, and never will be.
    No,
}

impl Default for Judge {
    fn default() -> Self {
        Self { head: Vec::new(), text: TextSoFar::Yes { unfinished: Vec::new() } }
    }
}

impl Judge {
    /// Takes the next bytes.
    pub fn see(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend(bytes.iter().take(room));
        if let TextSoFar::Yes { unfinished } = &mut self.text {
            self.text = read_on(std::mem::take(unfinished), bytes);
        }
    }

    /// What they are, given the person's name for them.
    #[must_use]
    pub fn conclude(&self, name: &str) -> &'static str {
        let extension = extension(name);
        if self.head.starts_with(b"#!") {
            return "text/x-shellscript";
        }
        match &self.text {
            TextSoFar::Yes { unfinished } if unfinished.is_empty() => text(&self.head, extension.as_deref()),
            _ => binary(&self.head, extension.as_deref()),
        }
    }
}

/// Continues to read text: `bytes` after what was left `unfinished`.
fn read_on(mut unfinished: Vec<u8>, mut bytes: &[u8]) -> TextSoFar {
    if bytes.contains(&0) {
        return TextSoFar::No;
    }
    // A character has at most four bytes: finish the one under way byte by byte.
    while !unfinished.is_empty() {
        let Some((first, rest)) = bytes.split_first() else { return TextSoFar::Yes { unfinished } };
        unfinished.push(*first);
        bytes = rest;
        match std::str::from_utf8(&unfinished) {
            Ok(_) => unfinished.clear(),
            Err(error) if error.error_len().is_some() => return TextSoFar::No,
            Err(_) => {}
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => TextSoFar::Yes { unfinished },
        Err(error) if error.error_len().is_some() => TextSoFar::No,
        Err(error) => TextSoFar::Yes { unfinished: bytes.iter().skip(error.valid_up_to()).copied().collect() },
    }
}

/// Text: documents that may be written in plain letters, else by name.
fn text(head: &[u8], extension: Option<&str>) -> &'static str {
    for (start, kind) in
        [(b"%PDF-".as_slice(), "application/pdf"), (b"{\\rtf", "application/rtf"), (b"%!PS", "application/postscript")]
    {
        if head.starts_with(start) {
            return kind;
        }
    }
    // A name without an ending, `Dockerfile`, promises nothing else.
    let Some(extension) = extension else { return "text/plain" };
    TEXT.iter().find(|(_, extensions)| extensions.contains(&extension)).map_or(UNKNOWN, |(kind, _)| kind)
}

/// Anything else: magic numbers, and the name for the kind of a container.
fn binary(head: &[u8], extension: Option<&str>) -> &'static str {
    let by_name = |kinds: &[(&str, &'static str)]| {
        kinds.iter().find(|(ending, _)| Some(*ending) == extension).map(|(_, kind)| *kind)
    };
    if head.starts_with(b"\x7fELF") {
        return "application/x-executable";
    }
    match infer::get(head) {
        // It is not text, whatever it claims.
        Some(found) if found.matcher_type() == MatcherType::Text => UNKNOWN,
        Some(found) => match found.mime_type() {
            zip @ "application/zip" => by_name(ZIPPED).unwrap_or(zip),
            ole @ "application/x-ole-storage" => by_name(OLE).unwrap_or(ole),
            kind => kind,
        },
        None => UNKNOWN,
    }
}

/// What a name ends with after its last dot, in lower case.
fn extension(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";
    const OLE2: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
    const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0";
    const ELF: &[u8] = b"\x7fELF\x02\x01\x01\0";

    #[test]
    fn judges_by_content_first() {
        for (name, bytes, expected) in [
            ("a.png", PNG, "image/png"),
            ("a.txt", PNG, "image/png"),
            ("a", PNG, "image/png"),
            ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
            ("a.txt", b"%PDF-1.7\nall in letters", "application/pdf"),
            ("a.zip", ZIP, "application/zip"),
            ("a.docx", ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("a.XLSX", ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("a.csv", ZIP, "application/zip"),
            ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "application/gzip"),
            ("a.xls", OLE2, "application/vnd.ms-excel"),
            ("a.exe", EXE, "application/vnd.microsoft.portable-executable"),
            ("a.png", EXE, "application/vnd.microsoft.portable-executable"),
            ("a.json", ELF, "application/x-executable"),
            ("a.wasm", b"\0asm\x01\0\0\0", "application/wasm"),
            ("a.png", b"#!/bin/sh\nrm -rf /", "text/x-shellscript"),
            ("installer", b"#!/bin/sh\n\0\xff", "text/x-shellscript"),
            ("a.json", br#"{"a": 1}"#, "application/json"),
            ("a.yaml", b"a: 1", "application/yaml"),
            ("a.yml", b"a: 1", "application/yaml"),
            ("a.xml", b"<?xml version='1.0'?><a/>", "application/xml"),
            ("a.csv", b"a,b\n1,2", "text/csv"),
            ("a.txt", "部署".as_bytes(), "text/plain"),
            ("a.txt", b"", "text/plain"),
            ("a.txt", b"\xef\xbb\xbfwith a mark", "text/plain"),
            ("a.md", b"<p align=center>", "text/markdown"),
            ("a.html", b"<p>", "text/html"),
            ("a.txt", b"<html><script>", "text/plain"),
            ("a.svg", b"<svg xmlns='x'/>", "image/svg+xml"),
            ("a.pem", b"-----BEGIN CERTIFICATE-----\n", "application/x-pem-file"),
            ("a.toml", b"[a]", "application/toml"),
            ("a.ini", b"[a]", "text/plain"),
            ("a.log", b"ok", "text/plain"),
            ("Dockerfile", b"FROM scratch", "text/plain"),
            ("a.txt", b"BC, MZ and GIF89a are letters too", "text/plain"),
            ("a.gif", b"GIF89a/*which is a script*/=1;", "application/octet-stream"),
            ("a.png", b"no image", "application/octet-stream"),
            ("a.xyz", b"text", "application/octet-stream"),
            ("a.txt", b"\xff\xfeu\0t\0f\0", "application/octet-stream"),
            ("a.txt", b"caf\xe9", "application/octet-stream"),
            ("a.json", b"{\"a\":\0}", "application/octet-stream"),
            ("a.html", b"<html >\xff", "application/octet-stream"),
            ("a.txt", b"cut off \xe9\x83", "application/octet-stream"),
            ("../../etc/a.json", b"{}", "application/json"),
            ("a.b\\c", b"text", "text/plain"),
        ] {
            assert_eq!(judge(name, bytes), expected, "{name} {bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in "\\PC{0,40}", tail in prop::collection::vec(any::<u8>(), 0..6), size in 1_usize..7) {
            let mut bytes = text.into_bytes();
            bytes.extend(tail);
            let mut judge_by_chunk = Judge::default();
            bytes.chunks(size).for_each(|chunk| judge_by_chunk.see(chunk));
            prop_assert_eq!(judge_by_chunk.conclude("a.csv"), judge("a.csv", &bytes));
            let is_text = std::str::from_utf8(&bytes).is_ok() && !bytes.contains(&0);
            prop_assert_eq!(matches!(&judge_by_chunk.text, TextSoFar::Yes { unfinished } if unfinished.is_empty()), is_text);
        }
    }
}
