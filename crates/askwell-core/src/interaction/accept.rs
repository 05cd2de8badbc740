//! Which files a question takes.
//!
//! Job: read `accept_types` and sizes, judge a file by its name and by its
//! content. Invariant: a file passes only where both agree, so that a program
//! named `.json` does not. Neighbours: [`super::file_upload`].

use serde_json::Value;

/// The types that a file name's extension stands for. What a table of a few lines does not know is judged by its
/// name alone.
const TYPES: [(&[&str], &[&str]); 22] = [
    (&["json"], &["application/json"]),
    (&["yaml", "yml"], &["application/yaml", "application/x-yaml", "text/yaml"]),
    (&["xml"], &["application/xml", "text/xml"]),
    (&["csv"], &["text/csv"]),
    (&["txt", "log", "ini", "conf", "cfg", "env", "pem", "crt", "key", "sh", "py", "sql", "toml"], &["text/plain"]),
    (&["md"], &["text/markdown"]),
    (&["html", "htm"], &["text/html"]),
    (&["pdf"], &["application/pdf"]),
    (&["png"], &["image/png"]),
    (&["jpg", "jpeg"], &["image/jpeg"]),
    (&["gif"], &["image/gif"]),
    (&["webp"], &["image/webp"]),
    (&["heic", "heif"], &["image/heic", "image/heif"]),
    (&["bmp"], &["image/bmp"]),
    (&["tif", "tiff"], &["image/tiff"]),
    (&["svg"], &["image/svg+xml", "text/xml", "application/xml"]),
    (&["zip"], &["application/zip"]),
    (&["gz", "tgz"], &["application/gzip", "application/x-gzip"]),
    (&["docx"], &["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"]),
    (&["xlsx"], &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"]),
    (&["mp4", "m4v"], &["video/mp4", "video/x-m4v"]),
    (&["mp3"], &["audio/mpeg"]),
];

/// One entry of `accept_types`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Accept {
    /// `.json`
    Extension(String),
    /// `image/png`, `image/*`, `*/*`
    Type(String),
}

impl Accept {
    /// Reads `.json`, `json`, `application/json` or `image/*`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let word =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b));
        if let Some((family, subtype)) = text.split_once('/') {
            let fits = (word(family) && (word(subtype) || subtype == "*")) || text == "*/*";
            return fits.then_some(Self::Type(text));
        }
        let extension = text.strip_prefix('.').unwrap_or(&text);
        (word(extension) && !extension.starts_with('.')).then(|| Self::Extension(format!(".{extension}")))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Extension(text) | Self::Type(text) => text,
        }
    }

    /// Whether a file's name and its content are both of this type.
    pub(super) fn admits(&self, name: &str, content_type: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let content = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let by_name = types_of(&name);
        match self {
            Self::Extension(extension) => {
                name.ends_with(extension.as_str()) && by_name.is_none_or(|types| agrees(types, &content))
            }
            Self::Type(wanted) => {
                // Text is text to whoever looks at bytes; which text it is, the name says.
                let by_content = matches(wanted, &content)
                    || (is_text(&content)
                        && by_name.is_some_and(|types| is_text(wanted) && types.iter().any(|t| is_text(t))));
                by_content
                    && by_name.is_none_or(|types| {
                        types.iter().any(|by_name| matches(wanted, by_name)) && agrees(types, &content)
                    })
            }
        }
    }
}

/// The bytes that `"10MB"`, `"512 KB"`, `"1.5GB"` or a number of bytes stands for; a kilobyte has 1,024.
pub(super) fn parse_size(value: &Value) -> Option<u64> {
    if let Value::Number(bytes) = value {
        return bytes.as_u64().filter(|bytes| *bytes > 0);
    }
    let text = value.as_str()?.trim().to_ascii_uppercase();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit.trim() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1_u64 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || part.len() > 3 || part.contains('.') || (number.contains('.') && part.is_empty()) {
        return None;
    }
    let thousandths: u64 = format!("{part:0<3}").parse().ok()?;
    let bytes = whole.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(factor * thousandths / 1000)?;
    (bytes > 0).then_some(bytes)
}

fn types_of(name: &str) -> Option<&'static [&'static str]> {
    let (_, extension) = name.rsplit_once('.')?;
    TYPES.iter().find(|(extensions, _)| extensions.contains(&extension)).map(|(_, types)| *types)
}

/// Whether content is what a name's types say.
fn agrees(types: &[&str], content: &str) -> bool {
    types.contains(&content) || (is_text(content) && types.iter().any(|by_name| is_text(by_name)))
}

fn matches(wanted: &str, actual: &str) -> bool {
    wanted == "*/*"
        || wanted == actual
        || wanted
            .strip_suffix("/*")
            .is_some_and(|family| actual.split_once('/').is_some_and(|(actual_family, _)| actual_family == family))
}

fn is_text(content: &str) -> bool {
    content.starts_with("text/")
        || content.ends_with("+json")
        || content.ends_with("+xml")
        || matches!(
            content,
            "application/json" | "application/xml" | "application/yaml" | "application/x-yaml" | "application/toml"
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn name_and_content_must_agree() {
        for (accept, name, content, admitted) in [
            (".json", "a.JSON", "text/plain", true),
            (".json", "a.json", "application/json", true),
            (".json", "a.json", "application/x-msdownload", false),
            (".json", "a.yaml", "text/plain", false),
            ("yaml", "a.yaml", "text/plain; charset=utf-8", true),
            (".tar.gz", "a.tar.gz", "application/gzip", true),
            (".xyz", "a.xyz", "application/octet-stream", true),
            (".png", "a.png", "text/html", false),
            ("image/*", "a.png", "image/png", true),
            ("image/*", "photo", "image/png", true),
            ("image/*", "a.png", "image/jpeg", false),
            ("image/*", "a.exe", "application/x-msdownload", false),
            ("image/*", "a.txt", "image/png", false),
            ("image/png", "a.png", "application/pdf", false),
            ("application/json", "a.json", "text/plain", true),
            ("text/csv", "a.csv", "text/plain", true),
            ("text/csv", "a.html", "text/html", false),
            ("*/*", "a.bin", "application/octet-stream", true),
        ] {
            assert_eq!(Accept::parse(accept).unwrap().admits(name, content), admitted, "{accept} {name} {content}");
        }
        for bad in ["", ".", "..json", "image/", "/png", "*", "a b", "image/*/x"] {
            assert_eq!(Accept::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_sizes() {
        for (given, bytes) in [
            (json!("10MB"), Some(10 << 20)),
            (json!("512KB"), Some(512 << 10)),
            (json!("1.5 gb"), Some(3 << 29)),
            (json!("1024"), Some(1024)),
            (json!(2048), Some(2048)),
            (json!("10 MiB"), Some(10 << 20)),
            (json!(0), None),
            (json!(-1), None),
            (json!(1.5), None),
            (json!(""), None),
            (json!("MB"), None),
            (json!("1.2.3MB"), None),
            (json!("1.MB"), None),
            (json!("10TB"), None),
            (json!("99999999999999999999GB"), None),
            (json!("18446744073709551615GB"), None),
        ] {
            assert_eq!(parse_size(&given), bytes, "{given}");
        }
    }
}
