//! What is asked, one arm per kind.

use serde_json::Value;

use crate::finding::{Finding, Findings};
use crate::ids::FileId;

/// What is known of an upload when an answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFact {
    /// Its id.
    pub id: FileId,
    /// The person's name for it.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its type, judged by content.
    pub content_type: String,
}

/// An answer that fits, in the kind's normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The normal form (wire: `response_data`).
    pub data: Value,
    /// The uploads that it names.
    pub files: Vec<FileId>,
    /// Keys that were dropped.
    pub warnings: Vec<Finding>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Interaction {}

impl Interaction {
    /// Reads what a requester sent under `pointer`.
    pub fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let _ = (value, pointer, findings);
        None
    }

    /// Reads back what [`Self::to_value`] made.
    ///
    /// # Errors
    /// Why the stored form no longer loads, in English for the log.
    pub fn from_stored(value: &Value) -> Result<Self, String> {
        let _ = value;
        Err(String::new())
    }

    /// The normal form: aliases resolved, every key present, null where unset.
    pub fn to_value(&self) -> Value {
        Value::Null
    }

    /// The kind's name on the wire.
    pub fn kind(&self) -> &'static str {
        ""
    }

    /// The `default_value` as the kind's whole answer.
    pub fn default_answer(&self) -> Option<&Value> {
        None
    }

    /// Checks an answer against this question; pointers start with `pointer`.
    ///
    /// # Errors
    /// Every violation found, each with its pointer.
    pub fn check(&self, response: &Value, files: &[FileFact], pointer: &str) -> Result<Checked, Vec<Finding>> {
        let _ = (response, files, pointer);
        Err(Vec::new())
    }
}

/// What an upload must be.
#[derive(Clone, Debug)]
pub struct UploadRules {
    /// The largest, in bytes, if the question says.
    pub max_size: Option<u64>,
    /// Extensions, MIME types, `image/*`; empty takes all.
    pub accept_types: Vec<String>,
}

impl UploadRules {
    /// Whether an upload is one that the question takes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, file: &FileFact, pointer: &str) -> Result<(), Finding> {
        let _ = (file, pointer);
        Ok(())
    }
}

impl Interaction {
    /// What an upload for the answer must be; `None`: none is expected.
    pub fn upload_rules(&self) -> Option<UploadRules> {
        None
    }
}
