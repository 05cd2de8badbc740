//! `askwell ask`: one question from a shell script, without an SDK.
//!
//! Standard output carries the answer alone; all else goes to standard error.
//! The create carries an idempotency key, so that trying again while the
//! server restarts never asks twice.

mod body;
mod client;
mod outcome;

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use askwell_app::ports::Ids;
use clap::{ArgGroup, Args};

use self::body::body;
use self::client::{Client, Trouble};
pub(crate) use self::client::{root_cause, speaker, text_of};
use self::outcome::{Outcome, outcome, plain};
use super::{print, tell};
use crate::config::environment_variable;
use crate::wiring::{SystemIds, stop_requested};

/// Where a server listens unless it was told otherwise.
pub(crate) const SERVER: &str = "http://127.0.0.1:8096";

/// What to ask, and of which server.
#[derive(Args, Clone, Debug, Default)]
#[command(group = ArgGroup::new("kind").required(true).args(["confirm", "choose", "text", "json"]))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct AskArgs {
    /// What is asked, in a few words.
    #[arg(long, required_unless_present = "json")]
    title: Option<String>,
    /// What one has to know to answer.
    #[arg(long)]
    message: Option<String>,
    /// Ask to confirm or cancel.
    #[arg(long)]
    confirm: bool,
    /// Ask to choose; repeat for each option.
    #[arg(long, value_name = "VALUE[=LABEL]")]
    choose: Vec<String>,
    /// Allow more than one option to be chosen.
    #[arg(long, requires = "choose", conflicts_with_all = ["confirm", "text", "json"])]
    multiple: bool,
    /// Ask for a text; repeat for each field.
    #[arg(long, value_name = "NAME[:TYPE][=DEFAULT]")]
    text: Vec<String>,
    /// Ask what this JSON says: a whole create body or its `interaction_data`; `-` reads standard input.
    #[arg(long, value_name = "BODY")]
    json: Option<String>,
    /// Seconds until the question closes unanswered.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
    /// The server; else the variable `ASKWELL_SERVER`, else <http://127.0.0.1:8096>.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where the token stands that is asked with; else the variable `ASKWELL_TOKEN`, else what `askwell login` kept.
    #[arg(long, value_name = "FILE")]
    token_file: Option<std::path::PathBuf>,
    /// Who should answer: a login.
    #[arg(long, value_name = "LOGIN")]
    assignee: Option<String>,
    /// Who else may answer: a login, or `group:NAME`; repeat for each.
    #[arg(long, value_name = "WHO")]
    candidate: Vec<String>,
    /// The workflow that asks.
    #[arg(long)]
    workflow_id: Option<String>,
    /// Where the outcome is posted to as well.
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// The same key and question again finds the same session. By default a key of its own for each run.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// The answer that is suggested.
    #[arg(long, value_name = "VALUE")]
    default: Option<String>,
    /// What silence means: `expire`, or `default` (then the default is printed, and the exit status is still 3).
    #[arg(long, value_name = "WHAT", value_parser = ["expire", "default"])]
    on_timeout: Option<String>,
    /// What will happen once it is answered.
    #[arg(long, value_name = "TEXT")]
    consequence: Option<String>,
    /// What a wrong answer would cost.
    #[arg(long, value_parser = ["low", "medium", "high"])]
    risk: Option<String>,
    /// The option that makes the exit status 1; by default `cancel`, or the last of two.
    #[arg(long, value_name = "VALUE")]
    negative: Option<String>,
    /// Print the plain value instead of JSON.
    #[arg(long)]
    raw: bool,
    /// Cancel the session when interrupted, rather than leave it open.
    #[arg(long)]
    cancel_on_interrupt: bool,
    /// Seconds to keep trying while the server is out of reach.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    give_up_after: u64,
}

/// How the program ends.
mod exit {
    pub(super) const USAGE: u8 = 2;
    pub(super) const FAILED: u8 = 5;
    pub(super) const INTERRUPTED: u8 = 130;
}

/// Asks, waits and prints.
pub(crate) async fn run(args: AskArgs) -> ExitCode {
    let code = match prepare(&args) {
        Ok((client, body)) => ask(&args, &client, &body).await,
        Err(error) => {
            tell(&format!("askwell ask: {error:#}"));
            exit::USAGE
        }
    };
    ExitCode::from(code)
}

fn prepare(args: &AskArgs) -> anyhow::Result<(Client, serde_json::Value)> {
    let server = args.server.clone().or_else(|| environment_variable("ASKWELL_SERVER"));
    let server = server.as_deref().unwrap_or(SERVER);
    let token = token_for(server, args.token_file.as_deref())?;
    let client = Client::new(server, token.as_deref(), Duration::from_secs(args.give_up_after))?;
    let given = match args.json.as_deref() {
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
            Some(text)
        }
        other => other.map(str::to_owned),
    };
    Ok((client, body(args, given.as_deref())?))
}

/// The token for a server: of the file that is named, of the variable, or the one that `askwell login` kept.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn token_for(server: &str, file: Option<&std::path::Path>) -> anyhow::Result<Option<String>> {
    let Some(path) = file else {
        return Ok(environment_variable("ASKWELL_TOKEN").or_else(|| super::login::kept_token(server)));
    };
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("--token-file {} cannot be read", path.display()))?;
    Ok(Some(text.trim().to_owned()))
}

async fn ask(args: &AskArgs, client: &Client, body: &serde_json::Value) -> u8 {
    let key = args.idempotency_key.clone().unwrap_or_else(|| SystemIds.session().to_string());
    let id = tokio::select! {
        created = client.create(body, &key) => match created {
            Ok(id) => id,
            Err(trouble) => return failed(&trouble),
        },
        () = stop_requested() => return exit::INTERRUPTED,
    };
    tell(&format!("asked at {}, session {id}; waiting for an answer", client.shown()));
    let session = tokio::select! {
        session = client.closed(&id) => session,
        () = stop_requested() => {
            if args.cancel_on_interrupt && client.cancel(&id).await.is_ok() {
                tell("interrupted; the session is cancelled");
            } else {
                tell(&format!("interrupted; session {id} stays as it is"));
            }
            return exit::INTERRUPTED;
        }
    };
    match session {
        Ok(session) => finish(args, &outcome(&session, args.negative.as_deref())),
        Err(Trouble::Refused(reason)) => failed(&Trouble::Failed(reason)),
        Err(trouble) => failed(&trouble),
    }
}

fn failed(trouble: &Trouble) -> u8 {
    tell(&format!("askwell ask: {trouble}"));
    if matches!(trouble, Trouble::Refused(_)) { exit::USAGE } else { exit::FAILED }
}

fn finish(args: &AskArgs, outcome: &Outcome) -> u8 {
    if let Some(note) = &outcome.note {
        tell(note);
    }
    let text = outcome.answer.as_ref().map(|answer| if args.raw { plain(answer) } else { answer.to_string() });
    if let Some(text) = text
        && let Err(error) = print(&(text + "\n"))
    {
        tell(&format!("askwell ask: the answer could not be printed: {error}"));
        return exit::FAILED;
    }
    outcome.code
}

#[cfg(test)]
mod tests;
