//! Whether the server is said to be well right now: what fails in fair weather is a refusal, what fails in foul is not.

use std::sync::Arc;

use tokio::sync::watch;

/// Fair at first. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Weather(Arc<watch::Sender<u64>>);

impl Default for Weather {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

/// A moment, to ask later whether it was fair ever since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl Weather {
    /// Trouble begins: the server is killed, stopped, or its disk fails.
    pub(crate) fn turn_foul(&self) {
        self.0.send_modify(|turns| *turns += 1 - *turns % 2);
    }

    /// Trouble is over: the server answers as it should.
    pub(crate) fn turn_fair(&self) {
        self.0.send_modify(|turns| *turns += *turns % 2);
    }

    /// Now.
    pub(crate) fn moment(&self) -> Moment {
        Moment(*self.0.borrow())
    }

    /// Whether it is fair, and was ever since that moment.
    pub(crate) fn was_fair(&self, since: Moment) -> bool {
        self.is_fair() && self.moment() == since
    }

    /// Whether it is fair.
    pub(crate) fn is_fair(&self) -> bool {
        self.moment().0.is_multiple_of(2)
    }

    /// Waits until it is foul.
    pub(crate) async fn foul(&self) {
        let _ = self.0.subscribe().wait_for(|turns| !turns.is_multiple_of(2)).await;
    }

    /// Waits until it is fair.
    pub(crate) async fn fair(&self) {
        // The sender lives as long as `self`.
        let _ = self.0.subscribe().wait_for(|turns| turns.is_multiple_of(2)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_in_between_is_remembered() {
        let weather = Weather::default();
        let before = weather.moment();
        assert!(weather.was_fair(before));
        weather.turn_fair();
        assert!(weather.was_fair(before), "it was fair already");
        weather.turn_foul();
        weather.turn_foul();
        assert!(!weather.is_fair());
        weather.turn_fair();
        assert!(weather.is_fair());
        assert!(!weather.was_fair(before));
    }
}
