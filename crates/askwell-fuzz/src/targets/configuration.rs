//! The configuration: a file, and below a line of `---` one flag's value.
//!
//! Holds: either it is loaded or there are reasons, and each names its line,
//! its flag or its key; what is in force is shown as YAML that loads as the
//! same, and secrets are not shown.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::config::{load, to_yaml};
use crate::world::folder;
use crate::{Broken, Target, Verdict, hold};

/// The target.
pub const TARGET: Target = Target {
    name: "configuration",
    run,
    words: &[
        "server:\n",
        "  port: ",
        "  host: ",
        "security:\n",
        "  enable_auth: true\n",
        "  jwt_secret: ",
        "  cors_origins: [\"*\"]\n",
        "logging:\n",
        "  max_size: 10MB\n",
        "egress:\n",
        "  allow_networks: [10.0.0.0/8]\n",
        "  allow_hosts: ",
        "session:\n",
        "  default_timeout: ",
        "database:\n",
        "redis:\n",
        "webhooks:\n",
        "  secret: whsec_",
        "files:\n",
        "oauth:\n",
        "&a ",
        "*a",
        "<<: ",
        "!!binary ",
        "|\n",
        "---\n",
        "\t",
        "? ",
        "- ",
        "# ",
    ],
    bounded: 400,
};

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// A file of this thread's own.
fn place() -> Result<PathBuf, Broken> {
    FOLDER.with(|cell| {
        if cell.get().is_none() {
            let _ = cell.set(folder()?);
        }
        let folder = cell.get().ok_or_else(|| Broken("no folder".to_owned()))?;
        Ok(folder.path().join("askwell.yaml"))
    })
}

fn run(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    let (file, port) = text.rsplit_once("\n---\n").unwrap_or((text, ""));
    let path = place()?;
    std::fs::write(&path, file).map_err(|error| Broken(error.to_string()))?;
    let flags = if port.is_empty() { Vec::new() } else { vec![("server.port", "--port", port.to_owned())] };
    match load(Some(&path), flags) {
        Ok(loaded) => {
            for notice in &loaded.notices {
                hold!(is_placed(&path, file, notice), "a notice does not say of what: {notice:?}");
            }
            let shown = to_yaml(&loaded.config.show());
            judge_shown(&path, &shown)
        }
        // The refusal's own words: a head, then a line for each reason.
        Err(refusal) => judge_refusal(&path, file, &refusal.to_string()),
    }
}

/// What must hold of the words of a refusal.
///
/// # Errors
/// [`Broken`]
pub fn judge_refusal(path: &Path, file: &str, words: &str) -> Verdict {
    let reasons: Vec<&str> = words.split("\n  ").skip(1).collect();
    hold!(!reasons.is_empty(), "it is refused without a reason");
    hold!(
        is_placed(path, file, reasons.first().copied().unwrap_or_default()),
        "a reason does not say of what: {words:?}"
    );
    Ok(())
}

/// Whether words begin with a line that the file has, a flag, or a key.
fn is_placed(path: &Path, file: &str, words: &str) -> bool {
    let head = path.display().to_string();
    if let Some(rest) = words.strip_prefix(&head) {
        let line =
            rest.strip_prefix(':').and_then(|rest| rest.split(':').next()).and_then(|line| line.parse::<usize>().ok());
        // YAML ends a line by a lone CR, too.
        let lines = file.replace("\r\n", "\n").split(['\n', '\r']).count();
        return line.is_some_and(|line| line >= 1 && line <= lines + 1);
    }
    let place = words.split(": ").next().unwrap_or_default();
    place.starts_with("--") || (place.contains('.') && !place.contains(' '))
}

/// What is shown loads as what it shows, but for secrets, which are not shown.
fn judge_shown(path: &Path, shown: &str) -> Verdict {
    if shown.contains("********") {
        return Ok(());
    }
    std::fs::write(path, shown).map_err(|error| Broken(error.to_string()))?;
    let again = load(Some(path), Vec::new())
        .map_err(|error| Broken(format!("what is shown does not load: {error}\n{shown}")))?;
    let shown_again = to_yaml(&again.config.show());
    hold!(shown_again == shown, "what is shown loads as something else:\n{shown}\n{shown_again}");
    Ok(())
}
