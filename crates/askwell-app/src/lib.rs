//! The use cases of Askwell. Transports hold one [`App`]; nothing else reaches the store.

pub mod caller;
pub mod error;
pub mod ports;
