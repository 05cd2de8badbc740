//! The audit for a spreadsheet: to be read, not to be verified.
//!
//! RFC 4180, every cell quoted. Invariant: no cell is one that a spreadsheet
//! would take for a formula, whatever somebody called themselves; a table
//! without its last row, whose number is `end`, is a truncated one.
//! Neighbours: [`super::ndjson`] is the form that can be verified.

use serde_json::Value;

use super::ndjson::end_text;
use super::verify::Head;

/// The columns, and the keys of an entry that fill them.
const COLUMNS: [(&str, &str); 14] = [
    ("at", "at"),
    ("action", "action"),
    ("verdict", "verdict"),
    ("actor", "actor"),
    ("on_behalf_of", "on_behalf_of"),
    ("method", "method"),
    ("credential", "credential"),
    ("address", "address"),
    ("request_id", "request_id"),
    ("session_id", "session"),
    ("version", "version"),
    ("content_hash", "content_hash"),
    ("subject", "subject"),
    ("detail", "detail"),
];

/// The row of the columns' names.
#[must_use]
pub fn header() -> String {
    row("number", COLUMNS.iter().map(|(name, _)| (*name).to_owned()))
}

/// The row of an entry. One that cannot be read stands whole in the last cell.
#[must_use]
pub fn entry_row(number: u64, canonical: &str) -> String {
    let number = number.to_string();
    match serde_json::from_str::<Value>(canonical) {
        Ok(entry @ Value::Object(_)) => row(&number, COLUMNS.iter().map(|(_, key)| text(&entry[*key]))),
        _ => last_cell(&number, canonical),
    }
}

/// The last row: how many entries there are, and the head of their chain.
#[must_use]
pub fn trailer(head: &Head) -> String {
    last_cell("end", &end_text(head))
}

fn last_cell(number: &str, text: &str) -> String {
    let empty = std::iter::repeat_n(String::new(), COLUMNS.len() - 1);
    row(number, empty.chain([text.to_owned()]))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => crate::digest::canonical(other),
    }
}

fn row(number: &str, cells: impl Iterator<Item = String>) -> String {
    let mut row = cell(number);
    for text in cells {
        row.push(',');
        row.push_str(&cell(&text));
    }
    row.push_str("\r\n");
    row
}

/// What a spreadsheet takes for the start of a formula, or leaves out before one; the wide forms, too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn cell(text: &str) -> String {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The rows of a table, as RFC 4180 reads them.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut characters = text.chars().peekable();
        while let Some(start) = characters.next() {
            assert_eq!(start, '"', "every cell is quoted");
            loop {
                match characters.next().unwrap() {
                    '"' if characters.peek() == Some(&'"') => cell.extend(characters.next()),
                    '"' => break,
                    other => cell.push(other),
                }
            }
            row.push(std::mem::take(&mut cell));
            match characters.next().unwrap() {
                ',' => {}
                '\r' => {
                    assert_eq!(characters.next(), Some('\n'));
                    rows.push(std::mem::take(&mut row));
                }
                other => panic!("{other} between cells"),
            }
        }
        rows
    }

    #[test]
    fn nothing_becomes_a_formula_or_another_cell() {
        let corpus = [
            "=1+1",
            "=HYPERLINK(\"https://x.example\",\"click\")",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1:A9)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\r\n=1",
            "＝1+1",
            "a\",\"=1",
            "a\r\n\"=1\"",
            "\"=1\"",
            "plain",
            "批准,“好”",
            "",
        ];
        for text in corpus {
            let entry = json!({"at":"2026-01-02T03:04:05Z","actor":text,"subject":text,"detail":{"name":text}});
            let table = [header(), entry_row(7, &entry.to_string()), trailer(&Head::EMPTY)].concat();
            let rows = read(&table);
            assert_eq!(rows.len(), 3, "{text}");
            for cells in &rows {
                assert_eq!(cells.len(), 15, "{text}");
                assert!(cells.iter().all(|cell| !cell.starts_with(FORMULA)), "{text}: {cells:?}");
            }
            assert_eq!(rows[1][0], "7");
            let kept = rows[1][4].strip_prefix('\'').filter(|_| text.starts_with(FORMULA));
            assert_eq!(kept.unwrap_or(&rows[1][4]), text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_kept_and_the_end_is_told() {
        let rows = read(&[entry_row(1, "{\"at\""), trailer(&Head::EMPTY)].concat());
        assert_eq!((&*rows[0][0], &*rows[0][14]), ("1", "{\"at\""));
        assert_eq!(rows[1][0], "end");
        assert_eq!(serde_json::from_str::<Value>(&rows[1][14]).unwrap()["entries"], 0);
    }
}
