//! The shapes of others: pure functions from their bodies to ours and back.
//! Transports call them; nothing here knows a transport.

pub(crate) mod claude_code;
pub(crate) mod sentient;
#[cfg(test)]
mod tests_support;
mod wording;
