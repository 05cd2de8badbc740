//! The bytes of uploads, on disk.
//!
//! Invariant: what lies under an id is whole, hashed and on the disk itself; a
//! name that a person gave never becomes part of a path. Everything else that
//! happened to an upload leaves nothing behind.
//!
//! ```text
//!  ROOT/tmp/<id>.<n>   being written                     folders 0700
//!  ROOT/<xx>/<id>      written; xx = the id's last byte    files 0600
//! ```
//!
//! Neighbours: implements the `Blobs` port of `askwell-app`, which keeps the
//! rows, judges what a session accepts, and collects what no row names.

mod content_type;
mod disk;
mod layout;
mod upload;

pub use self::content_type::{Judge, judge};
pub use self::disk::DiskBlobs;
