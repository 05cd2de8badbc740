//! `file_upload`: files, uploaded before the answer names them.
//!
//! Answer: `{"files": ["<file_id>", …]}`.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::FileFact;
use super::accept::{Accept, parse_size};
use crate::finding::{Code, Finding, Findings};
use crate::ids::FileId;
use crate::reader::{Reader, child, wrong_type};

const MAX_TYPES: usize = 100;
const MAX_FILES: usize = 500;

#[derive(Clone, Debug)]
pub(super) struct FileUpload {
    /// Empty: every type.
    accept: Vec<Accept>,
    max_size: Option<Size>,
    count: Count,
}

/// A size, and how it was written.
#[derive(Clone, Debug)]
struct Size {
    given: Value,
    bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    One,
    Several,
}

impl FileUpload {
    pub(super) fn read(reader: &mut Reader<'_, '_>) -> Self {
        let accept = read_accept(reader);
        let max_size = reader.value("max_file_size").and_then(|given| {
            if let Some(bytes) = parse_size(given) {
                return Some(Size { given: given.clone(), bytes });
            }
            let finding = match given {
                Value::String(_) | Value::Number(_) => {
                    let shown: String = given.to_string().chars().take(100).collect();
                    Finding::new(reader.at("max_file_size"), Code::InvalidSize).with("value", shown)
                }
                _ => wrong_type(&reader.at("max_file_size"), "string", given),
            };
            reader.findings.refuse(finding);
            None
        });
        let count = if reader.flag("multiple") == Some(true) { Count::Several } else { Count::One };
        Self { accept, max_size, count }
    }

    pub(super) fn write(&self, out: &mut Map<String, Value>) {
        let accept: Vec<&str> = self.accept.iter().map(Accept::as_str).collect();
        out.insert("accept_types".into(), if accept.is_empty() { Value::Null } else { json!(accept) });
        out.insert("max_file_size".into(), self.max_size.as_ref().map_or(Value::Null, |size| size.given.clone()));
        out.insert("multiple".into(), (self.count == Count::Several).into());
    }

    pub(super) fn check(
        &self,
        response: &Value,
        files: &[FileFact],
        pointer: &str,
        findings: &mut Findings,
    ) -> Option<(Value, Vec<FileId>)> {
        let mut reader = Reader::new(response, pointer, findings)?;
        let at = reader.at("files");
        let given = reader.value("files");
        let is_list = given.is_some_and(Value::is_array);
        let list = match given {
            // One file needs no list.
            Some(single @ Value::String(id)) if !id.is_empty() => std::slice::from_ref(single),
            Some(Value::String(_)) | None => &[],
            Some(_) => reader.list("files", MAX_FILES)?,
        };
        if list.is_empty() {
            reader.refuse("files", Code::Required);
        } else if self.count == Count::One && list.len() > 1 {
            let finding = Finding::new(&at, Code::TooMany).with("limit", 1).with("actual", list.len());
            reader.findings.refuse(finding);
        }
        let mut named = Vec::with_capacity(list.len());
        let mut seen = HashSet::new();
        for (index, given) in list.iter().enumerate() {
            let at = if is_list { child(&at, index) } else { at.clone() };
            match self.find(given, files, &at) {
                Ok(id) if seen.insert(id) => named.push(id),
                Ok(id) => reader.findings.refuse(Finding::new(at, Code::Duplicate).with("value", id)),
                Err(finding) => reader.findings.refuse(finding),
            }
        }
        reader.finish();
        let ids: Vec<String> = named.iter().map(ToString::to_string).collect();
        Some((json!({ "files": ids }), named))
    }

    fn find(&self, given: &Value, files: &[FileFact], at: &str) -> Result<FileId, Finding> {
        let text = given.as_str().ok_or_else(|| wrong_type(at, "string", given))?;
        let id = text.parse::<FileId>().ok();
        let Some(file) = files.iter().find(|file| Some(file.id) == id) else {
            let shown: String = text.chars().take(100).collect();
            return Err(Finding::new(at, Code::UnknownFile).with("value", shown));
        };
        self.accepts(file, at)?;
        Ok(file.id)
    }

    fn accepts(&self, file: &FileFact, at: &str) -> Result<(), Finding> {
        if let Some(size) = self.max_size.as_ref().filter(|size| file.size > size.bytes) {
            return Err(Finding::new(at, Code::FileTooLarge).with("name", &file.name).with("limit", size.bytes));
        }
        if self.accept.is_empty() || self.accept.iter().any(|accept| accept.admits(&file.name, &file.content_type)) {
            return Ok(());
        }
        let allowed: Vec<&str> = self.accept.iter().map(Accept::as_str).collect();
        Err(Finding::new(at, Code::FileTypeNotAccepted).with("name", &file.name).with("allowed", allowed.join(", ")))
    }
}

