//! The audit as evidence: a line for each entry and each seal, and a last one that says where it ends.
//!
//! Job: write those lines, and judge a file of them without the database it
//! came from. Invariant: a line is read only in the one form in which it is
//! written, so that there is no byte that can change unnoticed; without its last line
//! an export is a truncated one. Neighbours: `verify` judges the chain.
//!
//! ```text
//! {"entry":{"action":"session.opened",…},"number":1}
//! {"entry":{"action":"session.answered",…},"number":2}
//! {"seal":{"first":1,"hash":"6e34…","last":2}}
//! {"end":{"entries":2,"head":"6e34…","last":2}}
//! ```

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::chain::{Hash, hash_text, parse_hash};
use super::verify::{Head, Verifier, Wrong};

const ENTRY: &str = "{\"entry\":";
const NUMBER: &str = ",\"number\":";

/// The line of an entry, its end included.
#[must_use]
pub fn entry_line(number: u64, canonical: &str) -> String {
    format!("{ENTRY}{canonical}{NUMBER}{number}}}\n")
}

/// The line of a seal.
#[must_use]
pub fn seal_line(first: u64, last: u64, hash: &Hash) -> String {
    format!("{{\"seal\":{{\"first\":{first},\"hash\":\"{}\",\"last\":{last}}}}}\n", hash_text(hash))
}

/// The last line.
#[must_use]
pub fn end_line(head: &Head) -> String {
    format!("{{\"end\":{}}}\n", end_text(head))
}

/// Where an export ends, as JSON.
#[must_use]
pub fn end_text(head: &Head) -> String {
    format!("{{\"entries\":{0},\"head\":\"{head}\",\"last\":{0}}}", head.last)
}

/// What is wrong with an export, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The first line that it may be, counted from 1.
    pub first: u64,
    /// The line at which it was noticed.
    pub noticed: u64,
    /// What is wrong.
    pub fault: LineFault,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineFault {
    /// It is none that an export has.
    NotOurs,
    /// It stands behind the last line.
    AfterEnd,
    /// It is the last one and says otherwise than what stands before it.
    EndDisagrees,
    /// The last line is not there.
    NoEnd,
    /// The chain does not hold.
    Chain(Wrong),
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, noticed, fault } = self;
        if first == noticed {
            write!(f, "line {noticed}: ")?;
        } else {
            write!(f, "lines {first} to {noticed}: ")?;
        }
        match fault {
            LineFault::NotOurs => f.write_str("it is not a line as an export has it: altered, or broken off"),
            LineFault::AfterEnd => f.write_str("it stands behind the line that ends the export"),
            LineFault::EndDisagrees => {
                f.write_str("the export ends otherwise than its last line says: what stood before that line is missing")
            }
            LineFault::NoEnd => f.write_str("the export breaks off: its last line, {\"end\":…}, is missing"),
            LineFault::Chain(wrong) => wrong.fmt(f),
        }
    }
}

impl std::error::Error for BadLine {}

/// Judges an export, line by line.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    verifier: Verifier,
    lines: u64,
    /// The line of the last seal.
    sealed: u64,
    ended: bool,
}

/// A line that is none of an entry.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark<'a> {
    Seal { first: u64, last: u64, hash: &'a str },
    End { entries: u64, last: u64, head: &'a str },
}

impl Reader {
    /// One that also wants this head, written down earlier, to be of the chain.
    #[must_use]
    pub fn expecting(head: Option<Hash>) -> Self {
        Self { verifier: Verifier::expecting(head), ..Self::default() }
    }

    /// The next line, its end included.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn line(&mut self, line: &[u8]) -> Result<(), BadLine> {
        self.lines += 1;
        if self.ended {
            return Err(self.here(LineFault::AfterEnd));
        }
        let text = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix('\n'));
        let Some(text) = text else { return Err(self.here(LineFault::NotOurs)) };
        if let Some((entry, number)) = entry_of(text) {
            return self.verifier.entry(number, entry.as_bytes()).map_err(|wrong| self.chain(wrong));
        }
        match serde_json::from_str(text) {
            Ok(Mark::Seal { first, last, hash }) => {
                let hash = parse_hash(hash).filter(|hash| seal_line(first, last, hash).as_bytes() == line);
                let Some(hash) = hash else { return Err(self.here(LineFault::NotOurs)) };
                self.verifier.seal(first, last, &hash).map_err(|wrong| self.chain(wrong))?;
                self.sealed = self.lines;
                Ok(())
            }
            Ok(Mark::End { entries, last, head }) => {
                let head = parse_hash(head).map(|hash| Head { last, hash });
                let head = head.filter(|head| entries == last && end_line(head).as_bytes() == line);
                let Some(head) = head else { return Err(self.here(LineFault::NotOurs)) };
                if head != self.verifier.head() {
                    return Err(self.here(LineFault::EndDisagrees));
                }
                self.ended = true;
                Ok(())
            }
            Err(_) => Err(self.here(LineFault::NotOurs)),
        }
    }

    /// Where the chain stands that was read, if the export is whole.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn finish(self) -> Result<Head, BadLine> {
        let Self { verifier, lines, sealed, ended } = self;
        if !ended {
            return Err(BadLine { first: lines + 1, noticed: lines + 1, fault: LineFault::NoEnd });
        }
        let of = |wrong| BadLine { first: sealed + 1, noticed: lines, fault: LineFault::Chain(wrong) };
        verifier.finish().map_err(of)
    }

    fn here(&self, fault: LineFault) -> BadLine {
        BadLine { first: self.lines, noticed: self.lines, fault }
    }

    /// A seal tells only of all that came since the one before.
    fn chain(&self, wrong: Wrong) -> BadLine {
        BadLine { first: self.sealed + 1, noticed: self.lines, fault: LineFault::Chain(wrong) }
    }
}

