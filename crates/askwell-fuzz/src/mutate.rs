//! Inputs that nobody wrote, from those that are kept: the same from the same seed.
//!
//! Without coverage to guide it, a mutation is worth most where it keeps the
//! form: words of the target's own are put in, pieces of two inputs joined.

use askwell_testkit::Chance;

/// Longer ones are cut: what a size limit refuses tries nothing else.
const LONGEST: usize = 16 << 10;

/// Numbers and texts at which programs break.
const EDGES: [&str; 18] = [
    "0",
    "-1",
    "1e999",
    "1e-400",
    "18446744073709551616",
    "-9223372036854775808",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\u{0}",
    "\u{202e}",
    "\u{1f468}\u{200d}\u{1f469}",
    "\r\n",
    "%00",
    "../",
];

/// An input made of those in `corpus` and of `words`.
pub fn input(chance: &mut Chance, corpus: &[(String, Vec<u8>)], words: &[&str]) -> Vec<u8> {
    let mut bytes = pick(chance, corpus);
    for _ in 0..=chance.below(4) {
        change(chance, &mut bytes, corpus, words);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn pick(chance: &mut Chance, corpus: &[(String, Vec<u8>)]) -> Vec<u8> {
    if corpus.is_empty() {
        return Vec::new();
    }
    corpus.get(chance.below(corpus.len())).map(|(_, bytes)| bytes.clone()).unwrap_or_default()
}

fn change(chance: &mut Chance, bytes: &mut Vec<u8>, corpus: &[(String, Vec<u8>)], words: &[&str]) {
    let at = chance.below(bytes.len() + 1);
    let end = at + chance.below(bytes.len() - at + 1).min(64);
    match chance.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        1 => {
            bytes.drain(at..end);
        }
        2 => {
            let piece: Vec<u8> = bytes.drain(at..end).collect();
            let to = chance.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        3 => {
            let piece: Vec<u8> = bytes.iter().skip(at).take(end - at).copied().collect();
            let times = chance.below(9);
            bytes.splice(at..at, piece.repeat(times));
        }
        4 => {
            let other = pick(chance, corpus);
            let from = chance.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend(other.into_iter().skip(from));
        }
        5 => put(bytes, at, at, word(chance, &EDGES)),
        _ => put(bytes, at, if chance.once_in(2) { end } else { at }, word(chance, words)),
    }
}

fn word<'a>(chance: &mut Chance, words: &[&'a str]) -> &'a str {
    if words.is_empty() { "" } else { chance.one(words) }
}

fn put(bytes: &mut Vec<u8>, from: usize, to: usize, word: &str) {
    bytes.splice(from..to, word.bytes());
}
