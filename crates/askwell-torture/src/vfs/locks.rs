//! Who holds what: the locks of a database file, and those of its log's index.
//!
//! Only between connections of one process: there is no other on this machine.

use std::collections::{BTreeMap, BTreeSet};

/// One that has a file open.
pub(crate) type Holder = u64;

/// How many locks the index of a log has.
pub(crate) const SLOTS: usize = 8;

/// How strongly a database file is held; the numbers are SQLite's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    None,
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

impl Level {
    /// The level with SQLite's number.
    pub(crate) fn parse(number: i32) -> Option<Self> {
        [Self::None, Self::Shared, Self::Reserved, Self::Pending, Self::Exclusive]
            .get(usize::try_from(number).ok()?)
            .copied()
    }
}

/// Somebody else holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// The locks of one database file.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileLocks(BTreeMap<Holder, Level>);

impl FileLocks {
    /// Raises to `level`, or not at all; but a reader that asks for all of it keeps new readers out meanwhile.
    pub(crate) fn lock(&mut self, holder: Holder, level: Level) -> Result<(), Busy> {
        if self.level(holder) >= level {
            return Ok(());
        }
        let others = self.0.iter().filter(|(other, _)| **other != holder).map(|(_, level)| *level).max();
        let others = others.unwrap_or(Level::None);
        let granted = match level {
            Level::None => return Ok(()),
            Level::Shared if others < Level::Pending => Level::Shared,
            Level::Reserved | Level::Pending if others < Level::Reserved => level,
            Level::Exclusive if others == Level::None => level,
            Level::Exclusive if others == Level::Shared => Level::Pending,
            _ => return Err(Busy),
        };
        self.0.insert(holder, granted);
        if granted == level { Ok(()) } else { Err(Busy) }
    }

    /// Lowers to `level`.
    pub(crate) fn unlock(&mut self, holder: Holder, level: Level) {
        match level {
            Level::None => {
                self.0.remove(&holder);
            }
            level if self.level(holder) > level => {
                self.0.insert(holder, level);
            }
            _ => {}
        }
    }

    /// Whether somebody is about to write.
    pub(crate) fn is_reserved(&self) -> bool {
        self.0.values().any(|level| *level >= Level::Reserved)
    }

    fn level(&self, holder: Holder) -> Level {
        self.0.get(&holder).copied().unwrap_or(Level::None)
    }
}

/// What is wanted of a lock of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Shared,
    Exclusive,
}

/// The locks of the index of one log.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShmLocks {
    shared: [BTreeSet<Holder>; SLOTS],
    exclusive: [Option<Holder>; SLOTS],
}

impl ShmLocks {
    /// Takes all of `slots`, or none.
    pub(crate) fn lock(&mut self, holder: Holder, slots: std::ops::Range<usize>, wanted: Wanted) -> Result<(), Busy> {
        let foreign = |slot: usize| self.exclusive[slot].is_some_and(|other| other != holder);
        let read = |slot: usize| self.shared[slot].iter().any(|other| *other != holder);
        let taken = |slot| foreign(slot) || (wanted == Wanted::Exclusive && read(slot));
        if slots.clone().any(taken) {
            return Err(Busy);
        }
        for slot in slots {
            match wanted {
                Wanted::Shared => {
                    self.shared[slot].insert(holder);
                }
                Wanted::Exclusive => self.exclusive[slot] = Some(holder),
            }
        }
        Ok(())
    }

    /// Gives `slots` back.
    pub(crate) fn unlock(&mut self, holder: Holder, slots: std::ops::Range<usize>) {
        for slot in slots {
            self.shared[slot].remove(&holder);
            if self.exclusive[slot] == Some(holder) {
                self.exclusive[slot] = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writes_while_others_read_and_none_while_one_has_it_all() {
        let mut locks = FileLocks::default();
        locks.lock(1, Level::Shared).unwrap();
        locks.lock(2, Level::Shared).unwrap();
        locks.lock(1, Level::Reserved).unwrap();
        assert_eq!(locks.lock(2, Level::Reserved), Err(Busy));
        assert!(locks.is_reserved());
        assert_eq!(locks.lock(1, Level::Exclusive), Err(Busy));
        // The one that waits for all of it lets nobody new in.
        assert_eq!(locks.lock(3, Level::Shared), Err(Busy));
        locks.unlock(2, Level::None);
        locks.lock(1, Level::Exclusive).unwrap();
        assert_eq!(locks.lock(2, Level::Shared), Err(Busy));
        locks.unlock(1, Level::Shared);
        locks.lock(2, Level::Shared).unwrap();
        assert!(!locks.is_reserved());
    }

    #[test]
    fn slots_are_shared_or_exclusive() {
        let mut locks = ShmLocks::default();
        locks.lock(1, 3..4, Wanted::Shared).unwrap();
        locks.lock(2, 3..4, Wanted::Shared).unwrap();
        assert_eq!(locks.lock(2, 2..5, Wanted::Exclusive), Err(Busy));
        locks.lock(2, 2..3, Wanted::Exclusive).unwrap();
        locks.unlock(1, 3..4);
        locks.lock(2, 3..5, Wanted::Exclusive).unwrap();
        assert_eq!(locks.lock(1, 4..5, Wanted::Shared), Err(Busy));
        locks.unlock(2, 0..SLOTS);
        locks.lock(1, 0..SLOTS, Wanted::Exclusive).unwrap();
    }
}
