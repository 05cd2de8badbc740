//! One target under libFuzzer, named by `ASKWELL_FUZZ_TARGET`. `make fuzz` builds and runs it.
#![no_main]
#![expect(clippy::panic, reason = "a crash is how a fuzzer is told")]
#![expect(
    clippy::disallowed_methods,
    reason = "the command line is libFuzzer's, so the target's name comes from elsewhere"
)]

use std::sync::LazyLock;

use askwell_fuzz::{Target, targets};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("ASKWELL_FUZZ_TARGET").unwrap_or_default();
    targets::named(&name).unwrap_or_else(|| panic!("ASKWELL_FUZZ_TARGET={name} names no target"))
});

fuzz_target!(|data: &[u8]| {
    if let Err(broken) = (TARGET.run)(data) {
        panic!("{}: {broken}", TARGET.name);
    }
});
