//! Secrets from standard input or from the console, never from the command line, which others can see.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};

use super::super::tell;
use crate::config::environment_variable;

/// The first line of standard input.
///
/// # Errors
/// There is none.
pub(crate) fn secrets() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read")?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        bail!("standard input holds no password");
    }
    Ok(secret.to_owned())
}

/// A secret from the environment, else from the console without showing it, else from standard input.
///
/// # Errors
/// There is none.
pub(crate) fn ask_secret(variable: &str, prompt: &str) -> anyhow::Result<String> {
    if let Some(secret) = Some(variable).filter(|name| !name.is_empty()).and_then(environment_variable) {
        return Ok(secret);
    }
    if !std::io::stdin().is_terminal() {
        return secrets();
    }
    tell(prompt);
    hidden(secrets)
}

/// Reads without the console showing what is typed.
#[cfg(unix)]
fn hidden(read: fn() -> anyhow::Result<String>) -> anyhow::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Now, &silent)?;
    let secret = read();
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    secret
}

#[cfg(not(unix))]
fn hidden(read: fn() -> anyhow::Result<String>) -> anyhow::Result<String> {
    read()
}
