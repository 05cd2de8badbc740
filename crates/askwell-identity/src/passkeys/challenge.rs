//! What an assertion signs: the answer, where it belongs, and a nonce.
//!
//! Invariant: two different answers never have one form. Every part goes in
//! behind its length, so nothing can be moved from one part into the next.

use askwell_app::ports::Signed;
use sha2::{Digest as _, Sha256};

/// Keeps these hashes apart from all others, and from those of a later form.
const DOMAIN: &str = "askwell answer v1";

/// The challenge for an assertion that signs `what`.
pub(super) fn challenge(what: &Signed, nonce: &[u8; 32]) -> [u8; 32] {
    let Signed { session, version, content_hash, answer } = what;
    let mut hash = Sha256::new();
    let version = version.to_be_bytes();
    let parts: [&[u8]; 6] =
        [DOMAIN.as_bytes(), session.as_bytes(), &version, content_hash.0.as_bytes(), answer.as_bytes(), nonce];
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use askwell_core::digest::ContentHash;

    use super::*;

    fn signed(session: &str, version: u64, content_hash: &str, answer: &str) -> Signed {
        Signed {
            session: session.into(),
            version,
            content_hash: ContentHash(content_hash.into()),
            answer: answer.into(),
        }
    }

    #[test]
    fn every_part_counts_where_it_stands() {
        let all = [
            challenge(&signed("s", 1, "h", "a"), &[0; 32]),
            challenge(&signed("sh", 1, "", "a"), &[0; 32]),
            challenge(&signed("s", 1, "ha", ""), &[0; 32]),
            challenge(&signed("s", 1, "", "ha"), &[0; 32]),
            challenge(&signed("s", 2, "h", "a"), &[0; 32]),
            challenge(&signed("s", 256, "h", "a"), &[0; 32]),
            challenge(&signed("s", 1, "h", "b"), &[0; 32]),
            challenge(&signed("s", 1, "h", "a"), &[1; 32]),
        ];
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn the_form_is_fixed() {
        // Computed by another program; whoever checks an old assertion computes it again.
        let hash = challenge(&signed("s", 1, "h", "a"), &[0; 32]);
        assert_eq!(crate::testing::b64(hash), "bcrk7f6ag7e6wBA4qlPfJzKXqVr42aDFCGAiRvwguro");
    }
}
