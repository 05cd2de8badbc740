//! Histories of one session, checked for linearizability.
