//! Looks for what must not be told.

use super::house::{Fixture, MARKER};

/// What of the session stands in these bytes.
pub(super) fn leaks(bytes: &[u8], fixture: &Fixture) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let secrets = [MARKER, &fixture.main.id, &fixture.review.id, &fixture.files[0], &fixture.files[1], &fixture.link];
    secrets.into_iter().filter(|secret| text.contains(*secret)).map(str::to_owned).collect()
}
