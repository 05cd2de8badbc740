//! Whether a chain is what was once sealed, and the first thing that is wrong if not.
//!
//! Fed with entries and seals in their order, from the first on. Invariant:
//! what it accepts has, with the same seals, been written by nobody but the one
//! who sealed it; it remembers no entry, so a chain may be of any length.
//! What it cannot know alone is whether the chain was longer once: for that,
//! somebody must have kept a head ([`Verifier::expecting`]).

use std::fmt;

use super::chain::{GENESIS, Hash, Sealer, hash_text};

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is not what was sealed.
    Altered,
    /// It is not there.
    Missing,
    /// It stands in another place than its own, or twice.
    Reordered,
    /// The chain ends before its end.
    Truncated,
    /// The head that was written down is none of this chain's: it was cut before it, or replaced.
    HeadUnknown,
    /// The head that is kept beside the chain is not its own.
    HeadDiffers,
}

/// The first thing that is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The number of the first entry that it may be.
    pub first: u64,
    /// Of the last one: a seal tells only which stretch does not hold.
    pub last: u64,
    /// What is wrong with it.
    pub what: What,
}

impl Wrong {
    /// Of one entry.
    #[must_use]
    pub fn of(number: u64, what: What) -> Self {
        Self { first: number, last: number, what }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, what } = self;
        match (what, first == last) {
            (What::Altered, true) => write!(f, "entry {first} or its seal is not what was sealed"),
            (What::Altered, false) => {
                write!(f, "one of the entries {first} to {last}, or their seal, is not what was sealed")
            }
            (What::Missing, true) => write!(f, "entry {first} or its seal is missing"),
            (What::Missing, false) => write!(f, "entries {first} to {last} or their seal are missing"),
            (What::Reordered, _) => write!(f, "entry {first} or its seal stands out of order, or twice"),
            (What::Truncated, _) => write!(f, "the chain breaks off: from entry {first} on there is no seal"),
            (What::HeadUnknown, _) => write!(
                f,
                "the chain ends with entry {last} and never had the head that was written down: it was cut or replaced"
            ),
            (What::HeadDiffers, _) => {
                write!(f, "the chain ends with entry {last}, but the head that is kept beside it is not its own")
            }
        }
    }
}

impl std::error::Error for Wrong {}

/// Where a chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry, which is how many there are; 0: none yet.
    pub last: u64,
    /// The last seal; [`GENESIS`] where there is none yet.
    pub hash: Hash,
}

impl Head {
    /// Of a chain without entries.
    pub const EMPTY: Self = Self { last: 0, hash: GENESIS };
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hash_text(&self.hash))
    }
}

/// Judges a chain while it is read.
#[derive(Clone, Debug)]
pub struct Verifier {
    /// What is sealed so far.
    head: Head,
    /// The entries since.
    open: Sealer,
    /// A number that was passed over: it may still come, then it only stands elsewhere.
    passed_over: Option<(u64, u64)>,
    /// A head that must turn up.
    expected: Option<Hash>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { head: Head::EMPTY, open: Sealer::new(&GENESIS), passed_over: None, expected: None }
    }
}

impl Verifier {
    /// One that also wants this head, written down earlier, to be of the chain.
    #[must_use]
    pub fn expecting(head: Option<Hash>) -> Self {
        // The head of an empty chain is every chain's.
        Self { expected: head.filter(|head| *head != GENESIS), ..Self::default() }
    }

    /// The next entry, by its canonical text.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn entry(&mut self, number: u64, canonical: &[u8]) -> Result<(), Wrong> {
        match self.passed_over {
            // It was moved to behind its place: now it is known.
            Some((first, last)) if (first..=last).contains(&number) => {
                return Err(Wrong::of(first, What::Reordered));
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let next = self.next();
        if number < next {
            return Err(Wrong::of(number, What::Reordered));
        }
        if number > next {
            self.passed_over = Some((next, number - 1));
            return Ok(());
        }
        self.open.add(number, canonical);
        Ok(())
    }

    /// The seal of what came since the last one.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn seal(&mut self, first: u64, last: u64, hash: &Hash) -> Result<(), Wrong> {
        self.settle()?;
        let (begun, next) = (self.head.last + 1, self.next());
        if first > begun {
            return Err(Wrong { first: begun, last: first - 1, what: What::Missing });
        }
        if first < begun || last < first {
            return Err(Wrong::of(first, What::Reordered));
        }
        if last >= next {
            return Err(Wrong { first: next, last, what: What::Missing });
        }
        if last + 1 < next {
            return Err(Wrong::of(last + 1, What::Reordered));
        }
        let open = std::mem::replace(&mut self.open, Sealer::new(hash));
        if open.finish() != *hash {
            return Err(Wrong { first, last, what: What::Altered });
        }
        self.head = Head { last, hash: *hash };
        if self.expected == Some(*hash) {
            self.expected = None;
        }
        Ok(())
    }

    /// Where the chain stands that was read, if it is whole.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn finish(mut self) -> Result<Head, Wrong> {
        self.settle()?;
        if self.open.count() > 0 {
            return Err(Wrong { first: self.head.last + 1, last: self.next() - 1, what: What::Truncated });
        }
        match self.expected {
            Some(_) => Err(Wrong { first: 1, last: self.head.last, what: What::HeadUnknown }),
            None => Ok(self.head),
        }
    }

    /// What is sealed so far.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    fn next(&self) -> u64 {
        self.head.last + self.open.count() + 1
    }

    /// What was passed over and did not come is missing.
    fn settle(&mut self) -> Result<(), Wrong> {
        match self.passed_over {
            Some((first, last)) => Err(Wrong { first, last, what: What::Missing }),
            None => Ok(()),
        }
    }
}
