//! A machine with a disk: on, until its power is cut or its process is killed.
//!
//! Every operation on a file takes the one lock of the machine, so a cut falls
//! between two operations, as seen from the disk; that the last write may be
//! torn is the disk's affair. When the machine is off, its disk has been taken
//! out: whoever still holds a file can do nothing more with it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use askwell_testkit::Chance;
use tokio::sync::watch;

use super::disk::{Disk, DiskError, FileNumber};
use super::locks::{FileLocks, Holder, Level, ShmLocks, Wanted};

/// Where all machines are, by number: a path says which.
static MACHINES: Mutex<BTreeMap<u64, Weak<Machine>>> = Mutex::new(BTreeMap::new());
static LAST_NUMBER: AtomicU64 = AtomicU64::new(0);

/// What every path begins with. Nothing of the kind is on the real disk.
const PREFIX: &str = "/askwell-torture-machine/";

/// A stretch of the log's index, in memory that all connections share.
pub(crate) type Region = Arc<[AtomicU32]>;

/// Why an operation was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The machine is off.
    Off,
    /// There is no such file, and none is to be made.
    CannotOpen,
    /// Somebody else holds it.
    Busy,
    /// The disk says so.
    Disk(DiskError),
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

/// What is to be done where there is no file of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// It is an error.
    Fail,
    /// It is made. Its name becomes durable by whoever cares.
    Create,
    /// It is made, and the folder is synced with its first sync: journals and logs.
    CreateDurably,
}

/// What a change asks of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// To be remembered.
    Cached,
    /// To be durable.
    Sync,
}

#[derive(Default)]
struct Index {
    locks: ShmLocks,
    regions: Vec<Region>,
    users: usize,
}

#[derive(Default)]
struct State {
    /// Taken out when the machine goes off.
    disk: Option<Disk>,
    /// As it was at that instant.
    left: Option<Disk>,
    locks: BTreeMap<FileNumber, FileLocks>,
    indexes: BTreeMap<FileNumber, Index>,
    last_holder: Holder,
    /// Changes until the power fails.
    cut_in: Option<u64>,
    /// Told once, at the instant when it goes off, before anybody can notice.
    told: Option<Box<dyn FnOnce() + Send>>,
}

/// A machine with a disk.
pub(crate) struct Machine {
    number: u64,
    state: Mutex<State>,
    off: watch::Sender<bool>,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Machine").field(&self.number).finish()
    }
}

impl Machine {
    /// Switches one on, with this disk.
    pub(crate) fn start(disk: Disk) -> Arc<Self> {
        let number = LAST_NUMBER.fetch_add(1, Ordering::Relaxed) + 1;
        let state = State { disk: Some(disk), ..State::default() };
        let machine = Arc::new(Self { number, state: Mutex::new(state), off: watch::Sender::new(false) });
        let mut machines = MACHINES.lock().unwrap_or_else(PoisonError::into_inner);
        machines.retain(|_, machine| machine.strong_count() > 0);
        machines.insert(number, Arc::downgrade(&machine));
        machine
    }

    /// The machine that a path names, and the file's name on it.
    pub(crate) fn of_path(path: &str) -> Option<(Arc<Self>, &str)> {
        let (number, name) = path.strip_prefix(PREFIX)?.split_once('/')?;
        let number = number.parse::<u64>().ok()?;
        let machines = MACHINES.lock().unwrap_or_else(PoisonError::into_inner);
        Some((machines.get(&number)?.upgrade()?, name))
    }

