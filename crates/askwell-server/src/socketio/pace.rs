//! How often one client may speak.

use tokio::time::Instant;

/// Events at once, after a pause.
const BURST: f64 = 1_000.0;

/// Events a second, for as long as one likes.
const RATE: f64 = 200.0;

/// Refusals before the client is sent away.
const PATIENCE: u32 = 1_000;

/// Whether an event is heard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Heard,
    Refused,
    SentAway,
}

/// A bucket of events that fills with time.
pub(super) struct Pace {
    left: f64,
    seen: Instant,
    refused: u32,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: BURST, seen: now, refused: 0 }
    }

    /// Takes one event at `now`.
    pub(super) fn take(&mut self, now: Instant) -> Verdict {
        self.left = (self.left + now.duration_since(self.seen).as_secs_f64() * RATE).min(BURST);
        self.seen = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            // Whoever slows down is forgiven.
            if self.left >= BURST / 2.0 {
                self.refused = 0;
            }
            return Verdict::Heard;
        }
        self.refused += 1;
        if self.refused > PATIENCE { Verdict::SentAway } else { Verdict::Refused }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_is_heard_and_a_flood_is_sent_away() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let heard = (0..3_000).filter(|_| pace.take(start) == Verdict::Heard).count();
        assert_eq!(heard, 1_000);
        assert_eq!(pace.take(start), Verdict::SentAway);
        assert_eq!(pace.take(start + Duration::from_secs(1)), Verdict::Heard);
    }

    #[test]
    fn a_steady_pace_is_heard_for_ever() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!((0..50_000).all(|n| pace.take(start + Duration::from_millis(n * 5)) == Verdict::Heard));
    }
}
