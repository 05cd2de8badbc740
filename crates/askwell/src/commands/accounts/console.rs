//! People and tokens in the data directory of a stopped server.

use std::fmt::Write as _;

use anyhow::{Context as _, anyhow};
use askwell_app::{App, AppError, Caller, Channel, NewToken, NewUser, UserChange, timestamp_text};
use askwell_core::access::{Role, TokenScope};

use crate::cli::Settings;
use crate::wiring::{ConsoleApp, console_app};

/// The data directory, held by this process.
pub(super) struct Console {
    open: ConsoleApp,
    caller: Caller,
}

impl Console {
    /// Takes the data directory.
    pub(super) fn open(settings: &Settings) -> anyhow::Result<Self> {
        let config = settings.load()?.config;
        let open = console_app(config).context(
            "the data directory cannot be used; while a server runs on it, name that with --server and --admin-login",
        )?;
        Ok(Self { open, caller: Caller::local(Channel::Console, "en", "") })
    }

    fn app(&self) -> &App {
        &self.open.app
    }

    pub(super) async fn add_user(self, user: NewUser) -> anyhow::Result<()> {
        self.app().add_user(&self.caller, user).await.map_err(told)?;
        self.open.close().await;
        Ok(())
    }

    pub(super) async fn change_user(self, login: &str, change: UserChange) -> anyhow::Result<()> {
        self.app().change_user(&self.caller, login, change).await.map_err(told)?;
        self.open.close().await;
        Ok(())
    }

    pub(super) async fn users(self) -> anyhow::Result<String> {
        const PAGE: usize = 500;
        let mut text = String::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.app().users(&self.caller, after.as_deref(), PAGE).await.map_err(told)?;
            for user in &page {
                let role = if user.role == Role::Admin { "admin" } else { "member" };
                let state = user.disabled_at.map_or("enabled", |_| "disabled");
                writeln!(text, "{}\t{role}\t{state}\t{}\t{}", user.login, user.groups.join(","), user.name)?;
            }
            if page.len() < PAGE {
                return Ok(text);
            }
            after = page.last().map(|user| user.login.clone());
        }
    }

    pub(super) async fn issue_token(self, token: NewToken) -> anyhow::Result<String> {
        let issued = self.app().issue_token(&self.caller, token).await.map_err(told)?;
        self.open.close().await;
        Ok(issued.secret)
    }

    pub(super) async fn tokens(self) -> anyhow::Result<String> {
        let mut text = String::new();
        for token in self.app().all_tokens(&self.caller).await.map_err(told)? {
            let scopes: Vec<_> = token.scopes.iter().map(TokenScope::as_str).collect();
            let state = token.revoked_at.map_or("valid", |_| "revoked");
            let until = token.expires_at.map_or_else(|| "never".to_owned(), timestamp_text);
            let scopes = scopes.join(",");
            writeln!(text, "{}\t{}\t{scopes}\t{state}\t{until}\t{}", token.id, token.owner, token.name)?;
        }
        Ok(text)
    }

    pub(super) async fn revoke_token(self, id: &str) -> anyhow::Result<()> {
        self.app().revoke_token(&self.caller, id).await.map_err(told)?;
        self.open.close().await;
        Ok(())
    }
}

/// Why it was not done, for the console.
fn told(error: AppError) -> anyhow::Error {
    match error {
        AppError::Invalid(findings) => {
            let each = findings.iter().map(|finding| {
                let args: Vec<_> = finding.args.iter().map(|(name, value)| format!("{name} {value}")).collect();
                format!("{}: {} ({})", finding.pointer.trim_start_matches('/'), finding.code, args.join(", "))
            });
            anyhow!("{}", each.collect::<Vec<_>>().join("; "))
        }
        AppError::NotFound(_) => anyhow!("there is no such person or token"),
        AppError::LoginTaken => anyhow!("somebody has that login already"),
        AppError::LastAdmin => anyhow!("there would be no administrator left"),
        other => anyhow!(other),
    }
}
