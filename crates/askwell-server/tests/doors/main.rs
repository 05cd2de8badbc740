//! Where connections come in, on real sockets.

mod tls;
