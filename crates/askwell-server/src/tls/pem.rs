//! Certificate and key out of two files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::parse_x509_certificate;

use super::{TlsError, TlsFiles};

/// The largest file that is read, in bytes: chains of certificates are far smaller.
const MAX_FILE: u64 = 1 << 20;

const CERTIFICATE: &str = "expected the server's certificate in PEM form (-----BEGIN CERTIFICATE-----), then those that \
     vouch for it";
const KEY: &str = "expected the certificate's private key in PEM form, unencrypted (-----BEGIN PRIVATE KEY-----)";

/// What stands in both files.
#[derive(Hash)]
pub(super) struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Reads both files.
pub(super) fn read(files: &TlsFiles) -> Result<Contents, TlsError> {
    Ok(Contents { certificate: file(&files.certificate, CERTIFICATE)?, key: file(&files.key, KEY)? })
}

fn file(path: &Path, expected: &str) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    let path = path.display();
    match read {
        Ok(_) if bytes.len() as u64 > MAX_FILE => Err(TlsError(format!("{path} is larger than 1 MiB: {expected}"))),
        Ok(_) => Ok(bytes),
        Err(error) => Err(TlsError(format!("{path} cannot be read ({error}): {expected}"))),
    }
}

/// The certificates, the server's own first.
pub(super) fn chain(files: &TlsFiles, contents: &Contents) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let path = files.certificate.display();
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&contents.certificate).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(TlsError(format!("{path} holds no certificate: {CERTIFICATE}"))),
        Ok(chain) => Ok(chain),
        Err(error) => Err(TlsError(format!("{path} is not in PEM form ({error}): {CERTIFICATE}"))),
    }
}

/// The private key.
pub(super) fn key(files: &TlsFiles, contents: &Contents) -> Result<PrivateKeyDer<'static>, TlsError> {
    const ENCRYPTED: [&[u8]; 2] = [b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];
    let path = files.key.display();
    let has = |text: &[u8]| contents.key.windows(text.len()).any(|window| window == text);
    if ENCRYPTED.into_iter().any(has) {
        return Err(TlsError(format!("the key in {path} is encrypted: {KEY}")));
    }
    PrivateKeyDer::from_pem_slice(&contents.key)
        .map_err(|error| TlsError(format!("{path} holds no key that can be used ({error}): {KEY}")))
}

/// From when, until when the first certificate holds.
pub(super) fn holds(files: &TlsFiles, chain: &[CertificateDer<'_>]) -> Result<(Timestamp, Timestamp), TlsError> {
    let path = files.certificate.display();
    let unreadable =
        |error: String| TlsError(format!("the certificate in {path} cannot be read ({error}): {CERTIFICATE}"));
    let first = chain.first().map(AsRef::as_ref).unwrap_or_default();
    let (_, parsed) = parse_x509_certificate(first).map_err(|error| unreadable(error.to_string()))?;
    let at = |seconds: i64| Timestamp::from_second(seconds).map_err(|error| unreadable(error.to_string()));
    let validity = parsed.validity();
    Ok((at(validity.not_before.timestamp())?, at(validity.not_after.timestamp())?))
}
