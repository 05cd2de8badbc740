//! Where callbacks may go.

use askwell_delivery::HostPattern;
use ipnet::IpNet;
use serde_json::Value;

use super::reader::Reader;
use super::section::section;
use super::setting::Setting;

/// A host that may be called: `hooks.example.com`, `*.example.com`, with or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedHost(pub(crate) String);

impl Setting for AllowedHost {
    fn expected() -> String {
        "a host name, *.name or IP address, with or without a port".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse::<HostPattern>().ok().map(|_| Self(text.to_ascii_lowercase()))
    }

    fn show(&self) -> Value {
        self.0.as_str().into()
    }
}

section! {
    /// Where callbacks may go. Loopback, private, link-local and metadata addresses are refused unless named here;
    /// a server that only this machine reaches may call loopback.
    Egress = "egress" {
        /// Networks that may be called although they are private.
        allow_networks: Vec<IpNet> = Vec::new(),
        /// Hosts that may be called wherever their name leads.
        allow_hosts: Vec<AllowedHost> = Vec::new(),
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
