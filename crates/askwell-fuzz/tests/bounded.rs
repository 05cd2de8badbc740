//! Every target, bounded: all that is kept in the corpus, then mutations of it.
//!
//! `ASKWELL_TEST_SEED=… cargo nextest run -p askwell-fuzz NAME` tries the same
//! again (the seed is printed when a test fails), and `ASKWELL_FUZZ_TIMES=1000` beside it tries so many times as many.
//! `make fuzz` goes on by coverage.

use std::panic::{AssertUnwindSafe, catch_unwind};

use askwell_fuzz::targets::named;
use askwell_fuzz::{Broken, corpus, mutate, world};
use askwell_testkit::Chance;

#[expect(clippy::unwrap_used, reason = "without a target and its corpus there is nothing to try")]
fn tried(name: &str) {
    let target = named(name).unwrap();
    let kept = corpus::read(name).unwrap();
    assert!(!kept.is_empty(), "the corpus of {name} is empty");
    world::panics();
    let attempt = |what: &str, input: &[u8]| {
        let verdict = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
        let verdict = verdict.unwrap_or_else(|_| Err(Broken("it panics".to_owned())));
        assert_eq!(verdict, Ok(()), "{what}: {:?}", String::from_utf8_lossy(input));
    };
    for (file, input) in &kept {
        attempt(file, input);
    }
    let times = option_env!("ASKWELL_FUZZ_TIMES").and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut chance = Chance::printed(name);
    for number in 0..target.bounded * times {
        attempt(&format!("mutation {number}"), &mutate::input(&mut chance, &kept, target.words));
    }
}

macro_rules! bounded {
    ($($name:ident,)+) => {
        $(#[test]
        fn $name() {
            tried(stringify!($name));
        })+

        #[test]
        fn every_target_is_tried() {
            let names: Vec<&str> = askwell_fuzz::targets::TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),+]);
        }
    };
}

bounded! {
    answer, audit_export, callback_url, configuration, draft, egress_rule, file_type, http, json, jwks, jwt, markdown,
    socketio, upload,
}
