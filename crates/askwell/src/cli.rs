//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::accounts::{TokenCommand, UserCommand};
use crate::commands::ask::AskArgs;
use crate::commands::audit::AuditCommand;
use crate::commands::import::ImportArgs;
use crate::commands::login::LoginArgs;
use crate::commands::mcp::McpArgs;

/// Automation asks, a person answers, once and for good.
#[derive(Debug, Parser)]
#[command(name = "askwell", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// What to do; without one, `serve`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// For `serve` without its name.
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server (also without naming it).
    Serve(Settings),
    /// Ask a question on a running server, wait, and print the answer as JSON.
    ///
    /// Exit status: 0 answered, 1 answered with the negative option, 2 wrong usage or refused by the server,
    /// 3 nobody answered in time, 4 cancelled, 5 failed or the server was out of reach, 130 interrupted.
    Ask(Box<AskArgs>),
    /// Print the effective configuration as YAML, secrets masked.
    Config {
        /// Print an example file instead: every key, explained, at its default.
        #[arg(long)]
        example: bool,
        /// Where the configuration is.
        #[command(flatten)]
        settings: Settings,
    },
    /// Copy the database, which may be in use, to a new file.
    Backup {
        /// The new file.
        file: PathBuf,
        /// Where the configuration is.
        #[command(flatten)]
        settings: Settings,
    },
    /// Read the database of the original Python component into this one.
    Import(ImportArgs),
    /// Add, list and keep out people.
    #[command(subcommand)]
    User(UserCommand),
    /// Make, list and revoke tokens of programs.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Sign in on a server, so that `askwell ask` may ask there.
    Login(LoginArgs),
    /// Serve the Model Context Protocol on standard input and output, for agents that start their servers themselves.
    ///
    /// Speaks for the server that is named, else for the one that owns the data directory, else for one of its own on
    /// a free port of this machine.
    Mcp(McpArgs),
    /// Verify or export the audit: who did what.
    Audit {
        /// What to do with it.
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print the OpenAPI description as JSON.
    Openapi,
    /// Print the key that signs callbacks, making it where there is none.
    WebhookSecret(Settings),
}

/// Flags that stand above environment and file.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The configuration file (YAML).
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address to listen on.
    #[arg(long)]
    host: Option<String>,
    /// The port to listen on.
    #[arg(long)]
    port: Option<String>,
    /// The folder for database, uploads and logs.
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// More detail in the log.
    #[arg(long)]
    debug: bool,
}

impl Settings {
    /// Loads the configuration that these flags lead to.
    ///
    /// # Errors
    /// Every reason why it does not hold.
    pub(crate) fn load(&self) -> anyhow::Result<crate::config::Loaded> {
        let flag = |key, flag, value: &Option<String>| value.clone().map(|value| (key, flag, value));
        let flags = [
            flag("server.host", "--host", &self.host),
            flag("server.port", "--port", &self.port),
            flag("server.data_dir", "--data-dir", &self.data_dir),
            self.debug.then(|| ("server.debug", "--debug", "true".to_owned())),
        ];
        Ok(crate::config::load(self.config.as_deref(), flags.into_iter().flatten().collect())?)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_needs_no_name() {
        let cli = Cli::try_parse_from(["askwell", "-c", "a.yaml", "--port", "9", "--debug"]).unwrap();
        assert!(cli.command.is_none() && cli.settings.debug);
        assert_eq!(cli.settings.config, Some("a.yaml".into()));
        let cli = Cli::try_parse_from(["askwell", "serve", "--host", "::1", "--data-dir", "d"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Serve(Settings { host: Some(_), .. }))));
    }

    #[test]
    fn a_wrong_flag_names_the_flag() {
        let cli = Cli::try_parse_from(["askwell", "--port", "eighty"]).unwrap();
        let refusal = cli.settings.load().unwrap_err().to_string();
        assert!(refusal.contains("--port: server.port: found \"eighty\""), "{refusal}");
    }
}
