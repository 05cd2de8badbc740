//! What the program can do, one file each.

pub(crate) mod accounts;
pub(crate) mod ask;
pub(crate) mod audit;
mod backup;
mod banner;
mod config;
pub(crate) mod import;
pub(crate) mod login;
pub(crate) mod mcp;
mod openapi;
mod serve;
mod webhook_secret;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Does what the command line says.
///
/// # Errors
/// Why it could not be done, for the console.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command.unwrap_or(Command::Serve(cli.settings)) {
        Command::Serve(settings) => serve::run(&settings).await?,
        Command::Ask(args) => return Ok(ask::run(*args).await),
        Command::Config { example: true, .. } => print(&crate::config::example())?,
        Command::Config { settings, .. } => config::run(&settings)?,
        Command::Backup { file, settings } => backup::run(&file, &settings)?,
        Command::Import(args) => return import::run(&args).await,
        Command::Audit { command } => return audit::run(&command),
        Command::Openapi => openapi::run()?,
        Command::User(command) => accounts::user(command).await?,
        Command::Token(command) => accounts::token(command).await?,
        Command::Login(args) => login::run(&args).await?,
        Command::Mcp(args) => mcp::run(&args).await?,
        Command::WebhookSecret(settings) => webhook_secret::run(&settings)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to standard output. A reader that went away is no error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a line of progress to standard error.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