    /// How SQLite is told of a file on this machine.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{PREFIX}{}/{name}", self.number)
    }

    /// Has the power fail after so many more changes of the disk.
    pub(crate) fn cut_after(&self, changes: u64) {
        self.state().cut_in = Some(changes);
    }

    /// Has somebody told at the instant when the machine goes off, before any operation fails of it.
    pub(crate) fn when_off(&self, tell: impl FnOnce() + Send + 'static) {
        self.state().told = Some(Box::new(tell));
    }

    /// Orders what goes wrong with the disk from now on.
    pub(crate) fn set_faults(&self, change: impl FnOnce(&mut super::Faults)) {
        if let Some(disk) = &mut self.state().disk {
            change(&mut disk.faults);
        }
    }

    /// How many bytes all files hold.
    pub(crate) fn used(&self) -> u64 {
        self.state().disk.as_ref().map_or(0, Disk::used)
    }

    /// Switches it off, if it is on: no file of it can be used any more.
    pub(crate) fn switch_off(&self) {
        self.take_out(&mut self.state());
    }

    /// Completes when it is off.
    pub(crate) async fn is_off(&self) {
        // The sender is `self`: it cannot be gone.
        let _ = self.off.subscribe().wait_for(|off| *off).await;
    }

    /// What a loss of power left on the disk. The same machine can lose it in many ways.
    pub(crate) fn after_power_cut(&self, chance: &mut Chance) -> Disk {
        self.remains().survive(chance)
    }

    /// What the end of the process left: everything, cached or not, and what the cache only pretends.
    pub(crate) fn after_kill(&self) -> Disk {
        self.remains()
    }

    fn remains(&self) -> Disk {
        let mut state = self.state();
        self.take_out(&mut state);
        state.left.clone().unwrap_or_default()
    }

    fn take_out(&self, state: &mut State) {
        if let Some(disk) = state.disk.take() {
            state.left = Some(disk);
            if let Some(tell) = state.told.take() {
                tell();
            }
            self.off.send_replace(true);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk, for something that does not change it.
    fn look<T>(&self, look: impl FnOnce(&mut Disk) -> Result<T, DiskError>) -> Result<T, Failure> {
        Ok(look(self.state().disk.as_mut().ok_or(Failure::Off)?)?)
    }

    /// The disk, for something that changes it; unless the power fails just then. A write that the power fails
    /// in has reached the cache, and may survive in part. A sync that it fails in has not come to its end, and
    /// what it was about may survive in part.
    fn change<T>(&self, kind: Kind, change: impl FnOnce(&mut Disk) -> Result<T, DiskError>) -> Result<T, Failure> {
        let mut state = self.state();
        let state = &mut *state;
        let disk = state.disk.as_mut().ok_or(Failure::Off)?;
        let Some(left) = state.cut_in.as_mut() else { return Ok(change(disk)?) };
        if *left > 0 {
            *left -= 1;
            return Ok(change(disk)?);
        }
        if kind == Kind::Cached {
            let _ = change(disk);
        }
        self.take_out(state);
        Err(Failure::Off)
    }

    /// Whether there is such a file with anything in it.
    pub(crate) fn has(&self, name: &str) -> Result<bool, Failure> {
        self.look(|disk| Ok(disk.find(name).is_some_and(|file| disk.length(file) > 0)))
    }

    /// Removes a file.
    pub(crate) fn remove(&self, name: &str, folder: Folder) -> Result<(), Failure> {
        self.change(Kind::Cached, |disk| disk.remove(name))?;
        if folder == Folder::Unsynced {
            return Ok(());
        }
        self.change(Kind::Sync, |disk| {
            disk.sync_folder();
            Ok(())
        })
    }

    /// Opens a file.
    pub(crate) fn open(self: &Arc<Self>, name: &str, if_missing: IfMissing) -> Result<OpenFile, Failure> {
        let found = self.look(|disk| Ok(disk.find(name)))?;
        let (file, sync_folder) = match (found, if_missing) {
            (Some(file), _) => (file, false),
            (None, IfMissing::Fail) => return Err(Failure::CannotOpen),
            (None, how) => (self.change(Kind::Cached, |disk| Ok(disk.create(name)))?, how == IfMissing::CreateDurably),
        };
        let mut state = self.state();
        state.last_holder += 1;
        let holder = state.last_holder;
        drop(state);
        Ok(OpenFile { machine: Arc::clone(self), file, holder, sync_folder, regions: Vec::new(), indexed: false })
    }
}

/// Whether the folder is synced after a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folder {
    Synced,
    Unsynced,
}

/// A file of a machine, as one connection has it open.
pub(crate) struct OpenFile {
    machine: Arc<Machine>,
    file: FileNumber,
    holder: Holder,
    sync_folder: bool,
    /// Kept, so that memory which SQLite was shown lives as long as the file is open.
    regions: Vec<Region>,
    indexed: bool,
}

