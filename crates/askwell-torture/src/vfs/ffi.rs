//! The VFS as SQLite sees it: C functions that find their [`OpenFile`] and call it.
//!
//! The one file of this crate with `unsafe`. Nothing here decides anything:
//! each function checks what it was given, calls the safe model, and turns the
//! outcome into SQLite's number. No function panics on the way.
//! What is not about files (chance, sleep, the time) is the system's own VFS.
#![expect(unsafe_code, reason = "a VFS is a table of C functions; the model behind it is safe")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::sync::OnceLock;

use rusqlite::ffi::{
    SQLITE_ACCESS_EXISTS, SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOCAP_POWERSAFE_OVERWRITE, SQLITE_IOERR,
    SQLITE_IOERR_DELETE_NOENT, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_WRITE,
    SQLITE_MISUSE, SQLITE_NOTFOUND, SQLITE_OK, SQLITE_OPEN_CREATE, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_SUPER_JOURNAL,
    SQLITE_OPEN_WAL, SQLITE_SHM_EXCLUSIVE, SQLITE_SHM_SHARED, SQLITE_SHM_UNLOCK, sqlite3_file, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::disk::DiskError;
use super::locks::{Level, SLOTS, Wanted};
use super::machine::{Failure, Folder, IfMissing, Machine, OpenFile};

/// The VFS's name for `SqliteOptions::vfs`, once it is registered.
pub(crate) const NAME: &str = "askwell-torture";

/// What SQLite's unix VFS says of a disk it knows nothing of.
const SECTOR_SIZE: c_int = 4096;

/// SQLite would not take the VFS.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("SQLite refused the VFS {NAME} with code {0}")]
pub(crate) struct NotRegistered(c_int);

/// Makes the VFS known to SQLite, once in a process.
///
/// # Errors
/// [`NotRegistered`].
pub(crate) fn register() -> Result<(), NotRegistered> {
    static DONE: OnceLock<c_int> = OnceLock::new();
    match *DONE.get_or_init(register_once) {
        SQLITE_OK => Ok(()),
        code => Err(NotRegistered(code)),
    }
}

fn register_once() -> c_int {
    let Ok(name) = CString::new(NAME) else { return SQLITE_MISUSE };
    // SAFETY: null asks for the default VFS, which lives as long as the process, or there is none.
    let Some(system) = (unsafe { sqlite3_vfs_find(std::ptr::null()).as_ref() }) else { return SQLITE_NOTFOUND };
    // The functions taken over from the system's VFS (chance, sleep, time, extensions) do not look at their first
    // argument, on unix and on Windows. `iVersion` 2 leaves out those that would.
    let ours = sqlite3_vfs {
        iVersion: 2,
        szOsFile: int(size_of::<Handle>()),
        mxPathname: 512,
        pNext: std::ptr::null_mut(),
        zName: name.into_raw(),
        pAppData: std::ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path_name),
        ..*system
    };
    // SAFETY: never freed, as SQLite asks.
    unsafe { sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 0) }
}

/// What SQLite allocates for an open file.
#[repr(C)]
struct Handle {
    base: sqlite3_file,
    /// Null where opening failed and after closing.
    file: *mut OpenFile,
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn int(number: usize) -> c_int {
    c_int::try_from(number).unwrap_or(c_int::MAX)
}

/// SQLite's number for an outcome; `otherwise` where the machine is off.
fn code(outcome: Result<(), Failure>, otherwise: c_int) -> c_int {
    match outcome {
        Ok(()) => SQLITE_OK,
        Err(Failure::Off) => otherwise,
        Err(Failure::CannotOpen) => SQLITE_CANTOPEN,
        Err(Failure::Busy) => SQLITE_BUSY,
        Err(Failure::Disk(error)) => match error {
            DiskError::Missing => SQLITE_IOERR_DELETE_NOENT,
            DiskError::Read => SQLITE_IOERR_READ,
            DiskError::Write => SQLITE_IOERR_WRITE,
            DiskError::Sync => SQLITE_IOERR_FSYNC,
            DiskError::Full => SQLITE_FULL,
        },
    }
}

/// The text that SQLite gave, where it is one.
///
/// # Safety
/// `text` is null or a C string that outlives the call.
unsafe fn text<'a>(text: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })?.to_str().ok()
}

