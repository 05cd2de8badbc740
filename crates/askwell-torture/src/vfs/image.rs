//! One file: what is on the platters, what the cache shows, and what lies between.

use askwell_testkit::Chance;

/// What a disk writes whole or not at all.
pub(crate) const SECTOR: usize = 512;

/// A change that the platters do not have yet.
#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

/// One file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Image {
    platters: Vec<u8>,
    cache: Vec<u8>,
    unsynced: Vec<Change>,
}

/// How a loss of power treats the unsynced changes of one file.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// All are lost.
    All,
    /// None is.
    None,
    /// Those from this one on are, and this one is torn.
    From(usize),
    /// Each sector of each is, or is not.
    Sectors,
}

impl Image {
    /// A file that is wholly on disk.
    #[cfg(test)]
    pub(crate) fn durable(bytes: &[u8]) -> Self {
        Self { platters: bytes.to_vec(), cache: bytes.to_vec(), unsynced: Vec::new() }
    }

    /// What reads show.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.cache
    }

    /// Fills `buffer` from `at`; returns how many bytes there were.
    pub(crate) fn read(&self, buffer: &mut [u8], at: usize) -> usize {
        let there = self.cache.get(at..).unwrap_or_default();
        let count = there.len().min(buffer.len());
        buffer[..count].copy_from_slice(&there[..count]);
        count
    }

    /// Writes into the cache.
    pub(crate) fn write(&mut self, bytes: &[u8], at: usize) {
        put(&mut self.cache, bytes, at, 0);
        self.unsynced.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    /// Cuts or extends the file in the cache.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.cache.resize(length, 0);
        self.unsynced.push(Change::Truncate { length });
    }

    /// Brings all changes to the platters. Not "all of the cache": what a failed sync has dropped is clean, and
    /// no later sync looks at it again.
    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            apply(&mut self.platters, &change);
        }
    }

    /// A sync that failed, as on Linux: the changes are dropped and count as clean, while reads go on showing them.
    pub(crate) fn fail_sync(&mut self) {
        self.unsynced.clear();
    }

    /// The cache is read anew from the platters, as when memory was short after a failed sync.
    pub(crate) fn revert(&mut self) {
        self.unsynced.clear();
        self.cache.clone_from(&self.platters);
    }

    /// The file after a loss of power.
    pub(crate) fn survive(mut self, chance: &mut Chance) -> Self {
        let count = self.unsynced.len();
        let loss = match chance.below(4) {
            0 => Loss::All,
            1 => Loss::None,
            2 => Loss::From(chance.below(count + 1)),
            _ => Loss::Sectors,
        };
        // A file that grew around a lost write holds whatever was there: nothing, or somebody else's bytes.
        let filler = if chance.once_in(2) { 0 } else { 0xA5 };
        for (index, change) in self.unsynced.drain(..).enumerate() {
            let whole = match loss {
                Loss::All => continue,
                Loss::None => true,
                Loss::From(first) if index > first => continue,
                Loss::From(first) => index < first,
                Loss::Sectors => false,
            };
            match change {
                Change::Truncate { .. } if !whole && chance.once_in(2) => {}
                Change::Write { at, bytes } if !whole => {
                    for (at, piece) in sectors(at, &bytes) {
                        if chance.once_in(2) {
                            put(&mut self.platters, piece, at, filler);
                        }
                    }
                }
                whole => apply(&mut self.platters, &whole),
            }
        }
        self.cache.clone_from(&self.platters);
        self
    }
}

fn apply(to: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => put(to, bytes, *at, 0),
        Change::Truncate { length } => to.resize(*length, 0),
    }
}

fn put(to: &mut Vec<u8>, bytes: &[u8], at: usize, filler: u8) {
    let end = at + bytes.len();
    if to.len() < end {
        to.resize(end, filler);
    }
    to[at..end].copy_from_slice(bytes);
}

/// The pieces of a write, cut where sectors begin.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(done..).filter(|rest| !rest.is_empty())?;
        let from = at + done;
        let length = (SECTOR - from % SECTOR).min(rest.len());
        done += length;
        Some((from, &rest[..length]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_cut_where_sectors_begin() {
        let bytes = [1; 1100];
        let cut: Vec<_> = sectors(500, &bytes).map(|(at, piece)| (at, piece.len())).collect();
        assert_eq!(cut, [(500, 12), (512, 512), (1024, 512), (1536, 64)]);
        assert_eq!(sectors(7, &[]).count(), 0);
    }

    #[test]
    fn a_sync_after_a_failed_one_brings_back_nothing() {
        let mut image = Image::durable(b"old old ");
        image.write(b"new", 0);
        image.fail_sync();
        image.write(b"new", 4);
        image.sync();
        assert_eq!(image.bytes(), b"new new ");
        assert_eq!(image.survive(&mut Chance::seeded(1)).bytes(), b"old new ");
    }

    #[test]
    fn a_revert_shows_what_is_on_disk() {
        let mut image = Image::durable(b"old");
        image.write(b"newer", 0);
        image.revert();
        assert_eq!(image.bytes(), b"old");
    }
}
