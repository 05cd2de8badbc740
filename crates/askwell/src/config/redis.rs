//! A Redis server, which the first original used as a cache.

use super::reader::Reader;
use super::section::section;
use super::values::Host;

section! {
    /// A Redis server. This version runs on one machine and does not use it; the keys are accepted.
    Redis = "redis" {
        /// Its host; null for none.
        host: Option<Host> = None,
        /// Its port.
        port: u16 = 6379,
        /// The number of its database.
        db: u32 = 0,
    }
}

impl Redis {
    pub(super) fn check(&self, reader: &mut Reader) {
        if self.host.is_some() {
            reader.notice("redis.host", "this version runs on one machine and does not use Redis; it is not contacted");
        }
    }
}
