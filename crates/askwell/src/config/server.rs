//! Where the server listens and keeps its data.

use std::path::PathBuf;

use ipnet::IpNet;
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
        /// The server's certificate in PEM form, followed by those that vouch for it: with it and `tls_key` the server
        /// speaks TLS itself. Both files are read again when they change, at most once a minute.
        tls_certificate: Option<PathBuf> = None,
        /// The certificate's private key in PEM form, unencrypted.
        tls_key: Option<PathBuf> = None,
        /// Networks of the proxies in front. Only they are believed, and only in `X-Forwarded-For` and
        /// `X-Forwarded-Proto`, about whom they speak for and whether by TLS.
        trusted_proxies: Vec<IpNet> = Vec::new(),
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

    /// Whether clients speak TLS to this process.
    pub(crate) fn has_tls(&self) -> bool {
        self.tls_certificate.is_some() && self.tls_key.is_some()
    }

    pub(super) fn check(&self, reader: &mut Reader) {
        let (certificate, key) = ("server.tls_certificate", "server.tls_key");
        for (given, other, is_half) in [
            (certificate, key, self.tls_certificate.is_some() && self.tls_key.is_none()),
            (key, certificate, self.tls_key.is_some() && self.tls_certificate.is_none()),
        ] {
            if is_half {
                reader.refuse(given, &format!("stands alone, expected `{other}` beside it, or neither"));
            }
        }
        for network in &self.trusted_proxies {
            if network.prefix_len() == 0 {
                let text = format!("{network} trusts everybody: whoever connects can claim any address");
                reader.notice("server.trusted_proxies", &text);
            }
        }
    }
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
