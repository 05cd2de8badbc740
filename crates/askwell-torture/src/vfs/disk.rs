//! The files of one disk, their names, and what goes wrong with them.

use std::collections::BTreeMap;

use askwell_testkit::Chance;

use super::faults::{AfterFailedSync, Faults};
use super::image::Image;

/// A file, whatever its name is.
pub(crate) type FileNumber = u64;

/// Why a disk did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskError {
    /// There is no such file.
    Missing,
    /// A read failed.
    Read,
    /// A write failed.
    Write,
    /// A sync failed.
    Sync,
    /// The disk is full.
    Full,
}

/// A change of the folder that is not durable yet.
#[derive(Clone, Debug)]
enum Renaming {
    Created(String, FileNumber),
    Removed(String, FileNumber),
}

/// The files of one disk, in one folder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    files: BTreeMap<FileNumber, Image>,
    names: BTreeMap<String, FileNumber>,
    durable_names: BTreeMap<String, FileNumber>,
    unsynced: Vec<Renaming>,
    last_number: FileNumber,
    /// What goes wrong with it.
    pub(crate) faults: Faults,
}

impl Disk {
    /// The file of this name.
    pub(crate) fn find(&self, name: &str) -> Option<FileNumber> {
        self.names.get(name).copied()
    }

    /// Makes a file.
    pub(crate) fn create(&mut self, name: &str) -> FileNumber {
        self.last_number += 1;
        self.files.insert(self.last_number, Image::default());
        self.names.insert(name.to_owned(), self.last_number);
        self.unsynced.push(Renaming::Created(name.to_owned(), self.last_number));
        self.last_number
    }

