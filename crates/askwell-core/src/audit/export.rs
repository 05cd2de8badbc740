//! The two forms of an export, line by line.

use super::verify::Head;
use super::{Hash, csv, ndjson};

/// What an export looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportForm {
    /// Entries and seals, to be verified.
    #[default]
    Ndjson,
    /// Entries, for a spreadsheet.
    Csv,
}

impl ExportForm {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 2] = [("ndjson", Self::Ndjson), ("csv", Self::Csv)];

    /// What stands before all entries.
    #[must_use]
    pub fn start(self) -> String {
        match self {
            Self::Ndjson => String::new(),
            Self::Csv => csv::header(),
        }
    }

    /// An entry, by its canonical text.
    #[must_use]
    pub fn entry(self, number: u64, canonical: &str) -> String {
        match self {
            Self::Ndjson => ndjson::entry_line(number, canonical),
            Self::Csv => csv::entry_row(number, canonical),
        }
    }

    /// A seal; nothing in a table.
    #[must_use]
    pub fn seal(self, first: u64, last: u64, hash: &Hash) -> String {
        match self {
            Self::Ndjson => ndjson::seal_line(first, last, hash),
            Self::Csv => String::new(),
        }
    }

    /// What stands behind all entries: without it an export is a truncated one.
    #[must_use]
    pub fn end(self, head: &Head) -> String {
        match self {
            Self::Ndjson => ndjson::end_line(head),
            Self::Csv => csv::trailer(head),
        }
    }
}
