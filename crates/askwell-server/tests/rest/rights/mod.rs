//! Who may do what, on every route: each operation of the API's description for each kind of principal.
//!
//! `table` says what is expected, as rules that can be read; `house` makes the
//! people and the sessions; `matrix` compares; `judge` looks for what leaks. An
//! operation without a row fails, and so does a row without its operation.

mod house;
mod judge;
mod leaks;
mod matrix;
mod requests;
mod sockets;
mod table;
