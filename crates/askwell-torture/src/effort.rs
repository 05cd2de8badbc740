//! How much is done, and the one seed that all chance comes from.

use askwell_testkit::Chance;

/// How long a phase goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// Seconds: just enough to find a bug that is planted.
    Brief,
    /// One round of a run: some ten seconds a phase at most.
    Round,
}

/// How much a phase does, and by which chance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// How long.
    pub(crate) length: Length,
    /// Of this round. Each round has its own, drawn from that of the run.
    pub(crate) seed: u64,
}

impl Effort {
    /// Chance of its own for the part of that name: parts do not disturb each other's.
    pub(crate) fn chance(&self, part: &str) -> Chance {
        let name = part
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        Chance::seeded(self.seed ^ name)
    }

    /// One number for a brief phase, another for a round.
    pub(crate) fn pick<T>(&self, brief: T, round: T) -> T {
        match self.length {
            Length::Brief => brief,
            Length::Round => round,
        }
    }
}
