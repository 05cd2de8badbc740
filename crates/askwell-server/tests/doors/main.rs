//! Where connections come in, on real sockets.

#![expect(clippy::unwrap_used, reason = "a broken expectation is a failed test")]

mod tls;
