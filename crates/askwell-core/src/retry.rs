//! When a callback that failed is tried again.
//!
//! Job: one pure function. Invariant: without jitter or with it, a receiver
//! that is down for three days still gets its callback. Neighbours: the
//! delivery loop of `askwell-app` supplies the randomness and the clock.

use std::time::Duration;

/// The waits between attempts; 75.6 hours together.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// No receiver may ask for more patience than this.
const LONGEST: Duration = Duration::from_hours(24);

/// How much `jitter` may add. It only adds: a shorter wait would end the attempts before 75 hours.
const SPREAD: f64 = 0.2;

/// How long to wait after `attempts_made` failures; `None` is to give up.
///
/// `jitter` from 0 to 1 spreads the wait over up to a fifth more. `retry_after` is what the receiver asked
/// for: waits never end before it, up to 24 hours; a shorter one than the schedule's is not honoured,
/// because it would use up the attempts.
#[must_use]
pub fn next_delay(attempts_made: u32, jitter: f64, retry_after: Option<Duration>) -> Option<Duration> {
    let Some(made) = attempts_made.checked_sub(1) else {
        return Some(Duration::ZERO);
    };
    let wait = WAITS.get(usize::try_from(made).ok()?)?;
    let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) };
    Some(wait.mul_f64(1.0 + SPREAD * jitter).max(retry_after.unwrap_or_default().min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasts_three_days_and_ends() {
        for jitter in [0.0, 0.5, 1.0, -3.0, f64::NAN, f64::INFINITY] {
            let waits: Vec<Duration> = (1..).map_while(|made| next_delay(made, jitter, None)).collect();
            assert_eq!(waits.len(), 9);
            assert!(waits.iter().sum::<Duration>() >= Duration::from_hours(75), "jitter {jitter}");
            assert!(waits.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert_eq!(next_delay(0, 0.0, None), Some(Duration::ZERO));
        assert_eq!(next_delay(1, 0.0, None), Some(Duration::from_secs(5)));
        assert_eq!(next_delay(1, 1.0, None), Some(Duration::from_secs(6)));
        assert_eq!(next_delay(u32::MAX, 0.0, None), None);
    }

    #[test]
    fn honours_the_receiver_within_reason() {
        let asked = |seconds| next_delay(1, 0.0, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(1), Some(Duration::from_secs(5)));
        assert_eq!(asked(90), Some(Duration::from_secs(90)));
        assert_eq!(asked(1_000_000), Some(LONGEST));
        assert_eq!(next_delay(10, 0.0, Some(Duration::from_secs(1))), None);
    }
}