/// A list, or one text with commas as a browser's `accept` has it.
fn read_accept(reader: &mut Reader<'_, '_>) -> Vec<Accept> {
    let pointer = reader.at("accept_types");
    let entries: Vec<(String, String)> = if let Some(Value::String(text)) = reader.value("accept_types") {
        let parts = text.split(',').filter(|part| !part.trim().is_empty());
        parts.map(|part| (pointer.clone(), part.to_owned())).collect()
    } else {
        let entries = reader.strings("accept_types", MAX_TYPES, 200);
        entries.into_iter().enumerate().map(|(index, text)| (child(&pointer, index), text)).collect()
    };
    let mut accept = Vec::new();
    for (at, text) in entries {
        match Accept::parse(&text) {
            Some(entry) => accept.push(entry),
            None => reader.findings.refuse(
                Finding::new(at, Code::NotAllowed)
                    .with("value", text)
                    .with("allowed", ".json, application/json, image/*"),
            ),
        }
    }
    accept
}

impl super::Interaction {
    /// Whether an answer to this question names uploads.
    pub fn takes_files(&self) -> bool {
        matches!(self.kind, super::Kind::FileUpload(_))
    }

    /// Whether a file may be uploaded to this question at all; `pointer` names it in what is returned.
    ///
    /// # Errors
    /// Why not: no files are asked for, it is too large, or of another type.
    pub fn accepts_file(&self, file: &FileFact, pointer: &str) -> Result<(), Finding> {
        match &self.kind {
            super::Kind::FileUpload(kind) => kind.accepts(file, pointer),
            _ => Err(Finding::new(pointer, Code::UnusedKey).with("key", "file").with("kind", self.kind())),
        }
    }

    /// The largest file that may be uploaded, in bytes, where the question says.
    pub fn max_file_size(&self) -> Option<u64> {
        match &self.kind {
            super::Kind::FileUpload(kind) => kind.max_size.as_ref().map(|size| size.bytes),
            _ => None,
        }
    }
}

pub(super) fn example() -> Value {
    json!({
        "interaction_type": "file_upload",
        "title": "上传配置文件",
        "message": "请上传应用配置文件",
        "accept_types": [".json", ".yaml", ".yml", ".xml"],
        "max_file_size": "10MB",
        "multiple": false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{read, read_refused};
    use super::*;

    const A: &str = "0190a000-0000-7000-8000-00000000000a";
    const B: &str = "0190a000-0000-7000-8000-00000000000b";

    fn fact(id: &str, name: &str, size: u64) -> FileFact {
        FileFact { id: id.parse().unwrap(), name: name.into(), size, content_type: "text/plain".into() }
    }

    #[test]
    fn takes_uploads_that_fit() {
        let files = [fact(A, "a.json", 10), fact(B, "b.exe", 10)];
        let asked = read(example());
        let checked = asked.check(&json!({"files": [A.to_uppercase()]}), &files, "/response").unwrap();
        assert_eq!((checked.data, checked.files.len()), (json!({"files":[A]}), 1));
        assert!(asked.check(&json!({"files": A}), &files, "/response").is_ok());
        for (given, pointer, code) in [
            (json!({}), "/response/files", Code::Required),
            (json!({"files":[]}), "/response/files", Code::Required),
            (json!({"files":{}}), "/response/files", Code::WrongType),
            (json!({"files":[1]}), "/response/files/0", Code::WrongType),
            (json!({"files":["x"]}), "/response/files/0", Code::UnknownFile),
            (json!({"files":"x"}), "/response/files", Code::UnknownFile),
            (json!({"files":[B]}), "/response/files/0", Code::FileTypeNotAccepted),
            (json!({"files":[A, A]}), "/response/files", Code::TooMany),
        ] {
            let found = asked.check(&given, &files, "/response").unwrap_err();
            assert_eq!((found[0].pointer.as_str(), found[0].code), (pointer, code), "{given}");
        }
        let large = [fact(A, "a.json", (10 << 20) + 1)];
        let found = asked.check(&json!({"files":[A]}), &large, "/response").unwrap_err();
        assert_eq!(found[0].code, Code::FileTooLarge);
        assert_eq!(asked.max_file_size(), Some(10 << 20));
    }

    #[test]
    fn several_only_where_asked() {
        let files = [fact(A, "a", 1), fact(B, "b", 1)];
        let asked = read(json!({"interaction_type":"upload","title":"t","multiple":true}));
        assert_eq!(asked.check(&json!({"files":[B, A]}), &files, "").unwrap().data, json!({"files":[B, A]}));
        assert_eq!(asked.check(&json!({"files":[A, A]}), &files, "").unwrap_err()[0].code, Code::Duplicate);
    }

    #[test]
    fn rules_must_be_usable() {
        let asked = |more: (&str, Value)| {
            let mut value = json!({"interaction_type":"file_upload","title":"t"});
            value[more.0] = more.1;
            value
        };
        assert_eq!(
            read(asked(("accept_types", json!(".json, image/*")))).to_value()["accept_types"],
            json!([".json", "image/*"])
        );
        for (more, pointer, code) in [
            (("max_file_size", json!("big")), "/in/max_file_size", Code::InvalidSize),
            (("max_file_size", json!(true)), "/in/max_file_size", Code::WrongType),
            (("accept_types", json!(["a/b/c d"])), "/in/accept_types/0", Code::NotAllowed),
            (("accept_types", json!([1])), "/in/accept_types/0", Code::WrongType),
            (("default_value", json!([A])), "/in/default_value", Code::InvalidDefault),
        ] {
            assert_eq!(read_refused(asked(more)), [(pointer.into(), code)]);
        }
    }
}
