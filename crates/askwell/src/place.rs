//! The data directory: one process owns it, and what is private lies in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::{Config, DatabasePath, Secret};

/// Held by whoever owns the directory.
const LOCK: &str = "askwell.lock";
/// Where they listen.
const ADDRESS: &str = "askwell.address";

/// For how long a server holds the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenure {
    /// It is run for its own sake, and may well be started again.
    ForGood,
    /// It is run beside somebody's messages and ends with them: whoever used it, too, may take its place.
    ForNow,
}

/// What stands in the file of the address below that, of a server that is run for now.
const FOR_NOW: &str = "for now";

/// A server of this machine that holds a data directory.
#[derive(Debug)]
pub(crate) struct Running {
    /// Under which address programs of this machine reach it.
    pub(crate) url: String,
    /// For how long it holds it.
    pub(crate) tenure: Tenure,
}

/// Another process owns it.
#[derive(Debug, thiserror::Error)]
#[error("{} is held by {holder}; one process owns a data directory", what.display())]
pub(crate) struct Held {
    what: PathBuf,
    holder: String,
}

/// The data directory and the database, held by this process until dropped.
#[derive(Debug)]
pub(crate) struct Place {
    database: PathBuf,
    address: PathBuf,
    tenure: Tenure,
    _locks: Vec<File>,
    _temporary: Option<tempfile::TempDir>,
}

impl Place {
    /// Takes the data directory, making it where there is none.
    ///
    /// # Errors
    /// Another process holds it; or the disk refuses.
    pub(crate) fn take(config: &Config) -> anyhow::Result<Self> {
        let data_dir = &config.server.data_dir;
        make_private(data_dir)?;
        let mut locks = vec![lock(&data_dir.join(LOCK), data_dir)?];
        let address = data_dir.join(ADDRESS);
        // Of a run that could not take it back.
        forget(&address);
        let (database, temporary) = match &config.database.path {
            DatabasePath::At(path) => (path.clone(), None),
            DatabasePath::InData => (data_dir.join("askwell.db"), None),
            DatabasePath::Memory => {
                let folder = tempfile::Builder::new().prefix("askwell-").tempdir().context("no temporary folder")?;
                (folder.path().join("askwell.db"), Some(folder))
            }
        };
        // A database that lies elsewhere could be reached from two data directories.
        if temporary.is_none() && database.parent() != Some(data_dir) {
            if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                make_private(folder)?;
            }
            let mut name = database.clone().into_os_string();
            name.push(".lock");
            locks.push(lock(Path::new(&name), &database)?);
        }
        Ok(Self { database, address, tenure: Tenure::ForGood, _locks: locks, _temporary: temporary })
    }

    /// The same, of a server that ends with whoever it is run beside.
    pub(crate) fn for_now(self) -> Self {
        Self { tenure: Tenure::ForNow, ..self }
    }

    /// Leaves word of where the server listens, for programs of this machine that find the directory held.
    ///
    /// # Errors
    /// The disk refuses.
    pub(crate) fn say(&self, config: &Config, listening: SocketAddr) -> anyhow::Result<()> {
        let url = reachable(config, listening);
        let below = if self.tenure == Tenure::ForNow { format!("{FOR_NOW}\n") } else { String::new() };
        std::fs::write(&self.address, format!("{url}\n{below}"))
            .with_context(|| format!("{} cannot be written", self.address.display()))
    }

    /// Takes it back.
    pub(crate) fn say_no_more(&self) {
        forget(&self.address);
    }

    /// The database file.
    pub(crate) fn database(&self) -> &Path {
        &self.database
    }
}

/// The server that holds a data directory; nothing while nobody holds it, or whoever does has not said so yet.
pub(crate) fn running(config: &Config) -> Option<Running> {
    let text = std::fs::read_to_string(config.server.data_dir.join(ADDRESS)).ok()?;
    let mut lines = text.lines();
    let url = lines.next().filter(|url| !url.is_empty())?.to_owned();
    let tenure = if lines.next() == Some(FOR_NOW) { Tenure::ForNow } else { Tenure::ForGood };
    Some(Running { url, tenure })
}

/// The address of a server for programs of this machine.
fn reachable(config: &Config, listening: SocketAddr) -> String {
    if config.server.has_tls() {
        // A certificate is for a name, which only the owner knows.
        let port = listening.port();
        let public = config.server.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        return public.unwrap_or_else(|| format!("https://localhost:{port}"));
    }
    format!("http://{}", local_name(listening))
}

