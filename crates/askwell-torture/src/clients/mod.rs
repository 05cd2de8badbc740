//! Real clients on a base URL, `http://127.0.0.1:PORT`: of a child process or of a server in this one.

pub(crate) mod frozen;
pub(crate) mod receiver;
pub(crate) mod rest;
pub(crate) mod socketio;

pub(crate) use receiver::Receiver;
pub(crate) use rest::{Refusal, Rest};
