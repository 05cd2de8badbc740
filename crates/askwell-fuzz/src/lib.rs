//! Fuzz targets: what must hold of whatever anybody sends.
//!
//! Job: each target takes bytes, hands them to a door of the product and says
//! what must hold of what came out. Invariant: a target panics at nothing and
//! forgets nothing: what it found broken it returns, in words. Neighbours:
//! `src/bin/coverage.rs` drives them by coverage (`make fuzz`), `tests/` by the
//! corpus and seeded mutations (`make test`), and shows that each can fail.
//!
//! Never part of the shipped program.

pub mod corpus;
pub mod mutate;
pub mod targets;
pub mod world;

// The configuration belongs to the binary, and only to it: it has no library to be reached by. So it is compiled here
// from where it lies, and entered by the door that the binary enters it by.
#[path = "../../askwell/src/config/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the binary uses more of it than the one door that is tried here")]
mod config;

use std::fmt;

/// What did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether everything held.
pub type Verdict = Result<(), Broken>;

/// A door of the product, and what must hold of whatever goes in there.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// As it is called, and its folder of the corpus.
    pub name: &'static str,
    /// Puts the bytes in, and looks at what comes out.
    pub run: fn(&[u8]) -> Verdict,
    /// What mutations put in beside what they find.
    pub words: &'static [&'static str],
    /// How many mutations a bounded run tries.
    pub bounded: u32,
}

/// Returns [`Broken`] with the words given unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($words:tt)+) => {
        {
            let holds: bool = $condition;
            if !holds {
                return Err($crate::Broken(format!($($words)+)));
            }
        }
    };
}
pub(crate) use hold;