/// An address that a program on this machine can open.
pub(crate) fn local_name(address: SocketAddr) -> SocketAddr {
    let mut local = address;
    if address.ip().is_unspecified() {
        local.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    local
}

/// A file that is not there any more is as good as one that is taken away.
fn forget(path: &Path) {
    let _ = std::fs::remove_file(path);
}

/// What this process makes from now on, database, backup and log included, only its owner can read, wherever it lies.
pub(crate) fn keep_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Makes a folder that only its owner can enter; one that exists is left as it is.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))
}

fn lock(path: &Path, what: &Path) -> anyhow::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .with_context(|| format!("the lock file {} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = match holder.trim() {
                "" => "another process".to_owned(),
                pid => format!("process {pid}"),
            };
            Err(Held { what: what.to_owned(), holder }.into())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("the lock file {} cannot be locked", path.display()))
        }
    }
}

/// The key that signs callbacks: the configured one, or the one that was
/// generated once into the data directory, readable by its owner alone.
///
/// # Errors
/// The disk refuses; or what lies there is no such key.
pub(crate) fn webhook_secret(config: &Config) -> anyhow::Result<Secret> {
    if let Some(secret) = &config.webhooks.secret {
        return Ok(secret.0.clone());
    }
    let data_dir = &config.server.data_dir;
    let path = data_dir.join("webhook-secret");
    if !path.exists() {
        make_private(data_dir)?;
        // A temporary file is private from its first byte, and whoever comes second finds the first one's key.
        let mut file = tempfile::NamedTempFile::new_in(data_dir)
            .with_context(|| format!("{} cannot be written", data_dir.display()))?;
        writeln!(file, "{}", askwell_delivery::WebhookSecret::generate()?.reveal())?;
        file.as_file().sync_all()?;
        if let Err(error) = file.persist_noclobber(&path)
            && !path.exists()
        {
            return Err(error.error).with_context(|| format!("{} cannot be written", path.display()));
        }
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    match crate::config::webhook_secret(text.trim()) {
        Some(secret) => Ok(secret),
        None => bail!("{} holds no `whsec_…` key; remove it to have a new one made", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load_sources};

    fn config(folder: &Path, yaml: &str) -> Config {
        let text = format!("server:\n  data_dir: {}\n{yaml}", folder.join("data").display());
        load_sources(&Sources { file: Some(("c".into(), text)), ..Sources::default() }).unwrap().config
    }

    #[test]
    fn a_second_process_is_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), "");
        let held = Place::take(&config).unwrap();
        let refusal = Place::take(&config).unwrap_err().to_string();
        assert!(refusal.contains(&format!("is held by process {}", std::process::id())), "{refusal}");
        drop(held);
        Place::take(&config).unwrap();
    }

    #[test]
    fn who_holds_it_leaves_word_of_where_it_listens() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), "");
        let held = Place::take(&config).unwrap();
        assert!(running(&config).is_none());
        held.say(&config, "0.0.0.0:8096".parse().unwrap()).unwrap();
        assert_eq!(running(&config).map(|running| running.url).as_deref(), Some("http://127.0.0.1:8096"));
        held.say(&config, "[::]:9".parse().unwrap()).unwrap();
        assert_eq!(running(&config).map(|running| running.url).as_deref(), Some("http://[::1]:9"));
        // A crash leaves it behind; whoever comes next does not believe it.
        drop(held);
        let held = Place::take(&config).unwrap();
        assert!(running(&config).is_none());
        held.say(&config, "127.0.0.1:1".parse().unwrap()).unwrap();
        held.say_no_more();
        assert!(running(&config).is_none());
    }

    #[test]
    fn a_database_elsewhere_is_held_too() {
        let folder = tempfile::tempdir().unwrap();
        let yaml = format!("database:\n  path: {}\n", folder.path().join("elsewhere/a.db").display());
        let first = config(folder.path(), &yaml);
        let mut second = first.clone();
        second.server.data_dir = folder.path().join("other");
        let _held = Place::take(&first).unwrap();
        assert!(Place::take(&second).unwrap_err().to_string().contains("a.db is held by process"));
    }

    #[test]
    fn a_private_database_goes_with_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::take(&config(folder.path(), "database:\n  path: ':memory:'\n")).unwrap();
        let path = place.database().to_owned();
        std::fs::write(&path, "x").unwrap();
        drop(place);
        assert!(!path.exists());
    }

    #[test]
    fn the_webhook_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), "");
        let secret = webhook_secret(&config).unwrap();
        assert!(secret.0.starts_with("whsec_"));
        assert_eq!(webhook_secret(&config).unwrap(), secret);
        let path = config.server.data_dir.join("webhook-secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(&config.server.data_dir).unwrap().permissions().mode() & 0o777, 0o700);
        }
        std::fs::write(&path, "nonsense").unwrap();
        assert!(webhook_secret(&config).unwrap_err().to_string().contains("holds no `whsec_…` key"));
    }
}