impl OpenFile {
    /// Fills `buffer` from `at`; returns how many bytes there were.
    pub(crate) fn read(&self, buffer: &mut [u8], at: usize) -> Result<usize, Failure> {
        self.machine.look(|disk| disk.read(self.file, buffer, at))
    }

    /// Writes.
    pub(crate) fn write(&self, bytes: &[u8], at: usize) -> Result<(), Failure> {
        self.machine.change(Kind::Cached, |disk| disk.write(self.file, bytes, at))
    }

    /// Cuts or extends.
    pub(crate) fn truncate(&self, length: usize) -> Result<(), Failure> {
        self.machine.change(Kind::Cached, |disk| disk.truncate(self.file, length))
    }

    /// Brings it to disk; its name, too, the first time, where it is a new journal or log.
    pub(crate) fn sync(&mut self) -> Result<(), Failure> {
        let sync_folder = self.sync_folder;
        self.machine.change(Kind::Sync, |disk| {
            disk.sync(self.file)?;
            if sync_folder {
                disk.sync_folder();
            }
            Ok(())
        })?;
        self.sync_folder = false;
        Ok(())
    }

    /// How long it is.
    pub(crate) fn length(&self) -> Result<u64, Failure> {
        self.machine.look(|disk| Ok(disk.length(self.file)))
    }

    /// Raises the lock.
    pub(crate) fn lock(&self, level: Level) -> Result<(), Failure> {
        let mut state = self.machine.state();
        if state.disk.is_none() {
            return Err(Failure::Off);
        }
        state.locks.entry(self.file).or_default().lock(self.holder, level).map_err(|_| Failure::Busy)
    }

    /// Lowers the lock.
    pub(crate) fn unlock(&self, level: Level) {
        self.machine.state().locks.entry(self.file).or_default().unlock(self.holder, level);
    }

    /// Whether somebody is about to write.
    pub(crate) fn is_reserved(&self) -> bool {
        self.machine.state().locks.get(&self.file).is_some_and(FileLocks::is_reserved)
    }

    /// A region of the index, `words` long; `None` where there is none and none is to be made.
    pub(crate) fn region(
        &mut self,
        number: usize,
        words: usize,
        missing: IfMissing,
    ) -> Result<Option<&Region>, Failure> {
        let mut state = self.machine.state();
        if state.disk.is_none() {
            return Err(Failure::Off);
        }
        let index = state.indexes.entry(self.file).or_default();
        if !self.indexed {
            self.indexed = true;
            index.users += 1;
        }
        while missing != IfMissing::Fail && index.regions.len() <= number {
            index.regions.push((0..words).map(|_| AtomicU32::new(0)).collect());
        }
        self.regions.clone_from(&index.regions);
        drop(state);
        Ok(self.regions.get(number))
    }

    /// Takes locks of the index.
    pub(crate) fn lock_index(&self, slots: Range<usize>, wanted: Wanted) -> Result<(), Failure> {
        let mut state = self.machine.state();
        if state.disk.is_none() {
            return Err(Failure::Off);
        }
        let index = state.indexes.entry(self.file).or_default();
        index.locks.lock(self.holder, slots, wanted).map_err(|_| Failure::Busy)
    }

    /// Gives locks of the index back.
    pub(crate) fn unlock_index(&self, slots: Range<usize>) {
        if let Some(index) = self.machine.state().indexes.get_mut(&self.file) {
            index.locks.unlock(self.holder, slots);
        }
    }

    /// Lets go of the index, which is gone with the last who uses it.
    pub(crate) fn leave_index(&mut self) {
        if !std::mem::take(&mut self.indexed) {
            return;
        }
        let mut state = self.machine.state();
        if let Some(index) = state.indexes.get_mut(&self.file) {
            index.locks.unlock(self.holder, 0..super::locks::SLOTS);
            index.users -= 1;
            if index.users == 0 {
                state.indexes.remove(&self.file);
            }
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.leave_index();
        self.unlock(Level::None);
    }
}
