//! Secrets as text: what is shown once, and kept as a digest only.
//!
//! A token is `ask_`, 256 bits in base 62 and a CRC-32 of both, so that secret
//! scanners find it without asking us, and a mistyped one is told from a wrong one.

use sha2::{Digest as _, Sha256};

/// What tokens of programs begin with.
const TOKEN: &str = "ask_";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Digits that 256 bits take in base 62, and that 32 bits do.
const SECRET_DIGITS: usize = 43;
const CHECK_DIGITS: usize = 6;

/// The text of a program's token.
#[must_use]
pub fn token_text(secret: &[u8; 32]) -> String {
    let body = format!("{TOKEN}{}", base62(secret, SECRET_DIGITS));
    let check = crc32fast::hash(body.as_bytes());
    format!("{body}{}", base62(&check.to_be_bytes(), CHECK_DIGITS))
}

/// Whether a text is meant to be a program's token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.starts_with(TOKEN)
}

/// Whether a text can be a program's token: its length, its digits and its check are right.
#[must_use]
pub fn is_token_well_formed(text: &str) -> bool {
    if !is_token(text) || text.len() != TOKEN.len() + SECRET_DIGITS + CHECK_DIGITS || !text.is_ascii() {
        return false;
    }
    let (body, check) = text.split_at(TOKEN.len() + SECRET_DIGITS);
    base62(&crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECK_DIGITS) == check
}

/// The text of any other secret: of a cookie, of a link.
#[must_use]
pub fn secret_text(secret: &[u8; 32]) -> String {
    base62(secret, SECRET_DIGITS)
}

/// What is kept of a secret. Its 256 bits need no salt, and comparing digests tells nothing by its time.
#[must_use]
pub fn secret_digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A big-endian number in so many digits.
fn base62(number: &[u8], digits: usize) -> String {
    let mut number = number.to_vec();
    let mut text = vec![ALPHABET[0]; digits];
    for digit in text.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        *digit = ALPHABET[rest as usize];
    }
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_all_bits_and_its_check() {
        for secret in [[0; 32], [255; 32], [7; 32]] {
            let text = token_text(&secret);
            assert!(text.starts_with("ask_") && text.len() == 53, "{text}");
            assert!(is_token_well_formed(&text));
            for at in 0..text.len() {
                let mut wrong = text.clone().into_bytes();
                wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
                assert!(!is_token_well_formed(&String::from_utf8(wrong).unwrap()), "{at}");
            }
        }
        assert_ne!(token_text(&[0; 32]), token_text(&[255; 32]));
        assert_eq!(secret_text(&[255; 32]).len(), 43);
        // What 2^256 - 1 is in base 62: no digit is lost.
        let digits = secret_text(&[255; 32]);
        let mut rest = [0_u32; 8];
        for digit in digits.bytes() {
            let mut carry = ALPHABET.iter().position(|letter| *letter == digit).unwrap() as u64;
            for word in rest.iter_mut().rev() {
                carry += u64::from(*word) * 62;
                *word = (carry & u64::from(u32::MAX)).try_into().unwrap();
                carry >>= 32;
            }
            assert_eq!(carry, 0);
        }
        assert_eq!(rest, [u32::MAX; 8]);
    }

    #[test]
    fn what_is_no_token_is_none() {
        for text in ["", "ask_", "ask_x", "ASK_0000000000000000000000000000000000000000000000000", "ask_\u{4e00}"] {
            assert!(!is_token_well_formed(text), "{text}");
        }
    }
}
