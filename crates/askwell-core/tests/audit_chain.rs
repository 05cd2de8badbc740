//! However a chain is cut into batches, the verdict on it is the same.
#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

use askwell_core::audit::{AuditEntry, GENESIS, Head, Verdict, Verifier, Wrong, seal};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

/// What happens to a chain after it was sealed.
#[derive(Clone, Debug)]
enum Tampering {
    Nothing,
    Alter(usize),
    Remove(usize),
    Repeat(usize),
    Exchange(usize, usize),
    Cut(usize),
}

fn tampering() -> impl Strategy<Value = Tampering> {
    prop_oneof![
        2 => Just(Tampering::Nothing),
        1 => any::<usize>().prop_map(Tampering::Alter),
        1 => any::<usize>().prop_map(Tampering::Remove),
        1 => any::<usize>().prop_map(Tampering::Repeat),
        1 => any::<(usize, usize)>().prop_map(|(a, b)| Tampering::Exchange(a, b)),
        1 => any::<usize>().prop_map(Tampering::Cut),
    ]
}

impl Tampering {
    /// Returns whether anything is another than it was.
    fn of(&self, entries: &mut Vec<(u64, String)>) -> bool {
        let count = entries.len();
        match *self {
            Self::Nothing => return false,
            Self::Alter(at) => entries[at % count].1.push(' '),
            Self::Remove(at) => drop(entries.remove(at % count)),
            Self::Repeat(at) => entries.insert(at % count, entries[at % count].clone()),
            Self::Exchange(a, b) if a % count == b % count => return false,
            Self::Exchange(a, b) => entries.swap(a % count, b % count),
            Self::Cut(at) => entries.truncate(at % count),
        }
        true
    }
}

/// The verdict, where a batch ends after each of these numbers.
fn judge(sealed: &[String], ends: &[u64], tampered: &[(u64, String)]) -> Result<Head, Wrong> {
    let mut seals = Vec::new();
    let mut head = Head::EMPTY;
    for &last in ends {
        let range = usize::try_from(head.last).unwrap()..usize::try_from(last).unwrap();
        let hash = seal(&head.hash, head.last + 1, sealed[range].iter().map(String::as_str));
        seals.push((head.last + 1, last, hash));
        head = Head { last, hash };
    }
    // Told as a file tells it: each seal behind the place where its last entry stood.
    let mut verifier = Verifier::expecting(Some(head.hash));
    let mut rest = tampered.iter().peekable();
    for (first, last, hash) in seals {
        while let Some((number, entry)) = rest.next_if(|(number, _)| *number <= last) {
            verifier.entry(*number, entry.as_bytes())?;
        }
        verifier.seal(first, last, &hash)?;
    }
    for (number, entry) in rest {
        verifier.entry(*number, entry.as_bytes())?;
    }
    verifier.finish()
}

fn ends(cuts: &[bool]) -> Vec<u64> {
    let last = cuts.len() as u64;
    (1..=last).filter(|number| *number == last || cuts[usize::try_from(*number - 1).unwrap()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_split_gives_the_same_verdict(
        cuts in prop::collection::vec(any::<(bool, bool)>(), 1..24),
        tampering in tampering(),
    ) {
        let sealed: Vec<String> = (0..cuts.len()).map(|index| json!({"n": index}).to_string()).collect();
        let mut entries: Vec<_> = (1..).zip(sealed.iter().cloned()).collect();
        let is_tampered = tampering.of(&mut entries);
        let (one, other): (Vec<bool>, Vec<bool>) = cuts.into_iter().unzip();
        for split in [one, other] {
            let verdict = judge(&sealed, &ends(&split), &entries);
            prop_assert_eq!(verdict.is_err(), is_tampered, "{:?} {:?}", split, verdict);
        }
    }

    #[test]
    fn the_canonical_text_of_an_entry_reads_back_as_the_entry(
        actor in any::<String>(),
        subject in any::<Option<String>>(),
        number in any::<i64>(),
        fraction in any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()),
        at in 0..4_000_000_000_000_i64,
    ) {
        let entry = AuditEntry {
            at: Timestamp::from_millisecond(at).unwrap(),
            action: "session.answered".to_owned(),
            verdict: Verdict::Done,
            actor,
            on_behalf_of: None,
            method: None,
            credential: None,
            address: None,
            request_id: None,
            session: None,
            version: None,
            content_hash: None,
            subject,
            detail: json!({"number": number, "fraction": fraction}).as_object().unwrap().clone(),
        };
        let text = entry.canonical().unwrap();
        let read: AuditEntry = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read.canonical().unwrap(), &text);
        prop_assert_eq!((read.at, read.actor, read.subject), (entry.at, entry.actor, entry.subject));
        prop_assert_eq!(seal(&GENESIS, 1, [&*text]), seal(&GENESIS, 1, [&*entry_again(&text)]));
    }
}

fn entry_again(text: &str) -> String {
    serde_json::from_str::<AuditEntry>(text).unwrap().canonical().unwrap()
}
