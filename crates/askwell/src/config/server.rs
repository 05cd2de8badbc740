//! Where the server listens and keeps its data.

use std::path::PathBuf;

use url::Url;

use super::reader::Reader;
use super::section::section;
use super::values::Host;

section! {
    /// Where the server listens and keeps its data.
    Server = "server" {
        /// The address to listen on (flag `--host`). Anything but loopback needs a decision: see
        /// `security.allow_unauthenticated_network`.
        host: Host = Host("127.0.0.1".into()),
        /// The port to listen on (flag `--port`); 0 takes any free one.
        port: u16 = 8096,
        /// More detail in the log (flag `--debug`): the same as `logging.level: DEBUG`.
        debug: bool = false,
        /// The folder for database, uploads, logs and the lock file (flag `--data-dir`), relative to the working
        /// directory. One process owns it.
        data_dir: PathBuf = PathBuf::from("data"),
        /// The address under which people reach the page, where a proxy stands in front.
        public_url: Option<Url> = None,
    }
}

impl Server {
    /// Whether only this machine can connect.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = &self.host.0;
        host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
    }

    /// The name under which it listens. That of all addresses at once is none: no page of ours is there.
    pub(super) fn own_name(&self) -> Option<&Host> {
        let address = self.host.0.parse().ok();
        Some(&self.host).filter(|_| !address.is_some_and(|address: std::net::IpAddr| address.is_unspecified()))
    }

    #[expect(clippy::unused_self, reason = "every section has this rule; this one has nothing to refuse")]
    pub(super) fn check(&self, _reader: &mut Reader) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_machine_only() {
        for (host, loopback) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("localhost", true),
            ("0.0.0.0", false),
            ("::", false),
            ("192.168.0.4", false),
            ("example.com", false),
        ] {
            let server = Server { host: Host(host.into()), ..Server::default() };
            assert_eq!(server.is_loopback(), loopback, "{host}");
        }
    }
}