/// The file behind a handle.
///
/// # Safety
/// `file` was opened by [`open`], is not closed, and is used by one thread at a time, as SQLite's own locks see to.
unsafe fn opened<'a>(file: *mut sqlite3_file) -> Option<&'a mut OpenFile> {
    // SAFETY: the caller's promise: SQLite allocated `szOsFile` bytes, and `open` filled them.
    unsafe { file.cast::<Handle>().as_ref()?.file.as_mut() }
}

unsafe extern "C" fn open(
    _vfs: *mut sqlite3_vfs,
    path: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite gives `szOsFile` bytes to fill. Without methods it will not close what was not opened.
    unsafe { handle.write(Handle { base: sqlite3_file { pMethods: std::ptr::null() }, file: std::ptr::null_mut() }) };
    // SAFETY: a path is null or a C string. Null asks for a temporary file: ours live in memory.
    let found = unsafe { text(path) }.and_then(Machine::of_path);
    let Some((machine, name)) = found else { return SQLITE_CANTOPEN };
    let journal = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL) != 0;
    let if_missing = match (flags & SQLITE_OPEN_CREATE != 0, journal) {
        (false, _) => IfMissing::Fail,
        (true, false) => IfMissing::Create,
        (true, true) => IfMissing::CreateDurably,
    };
    match machine.open(name, if_missing) {
        Ok(opened) => {
            let base = sqlite3_file { pMethods: &raw const METHODS };
            // SAFETY: as above; `out_flags` is null or a place for a number.
            unsafe {
                handle.write(Handle { base, file: Box::into_raw(Box::new(opened)) });
                if !out_flags.is_null() {
                    *out_flags = flags;
                }
            }
            SQLITE_OK
        }
        Err(failure) => code(Err(failure), SQLITE_CANTOPEN),
    }
}

unsafe extern "C" fn delete(_vfs: *mut sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: a C string.
    let found = unsafe { text(path) }.and_then(Machine::of_path);
    let Some((machine, name)) = found else { return SQLITE_IOERR };
    let folder = if sync_folder == 0 { Folder::Unsynced } else { Folder::Synced };
    code(machine.remove(name, folder), SQLITE_IOERR)
}

unsafe extern "C" fn access(_vfs: *mut sqlite3_vfs, path: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: a C string.
    let found = unsafe { text(path) }.and_then(Machine::of_path);
    let there = found.map(|(machine, name)| machine.has(name));
    let Some(Ok(there)) = there else { return SQLITE_IOERR };
    // Like the unix VFS, an empty file is as good as none; and all that are there may be read and written.
    // SAFETY: SQLite gives a place for the outcome.
    unsafe { *out = c_int::from(there || flags != SQLITE_ACCESS_EXISTS) };
    SQLITE_OK
}

