//! The chain: each batch of entries is closed by a seal over them and the seal before.
//!
//! Job: the bytes that are hashed. Invariant: no two different stretches of a
//! chain feed the hash the same bytes: each entry goes in with its number and
//! its length, and their count closes it. Neighbours: engines seal what they
//! store, in its transaction; `verify` computes the same again.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// What stands in the place of a seal before the first one.
pub const GENESIS: Hash = [0; 32];

/// Says what is hashed, so that no hash of anything else can stand for a seal.
const DOMAIN: &[u8] = b"askwell.audit.seal.v1\0";

/// The seal over entries that are numbered from `first` on and follow the seal `previous`.
#[must_use]
pub fn seal<'a>(previous: &Hash, first: u64, entries: impl IntoIterator<Item = &'a str>) -> Hash {
    let mut sealer = Sealer::new(previous);
    for (number, entry) in (first..).zip(entries) {
        sealer.add(number, entry.as_bytes());
    }
    sealer.finish()
}

/// A seal in the making.
#[derive(Clone, Debug)]
pub struct Sealer {
    hasher: Sha256,
    count: u64,
}

impl Sealer {
    /// One that follows the seal `previous`.
    #[must_use]
    pub fn new(previous: &Hash) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(previous);
        Self { hasher, count: 0 }
    }

    /// Adds an entry's canonical text.
    pub fn add(&mut self, number: u64, entry: &[u8]) {
        self.hasher.update(number.to_be_bytes());
        self.hasher.update((entry.len() as u64).to_be_bytes());
        self.hasher.update(entry);
        self.count += 1;
    }

    /// How many entries were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The seal.
    #[must_use]
    pub fn finish(mut self) -> Hash {
        self.hasher.update(self.count.to_be_bytes());
        self.hasher.finalize().into()
    }
}

/// A hash as people write it down: 64 lower-case hexadecimal digits.
#[must_use]
pub fn hash_text(hash: &Hash) -> String {
    crate::digest::hex(hash)
}

/// The hash that was written down so. Capitals are taken, too.
#[must_use]
pub fn parse_hash(text: &str) -> Option<Hash> {
    let text = text.as_bytes();
    if text.len() != 64 {
        return None;
    }
    let digit = |at: usize| char::from(text[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut hash = GENESIS;
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = digit(2 * index)? << 4 | digit(2 * index + 1)?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_what_it_always_was() {
        // Kept: a change of these bytes would call every chain there is a forged one.
        let hash = hash_text(&seal(&GENESIS, 1, ["{\"a\":1}", "{\"b\":2}"]));
        assert_eq!(hash, "7b78c510b6b8f59b89ac2c282219585d4d8c24a87a8ed27cd6f29500b15354d9");
    }

    #[test]
    fn whatever_differs_seals_differently() {
        let base = seal(&GENESIS, 1, ["ab", "c"]);
        for (what, other) in [
            ("the seal before", seal(&[1; 32], 1, ["ab", "c"])),
            ("the numbers", seal(&GENESIS, 2, ["ab", "c"])),
            ("where one ends", seal(&GENESIS, 1, ["a", "bc"])),
            ("how many", seal(&GENESIS, 1, ["abc"])),
            ("one more", seal(&GENESIS, 1, ["ab", "c", ""])),
            ("the order", seal(&GENESIS, 1, ["c", "ab"])),
        ] {
            assert_ne!(base, other, "{what}");
        }
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = seal(&GENESIS, 1, ["x"]);
        assert_eq!(parse_hash(&hash_text(&hash)), Some(hash));
        assert_eq!(parse_hash(&hash_text(&hash).to_uppercase()), Some(hash));
        for text in ["", "0", &"g".repeat(64), &"0".repeat(63), &"+0".repeat(32), &"é".repeat(32)] {
            assert_eq!(parse_hash(text), None, "{text}");
        }
    }
}
