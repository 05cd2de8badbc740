//! What is accepted, what is refused, and in which words.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;

/// A certificate for `localhost` and its key, in PEM form.
fn made(until: i32) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn files(folder: &Path) -> TlsFiles {
    TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") }
}

fn write(folder: &Path, certificate: &str, key: &str) -> TlsFiles {
    let files = files(folder);
    std::fs::write(&files.certificate, certificate).unwrap();
    std::fs::write(&files.key, key).unwrap();
    files
}

/// Any time of day.
fn then() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

#[test]
fn what_does_not_hold_is_named_with_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let ((certificate, key), (other, _)) = (made(2040), made(2040));
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let (pem_file, key_file) = ("cert.pem", "key.pem");
    for (certificate, key, file, said) in [
        ("", key.as_str(), pem_file, "holds no certificate: expected the server's certificate in PEM form"),
        ("nonsense", key.as_str(), pem_file, "holds no certificate"),
        (&*key, key.as_str(), pem_file, "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", &key, pem_file, "is not in PEM form"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &key, pem_file, "cannot be read"),
        (&*certificate, "", key_file, "holds no key that can be used"),
        (&*certificate, &*certificate, key_file, "expected the certificate's private key in PEM form, unencrypted"),
        (&*certificate, &*encrypted, key_file, "is encrypted"),
        (&*other, &*key, key_file, "does not belong to the first certificate"),
    ] {
        let error = Tls::open(write(folder.path(), certificate, key), then).unwrap_err().to_string();
        let named = folder.path().join(file).display().to_string();
        assert!(error.contains(&named) && error.contains(said), "{error}");
        assert!(!error.contains(key) || key.is_empty(), "{error}");
    }
    let error = Tls::open(files(&folder.path().join("nowhere")), then).unwrap_err().to_string();
    assert!(error.contains("nowhere") && error.contains("cannot be read"), "{error}");
    let large = "x".repeat((1 << 20) + 1);
    let error = Tls::open(write(folder.path(), &large, &key), then).unwrap_err().to_string();
    assert!(error.contains("larger than 1 MiB"), "{error}");
}

#[test]
fn an_expired_certificate_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = made(2021);
    let now = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
    let clock = Arc::clone(&now);
    let tls = Tls::open(write(folder.path(), &certificate, &key), move || *clock.lock().unwrap()).unwrap();
    let concern = |at: &str| {
        *now.lock().unwrap() = at.parse().unwrap();
        tls.concern()
    };
    assert!(concern("2019-06-01T00:00:00Z").unwrap().contains("does not hold before 2020-01-01"));
    assert_eq!(concern("2020-06-01T00:00:00Z"), None);
    assert!(concern("2021-06-01T00:00:00Z").unwrap().contains("has expired at 2021-01-01"));
    // Once, not each minute.
    assert_eq!(concern("2021-06-01T00:01:00Z"), None);
    let (certificate, key) = made(2040);
    write(folder.path(), &certificate, &key);
    assert_eq!(tls.refresh(), Refreshed::Replaced);
    assert_eq!(concern("2021-06-01T00:02:00Z"), None);
    assert!(concern("2041-06-01T00:00:00Z").unwrap().contains("has expired at 2040-01-01"));
}

#[test]
fn a_renewal_is_taken_once_both_files_hold() {
    let folder = tempfile::tempdir().unwrap();
    let ((first, first_key), (second, second_key)) = (made(2030), made(2040));
    let tls = Tls::open(write(folder.path(), &first, &first_key), then).unwrap();
    let until = || tls.current.read().unwrap().holds.1.strftime("%Y").to_string();
    assert_eq!(tls.refresh(), Refreshed::Same);
    write(folder.path(), &second, &first_key);
    assert!(matches!(tls.refresh(), Refreshed::Kept(_)));
    assert_eq!(until(), "2030");
    // Said once, not each minute.
    assert_eq!(tls.refresh(), Refreshed::Same);
    write(folder.path(), &second, &second_key);
    assert_eq!(tls.refresh(), Refreshed::Replaced);
    assert_eq!(until(), "2040");
    std::fs::remove_file(folder.path().join("cert.pem")).unwrap();
    assert!(matches!(tls.refresh(), Refreshed::Kept(_)));
    assert_eq!(until(), "2040");
}
