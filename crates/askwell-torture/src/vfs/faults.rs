//! What can be ordered to go wrong with a disk.

/// Operations that fail: after so many that do not, so many that do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// How many go well first.
    pub(crate) after: u64,
    /// How many fail then.
    pub(crate) times: u64,
}

impl Trouble {
    /// From now on, until it is taken back.
    pub(crate) const LASTING: Self = Self { after: 0, times: u64::MAX };

    /// The next `times` after `after` others.
    pub(crate) const fn after(after: u64, times: u64) -> Self {
        Self { after, times }
    }

    /// Counts one operation; whether it fails.
    pub(crate) fn strikes(&mut self) -> bool {
        if self.times == 0 {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.times = if self.times == u64::MAX { self.times } else { self.times - 1 };
        true
    }
}

/// What the cache shows of data that a failed sync has dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AfterFailedSync {
    /// The data, as if it were on disk (ext4, XFS).
    #[default]
    CacheStays,
    /// What is on disk (memory was short, or a file system that reverts).
    CacheReverts,
}

/// What goes wrong with a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// Reads that fail.
    pub(crate) reads: Trouble,
    /// Writes that fail, half done.
    pub(crate) writes: Trouble,
    /// Syncs that fail, and drop what they should have brought to disk.
    pub(crate) syncs: Trouble,
    /// What is read after such a sync.
    pub(crate) after_failed_sync: AfterFailedSync,
    /// How many bytes all files may hold together.
    pub(crate) capacity: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_comes_after_and_passes() {
        let mut trouble = Trouble::after(2, 2);
        let struck: Vec<_> = (0..6).map(|_| trouble.strikes()).collect();
        assert_eq!(struck, [false, false, true, true, false, false]);
        let mut lasting = Trouble::LASTING;
        assert!((0..100).all(|_| lasting.strikes()));
        assert!(!Trouble::default().strikes());
    }
}
