//! An open loop: work begins when it is due, and is late from then on, however busy everybody is.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long before an instant sleeping ends and looking at the clock begins: what the system may oversleep.
const CLOSE: Duration = Duration::from_micros(150);

/// Gives each of `workers` its instants, in turns, `rate` a second in all for so long.
///
/// The instants come from a thread that waits for nobody: whoever cannot keep up finds them queued, and what it
/// does for them counts from when it was due (no coordinated omission).
pub(crate) fn ticks(workers: usize, rate: f64, time: Duration) -> Vec<UnboundedReceiver<Instant>> {
    let (tellers, listeners): (Vec<_>, Vec<_>) = (0..workers).map(|_| unbounded_channel()).unzip();
    std::thread::spawn(move || tell(&tellers, rate, time));
    listeners
}

fn tell(tellers: &[UnboundedSender<Instant>], rate: f64, time: Duration) {
    let start = Instant::now() + Duration::from_millis(20);
    for (teller, count) in tellers.iter().cycle().zip(0_u32..) {
        let after = Duration::from_secs_f64(f64::from(count) / rate);
        if after >= time {
            return;
        }
        let due = start + after;
        std::thread::sleep(due.saturating_duration_since(Instant::now() + CLOSE));
        while Instant::now() < due {
            std::thread::yield_now();
        }
        if teller.send(due).is_err() {
            return;
        }
    }
}
