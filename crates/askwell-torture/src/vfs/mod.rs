//! A SQLite VFS that keeps only what was fsynced.
