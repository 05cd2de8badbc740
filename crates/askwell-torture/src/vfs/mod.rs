//! Disks that can lose power, and a SQLite VFS over them.
//!
//! Job: run the real engine on a machine whose power fails, whose disk is full
//! or whose fsync lies, thousands of times a minute. Invariants: what was not
//! synced may be lost, whole or in sectors of 512 bytes, in any combination;
//! what was synced is never lost, except where a fault was ordered; a machine
//! that is off does nothing more for whoever still holds its files.
//! Neighbours: `askwell-sqlite` opens its database by [`NAME`] and
//! [`Machine::path`]; `node` and the phases switch machines on and off.
//!
//! ```text
//!  SQLite ── ffi (the one unsafe file) ── Machine ─┬─ Disk ── Image: what is on the platters,
//!                                         (a mutex,├─ FileLocks          what is in the cache,
//!                                          a switch)└─ ShmLocks, regions  what was not synced
//! ```
//!
//! # What the model grants SQLite
//!
//! - A byte outside of a write is not damaged by it (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`, which SQLite assumes of
//!   every disk by default). Sectors within a write are kept or lost one by one.
//! - Overwritten data of the same sector never comes back *after* newer data: caches do not do that. An older
//!   unsynced write may survive where a newer one is lost.
//! - A sync of a file's data keeps its length. A file's *name* is another matter: a creation, or a removal, is only
//!   durable when the folder was synced. SQLite's own unix VFS syncs the folder at the first sync of a new journal
//!   or log, and after a removal only where SQLite asks for it; this one does the same, at the same places. Until
//!   then names are kept or lost one by one, whatever a journaling file system would promise beyond that.
//! - Locks and the shared memory of the log's index belong to one process and are gone with it.

mod disk;
mod faults;
mod ffi;
mod image;
mod locks;
mod machine;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod tests;

pub(crate) use self::disk::Disk;
pub(crate) use self::faults::{AfterFailedSync, Faults, Trouble};
pub(crate) use self::ffi::{NAME, register};
pub(crate) use self::machine::Machine;
