//! How often, and how many at once.

use super::reader::Reader;
use super::section::section;

section! {
    /// How often, and how many at once; 0 is no limit. A number per minute may come all at once, and is refilled evenly
    /// over a minute. While authentication is off only connections are counted.
    Limits = "limits" {
        /// Tries to sign in to one account, per minute.
        login_per_account: u32 = 5,
        /// Tries to sign in from one address, per minute. An IPv6 network of 2^64 counts as one address, here and below.
        login_per_address: u32 = 20,
        /// Sessions that one person or token asks for, per minute.
        create_per_minute: u32 = 60,
        /// Sessions of one person, with those of their tokens, that are open at once.
        max_open: u32 = 1000,
        /// Links for guests that are tried from one address, per minute.
        guests_per_address: u32 = 10,
        /// Connections at once from one address. This machine and `server.trusted_proxies` are not counted.
        connections_per_address: u32 = 256,
    }
}

impl Limits {
    pub(super) fn check(&self, reader: &mut Reader) {
        for (key, limit) in
            [("login_per_account", self.login_per_account), ("login_per_address", self.login_per_address)]
        {
            if limit == 0 {
                let text = "0 lets passwords be guessed as fast as the server can compare them";
                reader.notice(&format!("limits.{key}"), text);
            }
        }
    }
}
