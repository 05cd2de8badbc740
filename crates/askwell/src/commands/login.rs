//! `askwell login`: a token of one's own for `askwell ask`, kept where only oneself can read it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use askwell_app::NewToken;
use askwell_core::access::TokenScope;
use clap::Args;

use super::accounts::{Remote, ask_secret};
use super::ask::SERVER;
use super::tell;
use crate::config::environment_variable;

/// How long the token holds.
const LASTS: Duration = Duration::from_hours(90 * 24);

/// Who signs in, and where.
#[derive(Args, Clone, Debug)]
pub(crate) struct LoginArgs {
    /// One's name for signing in; the password is in `ASKWELL_PASSWORD`, or asked for.
    login: String,
    /// The server; else the variable `ASKWELL_SERVER`, else <http://127.0.0.1:8096>.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// Signs in, makes a token that asks and reads, and keeps it.
pub(crate) async fn run(args: &LoginArgs) -> anyhow::Result<()> {
    let server = args.server.clone().or_else(|| environment_variable("ASKWELL_SERVER"));
    let server = server.as_deref().unwrap_or(SERVER).trim_end_matches('/');
    let password = ask_secret("ASKWELL_PASSWORD", &format!("Password of {}: ", args.login))?;
    let remote = Remote::sign_in(server, &args.login, &password).await?;
    let token = NewToken {
        name: "askwell login".to_owned(),
        owner: None,
        scopes: [TokenScope::Create, TokenScope::Read].into_iter().collect(),
        workflow_prefix: None,
        expires_in: Some(LASTS),
    };
    let secret = remote.issue_token(&token).await?;
    remote.sign_out().await;
    let path = keep(server, &secret)?;
    tell(&format!("a token for {server} is kept in {}; it asks and reads, for 90 days", path.display()));
    Ok(())
}

/// The token that `askwell login` kept for this server.
pub(crate) fn kept_token(server: &str) -> Option<String> {
    let path = path().ok()?;
    let text = std::fs::read_to_string(path).ok()?;
    let kept: BTreeMap<String, String> = serde_json::from_str(&text).ok()?;
    kept.get(server.trim_end_matches('/')).cloned()
}

fn keep(server: &str, secret: &str) -> anyhow::Result<PathBuf> {
    let path = path()?;
    let folder = path.parent().context("the token has no folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut kept: BTreeMap<String, String> = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{} is no JSON; remove it", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    kept.insert(server.to_owned(), secret.to_owned());
    // A temporary file is private from its first byte.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", serde_json::to_string_pretty(&kept)?)?;
    file.persist(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

fn path() -> anyhow::Result<PathBuf> {
    let folder = environment_variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| environment_variable("HOME").map(|home| PathBuf::from(home).join(".config")));
    let Some(folder) = folder else { bail!("neither XDG_CONFIG_HOME nor HOME is set: there is no place for a token") };
    Ok(folder.join("askwell").join("tokens.json"))
}
