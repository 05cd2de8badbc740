//! `askwell user …` and `askwell token …`: people and tokens from the console.
//!
//! On the data directory while the server is stopped, or on a running server
//! with an administrator's name and password. Standard output carries what a
//! script needs, a token alone; all else goes to standard error.

mod console;
mod remote;
mod secret;

use std::time::Duration;

use anyhow::{Context as _, bail};
use askwell_app::{Access, NewToken, NewUser, UserChange};
use askwell_core::access::{Role, Scopes, TokenScope};
use clap::{Args, Subcommand};

use self::console::Console;
pub(crate) use self::remote::Remote;
pub(crate) use self::secret::{ask_secret, secrets};
use super::{print, tell};
use crate::cli::Settings;

/// Where people and tokens are.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Where {
    /// A running server, instead of the data directory of a stopped one.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The administrator who does it on a running server; the password is in `ASKWELL_PASSWORD`, or asked for.
    #[arg(long, value_name = "LOGIN", requires = "server")]
    admin_login: Option<String>,
    /// Where the configuration is.
    #[command(flatten)]
    settings: Settings,
}

/// What to do with people.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person. Without a password they sign in otherwise.
    Add {
        /// Their name for signing in: a-z 0-9 . _ @ -
        login: String,
        /// How people call them.
        #[arg(long)]
        name: Option<String>,
        /// Where mail for them goes.
        #[arg(long)]
        email: Option<String>,
        /// Make them an administrator.
        #[arg(long)]
        admin: bool,
        /// A group they belong to; repeat for each.
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// Read their password from standard input, at least 12 characters.
        #[arg(long)]
        password_stdin: bool,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// Set a person's password, read from standard input.
    Password {
        /// Whose.
        login: String,
        /// Read it from standard input; otherwise it is asked for.
        #[arg(long)]
        password_stdin: bool,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// Keep a person out; whatever they are connected by ends.
    Disable {
        /// Whom.
        login: String,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// Let a person in again.
    Enable {
        /// Whom.
        login: String,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// List people.
    List {
        /// Where.
        #[command(flatten)]
        place: Where,
    },
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token for a program, and print it alone. There is no scope that answers.
    Create {
        /// Whose it is: that person counts as requester of all it asks.
        #[arg(long)]
        owner: String,
        /// What it may do, separated by commas: create, read, admin.
        #[arg(long, value_delimiter = ',', default_value = "create,read", value_name = "SCOPE")]
        scope: Vec<String>,
        /// What it is for.
        #[arg(long, default_value = "made on the console")]
        name: String,
        /// Only workflows that begin so.
        #[arg(long, value_name = "TEXT")]
        workflow_prefix: Option<String>,
        /// How long it holds, e.g. 90d, 12h; by default until it is revoked.
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        expires: Option<Duration>,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// List tokens.
    List {
        /// Where.
        #[command(flatten)]
        place: Where,
    },
    /// Revoke a token; whatever is connected by it ends.
    Revoke {
        /// Its id, as `list` shows it.
        id: String,
        /// Where.
        #[command(flatten)]
        place: Where,
    },
}

/// A server's people and tokens, by whichever way.
enum Accounts {
    Console(Box<Console>),
    Remote(Remote),
}

impl Where {
    async fn open(&self) -> anyhow::Result<Accounts> {
        let Some(server) = &self.server else {
            return Ok(Accounts::Console(Box::new(Console::open(&self.settings)?)));
        };
        let login = self.admin_login.as_deref().context("--admin-login names who does it on a running server")?;
        let password = ask_secret("ASKWELL_PASSWORD", &format!("Password of {login}: "))?;
        Ok(Accounts::Remote(Remote::sign_in(server, login, &password).await?))
    }
}

/// Does what is to be done with people.
pub(crate) async fn user(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { login, name, email, admin, groups, password_stdin, place } => {
            let password = if password_stdin { Some(secrets()?) } else { None };
            let role = if admin { Role::Admin } else { Role::Member };
            let user = NewUser { login, name, email, groups, role, password };
            let login = user.login.clone();
            match place.open().await? {
                Accounts::Console(console) => console.add_user(user).await?,
                Accounts::Remote(remote) => remote.once(async |remote| remote.add_user(&user).await).await?,
            }
            tell(&format!("{login} is here"));
        }
        UserCommand::Password { login, password_stdin, place } => {
            let password = if password_stdin { secrets()? } else { ask_secret("", "New password: ")? };
            let change = UserChange { password: Some(password), ..UserChange::default() };
            changed(&place, &login, change, "has a new password").await?;
        }
        UserCommand::Disable { login, place } => {
            let change = UserChange { access: Some(Access::Disabled), ..UserChange::default() };
            changed(&place, &login, change, "is kept out").await?;
        }
        UserCommand::Enable { login, place } => {
            let change = UserChange { access: Some(Access::Enabled), ..UserChange::default() };
            changed(&place, &login, change, "is let in").await?;
        }
        UserCommand::List { place } => print(&match place.open().await? {
            Accounts::Console(console) => console.users().await?,
            Accounts::Remote(remote) => remote.once(async |remote| remote.users().await).await?,
        })?,
    }
    Ok(())
}

async fn changed(place: &Where, login: &str, change: UserChange, told: &str) -> anyhow::Result<()> {
    match place.open().await? {
        Accounts::Console(console) => console.change_user(login, change).await?,
        Accounts::Remote(remote) => remote.once(async |remote| remote.change_user(login, &change).await).await?,
    }
    tell(&format!("{login} {told}"));
    Ok(())
}

/// Does what is to be done with tokens.
pub(crate) async fn token(command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create { owner, scope, name, workflow_prefix, expires, place } => {
            let scopes = parse_scopes(&scope)?;
            let token = NewToken { name, owner: Some(owner), scopes, workflow_prefix, expires_in: expires };
            let secret = match place.open().await? {
                Accounts::Console(console) => console.issue_token(token).await?,
                Accounts::Remote(remote) => remote.once(async |remote| remote.issue_token(&token).await).await?,
            };
            print(&(secret + "\n"))?;
        }
        TokenCommand::List { place } => print(&match place.open().await? {
            Accounts::Console(console) => console.tokens().await?,
            Accounts::Remote(remote) => remote.once(async |remote| remote.tokens().await).await?,
        })?,
        TokenCommand::Revoke { id, place } => {
            match place.open().await? {
                Accounts::Console(console) => console.revoke_token(&id).await?,
                Accounts::Remote(remote) => remote.once(async |remote| remote.revoke_token(&id).await).await?,
            }
            tell(&format!("token {id} is revoked"));
        }
    }
    Ok(())
}

fn parse_scopes(words: &[String]) -> anyhow::Result<Scopes> {
    let allowed = TokenScope::ALL.map(TokenScope::as_str).join(", ");
    let parse = |word: &String| match word.trim() {
        "respond" => bail!("--scope respond: a token never answers; people do, on the page. Allowed: {allowed}"),
        word => word.parse().map_err(|()| anyhow::anyhow!("--scope: found {word:?}, expected some of {allowed}")),
    };
    words.iter().map(parse).collect()
}

/// `90d`, `12h`, `30m`, `45s`.
fn parse_time(text: &str) -> Result<Duration, String> {
    let expected = || format!("found {text:?}, expected a number and d, h, m or s, e.g. 90d");
    let unit = text.chars().last().ok_or_else(expected)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| expected())?;
    let seconds = match unit {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return Err(expected()),
    };
    let time = number.checked_mul(seconds).filter(|seconds| *seconds > 0).ok_or_else(expected)?;
    Ok(Duration::from_secs(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(parse_time("90d"), Ok(Duration::from_hours(90 * 24)));
        assert_eq!(parse_time("1s"), Ok(Duration::from_secs(1)));
        for bad in ["", "d", "0d", "1", "1w", "-1d", "99999999999999999999d", "字"] {
            assert!(parse_time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_that_answers_cannot_be_asked_for() {
        let refusal = parse_scopes(&["create".to_owned(), "respond".to_owned()]).unwrap_err().to_string();
        assert!(refusal.contains("never answers"), "{refusal}");
        assert!(parse_scopes(&["create".to_owned(), "read".to_owned()]).is_ok());
    }
}
