//! Chance for tests that try many things: seeded, and the seed is printed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A stream of numbers, the same for the same seed (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// One whose seed is another at each run, printed, and can be given at build time as `ASKWELL_TEST_SEED`.
    #[expect(clippy::print_stderr, reason = "a failed test shows its seed")]
    pub fn printed(test: &str) -> Self {
        let given = option_env!("ASKWELL_TEST_SEED").and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        eprintln!("{test}: ASKWELL_TEST_SEED={seed}");
        Self(seed)
    }

    /// One that repeats.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..count`, which is not empty.
    #[expect(clippy::cast_possible_truncation, reason = "it is smaller than `count`")]
    pub fn below(&mut self, count: usize) -> usize {
        (self.number() % count as u64) as usize
    }

    /// Whether something happens that happens once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Some of these, at most so many, each once.
    pub fn some(&mut self, of: &[&str], most: usize) -> Vec<String> {
        let mut chosen: Vec<String> = Vec::new();
        for _ in 0..self.below(most + 1) {
            let one = self.one(of).to_owned();
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        chosen
    }
}