    /// Takes a name away. Whoever has the file open keeps it.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), DiskError> {
        let number = self.names.remove(name).ok_or(DiskError::Missing)?;
        self.unsynced.push(Renaming::Removed(name.to_owned(), number));
        Ok(())
    }

    /// Makes all names durable, as they are.
    pub(crate) fn sync_folder(&mut self) {
        self.unsynced.clear();
        self.durable_names.clone_from(&self.names);
    }

    /// How long the file is.
    pub(crate) fn length(&self, file: FileNumber) -> u64 {
        self.files.get(&file).map_or(0, |image| image.bytes().len() as u64)
    }

    /// Fills `buffer` from `at`; returns how many bytes there were.
    pub(crate) fn read(&mut self, file: FileNumber, buffer: &mut [u8], at: usize) -> Result<usize, DiskError> {
        if self.faults.reads.strikes() {
            return Err(DiskError::Read);
        }
        Ok(self.image(file)?.read(buffer, at))
    }

    /// Writes. What fails may have been done in part.
    pub(crate) fn write(&mut self, file: FileNumber, bytes: &[u8], at: usize) -> Result<(), DiskError> {
        if self.faults.writes.strikes() {
            let half = &bytes[..bytes.len() / 2];
            self.image(file)?.write(half, at);
            return Err(DiskError::Write);
        }
        let room = self.room(file, at);
        if bytes.len() > room {
            self.image(file)?.write(&bytes[..room], at);
            return Err(DiskError::Full);
        }
        self.image(file)?.write(bytes, at);
        Ok(())
    }

    /// Cuts or extends a file.
    pub(crate) fn truncate(&mut self, file: FileNumber, length: usize) -> Result<(), DiskError> {
        self.image(file)?.truncate(length);
        Ok(())
    }

    /// Brings a file's content to disk, or, where that was ordered to fail, drops it.
    pub(crate) fn sync(&mut self, file: FileNumber) -> Result<(), DiskError> {
        let failed = self.faults.syncs.strikes();
        let after = self.faults.after_failed_sync;
        let image = self.image(file)?;
        match (failed, after) {
            (false, _) => {
                image.sync();
                return Ok(());
            }
            (true, AfterFailedSync::CacheStays) => image.fail_sync(),
            (true, AfterFailedSync::CacheReverts) => image.revert(),
        }
        Err(DiskError::Sync)
    }

    /// What is left after a loss of power, and in order again.
    pub(crate) fn survive(&self, chance: &mut Chance) -> Self {
        let mut names = self.durable_names.clone();
        for change in &self.unsynced {
            match change {
                _ if chance.once_in(2) => {}
                Renaming::Created(name, number) => {
                    names.insert(name.clone(), *number);
                }
                Renaming::Removed(name, number) => {
                    if names.get(name) == Some(number) {
                        names.remove(name);
                    }
                }
            }
        }
        let files = self.files.iter().filter(|(number, _)| names.values().any(|named| named == *number));
        let files = files.map(|(number, image)| (*number, image.clone().survive(chance))).collect();
        Self {
            files,
            durable_names: names.clone(),
            names,
            unsynced: Vec::new(),
            last_number: self.last_number,
            faults: Faults::default(),
        }
    }

    /// All bytes that files with a name hold.
    pub(crate) fn used(&self) -> u64 {
        self.names.values().map(|number| self.length(*number)).sum()
    }

    /// How many bytes can be written to a file at `at`.
    fn room(&self, file: FileNumber, at: usize) -> usize {
        let Some(capacity) = self.faults.capacity else { return usize::MAX };
        let within = usize::try_from(self.length(file)).unwrap_or(usize::MAX).saturating_sub(at);
        let free = usize::try_from(capacity.saturating_sub(self.used())).unwrap_or(usize::MAX);
        within.saturating_add(free)
    }

    fn image(&mut self, file: FileNumber) -> Result<&mut Image, DiskError> {
        self.files.get_mut(&file).ok_or(DiskError::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::Trouble;

    #[test]
    fn a_name_is_durable_once_the_folder_was_synced() {
        let mut disk = Disk::default();
        let file = disk.create("log");
        disk.write(file, b"synced", 0).unwrap();
        disk.sync(file).unwrap();
        let lasts = |disk: &Disk, seed| disk.survive(&mut Chance::seeded(seed)).find("log").is_some();
        let kept = |disk: &Disk| (0..64).filter(|seed| lasts(disk, *seed)).count();
        assert!((1..64).contains(&kept(&disk)));
        disk.sync_folder();
        assert_eq!(kept(&disk), 64);
        disk.remove("log").unwrap();
        assert!((1..64).contains(&kept(&disk)));
        assert_eq!(disk.find("log"), None);
        disk.sync_folder();
        assert_eq!(kept(&disk), 0);
    }

    #[test]
    fn a_full_disk_takes_what_fits() {
        let mut disk = Disk::default();
        let file = disk.create("db");
        disk.faults.capacity = Some(10);
        assert_eq!(disk.write(file, b"12345678", 0), Ok(()));
        assert_eq!(disk.write(file, b"abcdef", 6), Err(DiskError::Full));
        assert_eq!(disk.length(file), 10);
        assert_eq!(disk.write(file, b"ABCD", 0), Ok(()));
        disk.faults.capacity = None;
        assert_eq!(disk.write(file, b"more", 10), Ok(()));
    }

    #[test]
    fn what_was_ordered_to_fail_fails() {
        let mut disk = Disk::default();
        let file = disk.create("db");
        disk.faults = Faults {
            reads: Trouble::after(1, 1),
            writes: Trouble::after(0, 1),
            syncs: Trouble::after(0, 1),
            ..Faults::default()
        };
        assert_eq!(disk.write(file, b"1234", 0), Err(DiskError::Write));
        assert_eq!(disk.length(file), 2);
        assert_eq!(disk.write(file, b"1234", 0), Ok(()));
        let mut buffer = [0; 4];
        assert_eq!(disk.read(file, &mut buffer, 0), Ok(4));
        assert_eq!(disk.read(file, &mut buffer, 0), Err(DiskError::Read));
        assert_eq!(disk.sync(file), Err(DiskError::Sync));
        assert_eq!(disk.sync(file), Ok(()));
        disk.sync_folder();
        let after = disk.survive(&mut Chance::seeded(1));
        assert_eq!(after.length(after.find("db").unwrap()), 0);
    }
}
