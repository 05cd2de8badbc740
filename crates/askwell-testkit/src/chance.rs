//! Chance for tests that try many things: seeded, and the seed is printed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A stream of numbers, the same for the same seed (SplitMix64).
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
}
