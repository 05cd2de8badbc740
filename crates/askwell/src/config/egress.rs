//! Where callbacks may go.

use ipnet::IpNet;

use super::reader::Reader;
use super::section::section;
use super::values::HostName;

section! {
    /// Where callbacks may go. Loopback, private, link-local and metadata addresses are refused unless named here;
    /// a server that only this machine reaches may call loopback.
    Egress = "egress" {
        /// Networks that may be called although they are private.
        allow_networks: Vec<IpNet> = Vec::new(),
        /// Hosts that may be called wherever their name leads.
        allow_hosts: Vec<HostName> = Vec::new(),
    }
}

impl Egress {
    pub(super) fn check(&self, reader: &mut Reader) {
        for network in &self.allow_networks {
            if network.prefix_len() == 0 {
                let reason = format!("{network} allows every address: callbacks can then reach into your own network");
                reader.notice("egress.allow_networks", &reason);
            }
        }
    }
}
