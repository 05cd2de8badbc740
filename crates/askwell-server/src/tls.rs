//! TLS of our own.
//!
//! Job: a certificate and its key from two PEM files, read again when they
//! change. Invariant: files that do not hold never replace what is in use; a
//! renewal that is half written is tried again a minute later. Neighbours:
//! `accept` shakes hands within its limits; the binary says which files.

mod pem;
#[cfg(test)]
mod tests;

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_mins(1);

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, then those that vouch for it, in PEM form.
    pub certificate: PathBuf,
    /// The certificate's private key, unencrypted, in PEM form.
    pub key: PathBuf,
}

/// Why files cannot be used: which one, what is wrong, what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsError(String);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

/// What another look at the files brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// They are as they were.
    Same,
    /// New connections get the new certificate.
    Replaced,
    /// They do not hold; what was in use stays in use.
    Kept(TlsError),
}

/// A certificate and its key, in use.
pub struct Tls {
    files: TlsFiles,
    hasher: RandomState,
    current: RwLock<Current>,
    clock: Clock,
    /// The concern that was last told.
    told: Mutex<Option<String>>,
}

/// The time of day.
type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

struct Current {
    acceptor: TlsAcceptor,
    /// From when, until when the certificate holds.
    holds: (Timestamp, Timestamp),
    /// Of the files' contents when they were last looked at, whether they held or not.
    seen: u64,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files. `clock` gives the time of day, for telling when the certificate holds.
    ///
    /// # Errors
    /// Which of them cannot be used, and what was expected in it.
    pub fn open(files: TlsFiles, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Result<Self, TlsError> {
        let contents = pem::read(&files)?;
        let (acceptor, holds) = accepting(&files, &contents)?;
        let hasher = RandomState::new();
        let seen = hasher.hash_one(&contents);
        let current = RwLock::new(Current { acceptor, holds, seen });
        Ok(Self { files, hasher, current, clock: Box::new(clock), told: Mutex::default() })
    }

    /// What the owner should know of the certificate, and was not told yet; nothing while it holds.
    #[must_use]
    pub fn concern(&self) -> Option<String> {
        let concern = self.concern_at((self.clock)());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *told != concern;
        told.clone_from(&concern);
        concern.filter(|_| is_new)
    }

    fn concern_at(&self, now: Timestamp) -> Option<String> {
        let (from, until) = self.current.read().unwrap_or_else(PoisonError::into_inner).holds;
        let file = self.files.certificate.display();
        if now < from {
            Some(format!("the certificate in {file} does not hold before {from}: browsers will refuse it until then"))
        } else if now > until {
            Some(format!("the certificate in {file} has expired at {until}: browsers will refuse it; renew it"))
        } else {
            None
        }
    }

    /// Looks at the files again. Reads from disk.
    pub fn refresh(&self) -> Refreshed {
        let contents = match pem::read(&self.files) {
            Ok(contents) => contents,
            Err(error) => return Refreshed::Kept(error),
        };
        let seen = self.hasher.hash_one(&contents);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).seen == seen {
            return Refreshed::Same;
        }
        let accepting = accepting(&self.files, &contents);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.seen = seen;
        match accepting {
            Ok((acceptor, holds)) => {
                (current.acceptor, current.holds) = (acceptor, holds);
                Refreshed::Replaced
            }
            Err(error) => Refreshed::Kept(error),
        }
    }

    /// Shakes hands.
    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        let acceptor = self.current.read().unwrap_or_else(PoisonError::into_inner).acceptor.clone();
        acceptor.accept(stream).await
    }
}

/// Looks at the files each minute until the stop.
pub(crate) async fn keep_fresh(tls: Arc<Tls>, closing: CancellationToken) {
    loop {
        tokio::select! {
            () = closing.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let looking = Arc::clone(&tls);
        match tokio::task::spawn_blocking(move || looking.refresh()).await {
            Ok(Refreshed::Replaced) => tracing::info!("the TLS certificate was read again"),
            Ok(Refreshed::Kept(error)) => {
                tracing::warn!(%error, "the changed TLS files cannot be used; the certificate in use stays");
            }
            Ok(Refreshed::Same) => {}
            Err(error) => tracing::error!(%error, "the TLS files cannot be looked at"),
        }
        // A certificate expires while the server runs, mostly.
        if let Some(concern) = tls.concern() {
            tracing::warn!("server.tls_certificate: {concern}");
        }
    }
}

/// What accepts connections with this certificate, and from when until when the certificate holds.
fn accepting(files: &TlsFiles, contents: &pem::Contents) -> Result<(TlsAcceptor, (Timestamp, Timestamp)), TlsError> {
    let chain = pem::chain(files, contents)?;
    let key = pem::key(files, contents)?;
    let holds = pem::holds(files, &chain)?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| unusable(files, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), holds))
}

fn unusable(files: &TlsFiles, error: &rustls::Error) -> TlsError {
    let (certificate, key) = (files.certificate.display(), files.key.display());
    TlsError(match error {
        rustls::Error::InconsistentKeys(_) => format!(
            "the key in {key} does not belong to the first certificate in {certificate}: expected the private key that \
             the server's own certificate was made for, and that certificate before those that vouch for it"
        ),
        error => format!("{certificate} and {key} cannot be used: {error}"),
    })
}