/// The entry's text and its number, if the line is one's.
fn entry_of(line: &str) -> Option<(&str, u64)> {
    let inner = line.strip_prefix(ENTRY)?.strip_suffix('}')?;
    let (entry, number) = inner.rsplit_once(NUMBER)?;
    let parsed: u64 = number.parse().ok()?;
    // Of the spellings of a number only the one that is written: no sign, no zero before it.
    (parsed.to_string() == number && serde_json::from_str::<IgnoredAny>(entry).is_ok()).then_some((entry, parsed))
}

#[cfg(test)]
mod tests {
    use super::super::{GENESIS, What, seal};
    use super::*;

    /// Two batches: two entries, then one.
    fn lines() -> Vec<String> {
        let one = seal(&GENESIS, 1, ["{\"a\":1}", "{\"a\":2}"]);
        let two = seal(&one, 3, ["{\"a\":3}"]);
        vec![
            entry_line(1, "{\"a\":1}"),
            entry_line(2, "{\"a\":2}"),
            seal_line(1, 2, &one),
            entry_line(3, "{\"a\":3}"),
            seal_line(3, 3, &two),
            end_line(&Head { last: 3, hash: two }),
        ]
    }

    fn judge(lines: &[String], head: Option<Hash>) -> Result<Head, BadLine> {
        let mut reader = Reader::expecting(head);
        for line in lines {
            reader.line(line.as_bytes())?;
        }
        reader.finish()
    }

    #[test]
    fn what_was_exported_holds() {
        let whole = judge(&lines(), None).unwrap();
        assert_eq!(whole.last, 3);
        assert_eq!(judge(&lines(), Some(whole.hash)), Ok(whole));
        // A head from long ago is still one of the chain's; that of an empty chain always was.
        assert_eq!(judge(&lines(), Some(seal(&GENESIS, 1, ["{\"a\":1}", "{\"a\":2}"]))), Ok(whole));
        assert_eq!(judge(&lines(), Some(GENESIS)), Ok(whole));
        assert_eq!(judge(&[end_line(&Head::EMPTY)], None), Ok(Head::EMPTY));
    }

    type Change = fn(&mut Vec<String>);

    #[test]
    fn the_first_thing_that_is_wrong_is_named() {
        let chain = |first, last, what| LineFault::Chain(Wrong { first, last, what });
        let one = seal(&GENESIS, 1, ["{\"a\":1}", "{\"a\":2}"]);
        let shorter = [&lines()[..3], &[end_line(&Head { last: 2, hash: one })]].concat();
        let table: [(&str, Change, u64, u64, LineFault); 13] = [
            ("a value", |l| l[1] = entry_line(2, "{\"a\":7}"), 1, 3, chain(1, 2, What::Altered)),
            ("a number", |l| l[1] = entry_line(4, "{\"a\":2}"), 1, 3, chain(2, 3, What::Missing)),
            ("no entry", |l| drop(l.remove(0)), 1, 2, chain(1, 1, What::Missing)),
            ("no seal", |l| drop(l.remove(2)), 1, 4, chain(1, 2, What::Missing)),
            ("two entries exchanged", |l| l.swap(0, 1), 1, 2, chain(1, 1, What::Reordered)),
            ("an entry twice", |l| l.insert(1, l[0].clone()), 1, 2, chain(1, 1, What::Reordered)),
            ("a seal twice", |l| l.insert(3, l[2].clone()), 4, 4, chain(1, 1, What::Reordered)),
            ("no end", |l| drop(l.pop()), 6, 6, LineFault::NoEnd),
            ("a batch less", |l| drop(l.drain(3..5)), 4, 4, LineFault::EndDisagrees),
            ("something behind", |l| l.push(l[0].clone()), 7, 7, LineFault::AfterEnd),
            ("a space", |l| l[2] = l[2].replace(":{", ": {"), 3, 3, LineFault::NotOurs),
            ("a cut line", |l| l[5].truncate(9), 6, 6, LineFault::NotOurs),
            ("a zero before", |l| l[0] = l[0].replace("\":1}\n", "\":01}\n"), 1, 1, LineFault::NotOurs),
        ];
        for (what, change, first, noticed, fault) in table {
            let mut lines = lines();
            change(&mut lines);
            assert_eq!(judge(&lines, None), Err(BadLine { first, noticed, fault }), "{what}");
        }
        // Cut and given a new end it is whole in itself: only a head from before tells.
        let head = judge(&lines(), None).unwrap().hash;
        assert!(judge(&shorter, None).is_ok());
        let fault = chain(1, 2, What::HeadUnknown);
        assert_eq!(judge(&shorter, Some(head)), Err(BadLine { first: 4, noticed: 4, fault }));
    }
}