unsafe extern "C" fn full_path_name(
    _vfs: *mut sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    if path.is_null() {
        return SQLITE_CANTOPEN;
    }
    // SAFETY: a C string, and `room` bytes for its copy.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if int(bytes.len()) > room {
            return SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast::<c_char>(), out, bytes.len());
    }
    SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: opened by `open`, and closed once.
    unsafe {
        let handle = file.cast::<Handle>();
        let opened = std::mem::replace(&mut (*handle).file, std::ptr::null_mut());
        if !opened.is_null() {
            drop(Box::from_raw(opened));
        }
        (*handle).base.pMethods = std::ptr::null();
    }
    SQLITE_OK
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    let (Ok(amount), Ok(at)) = (usize::try_from(amount), usize::try_from(at)) else { return SQLITE_IOERR_READ };
    // SAFETY: an open file, and `amount` bytes to fill, which are initialised here before they are a slice.
    let (opened, to) = unsafe {
        std::ptr::write_bytes(to.cast::<u8>(), 0, amount);
        (opened(file), std::slice::from_raw_parts_mut(to.cast::<u8>(), amount))
    };
    let Some(opened) = opened else { return SQLITE_IOERR_READ };
    match opened.read(to, at) {
        Ok(count) if count < amount => SQLITE_IOERR_SHORT_READ,
        outcome => code(outcome.map(drop), SQLITE_IOERR_READ),
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    let (Ok(amount), Ok(at)) = (usize::try_from(amount), usize::try_from(at)) else { return SQLITE_IOERR_WRITE };
    // SAFETY: an open file, and `amount` bytes to write.
    let (opened, from) = unsafe { (opened(file), std::slice::from_raw_parts(from.cast::<u8>(), amount)) };
    let Some(opened) = opened else { return SQLITE_IOERR_WRITE };
    code(opened.write(from, at), SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let (Some(opened), Ok(length)) = (unsafe { opened(file) }, usize::try_from(length)) else { return SQLITE_IOERR };
    code(opened.truncate(length), SQLITE_IOERR)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: an open file.
    let Some(opened) = (unsafe { opened(file) }) else { return SQLITE_IOERR_FSYNC };
    code(opened.sync(), SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: an open file, and a place for the outcome.
    let Some(opened) = (unsafe { opened(file) }) else { return SQLITE_IOERR };
    let length = opened.length();
    // SAFETY: as above.
    unsafe { *out = length.ok().and_then(|length| sqlite3_int64::try_from(length).ok()).unwrap_or(0) };
    code(length.map(drop), SQLITE_IOERR)
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let (Some(opened), Some(level)) = (unsafe { opened(file) }, Level::parse(level)) else { return SQLITE_MISUSE };
    code(opened.lock(level), SQLITE_IOERR)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let (Some(opened), Some(level)) = (unsafe { opened(file) }, Level::parse(level)) else { return SQLITE_MISUSE };
    opened.unlock(level);
    SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file, and a place for the outcome.
    let Some(opened) = (unsafe { opened(file) }) else { return SQLITE_MISUSE };
    // SAFETY: as above.
    unsafe { *out = c_int::from(opened.is_reserved()) };
    SQLITE_OK
}

unsafe extern "C" fn file_control(_file: *mut sqlite3_file, _operation: c_int, _argument: *mut c_void) -> c_int {
    SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut sqlite3_file) -> c_int {
    SECTOR_SIZE
}

unsafe extern "C" fn device_characteristics(_file: *mut sqlite3_file) -> c_int {
    SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    number: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let (Some(opened), Ok(number), Ok(size)) = (opened, usize::try_from(number), usize::try_from(size)) else {
        return SQLITE_MISUSE;
    };
    let missing = if extend == 0 { IfMissing::Fail } else { IfMissing::Create };
    let (region, outcome) = match opened.region(number, size / size_of::<u32>(), missing) {
        // Atomics may be written through a shared pointer. They live as long as `opened` does.
        Ok(Some(region)) => (region.as_ptr().cast_mut().cast::<c_void>(), SQLITE_OK),
        Ok(None) => (std::ptr::null_mut(), SQLITE_OK),
        Err(failure) => (std::ptr::null_mut(), code(Err(failure), SQLITE_IOERR)),
    };
    // SAFETY: SQLite gives a place for the outcome.
    unsafe { *out = region };
    outcome
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let (Some(opened), Ok(first), Ok(count)) = (opened, usize::try_from(first), usize::try_from(count)) else {
        return SQLITE_MISUSE;
    };
    let slots = first..first + count;
    if slots.end > SLOTS {
        return SQLITE_MISUSE;
    }
    if flags & SQLITE_SHM_UNLOCK != 0 {
        opened.unlock_index(slots);
        return SQLITE_OK;
    }
    let wanted = match (flags & SQLITE_SHM_SHARED != 0, flags & SQLITE_SHM_EXCLUSIVE != 0) {
        (true, false) => Wanted::Shared,
        (false, true) => Wanted::Exclusive,
        _ => return SQLITE_MISUSE,
    };
    code(opened.lock_index(slots, wanted), SQLITE_IOERR)
}

unsafe extern "C" fn shm_barrier(_file: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _remove: c_int) -> c_int {
    // SAFETY: an open file.
    if let Some(opened) = unsafe { opened(file) } {
        opened.leave_index();
    }
    SQLITE_OK
}
