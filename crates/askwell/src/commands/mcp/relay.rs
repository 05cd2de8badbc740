//! Lines in, messages on, lines out.
//!
//! Job: keep what must stay in order in order, and let everything else wait
//! beside each other: a call waits for a person, and others go on meanwhile.
//! Invariant: whoever asked is answered, and by the id of what they asked.

use std::collections::HashMap;
use std::io::BufRead as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askwell_core::json::parse;
use askwell_server::unreadable;
use futures::StreamExt as _;
use futures::future::{AbortHandle, Abortable, BoxFuture, FutureExt as _, Shared};
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt as _, Stdout};
use tokio::sync::{mpsc, oneshot};

use super::exchange::Upstream;
use crate::commands::tell;

/// Lines that are read ahead.
const LINES: usize = 16;

/// How long calls under way may take once nobody asks for more.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What JSON-RPC calls a fault that is not the message's own.
const INTERNAL_ERROR: i32 = -32_603;

/// Standard output: one message a line.
pub(super) struct Output(tokio::sync::Mutex<Stdout>);

impl Output {
    /// Says a message. A reader that went away also ends standard input.
    pub(super) async fn say(&self, message: &Value) {
        let mut line = message.to_string();
        line.push('\n');
        let mut output = self.0.lock().await;
        if output.write_all(line.as_bytes()).await.is_ok() {
            let _ = output.flush().await;
        }
    }
}

/// Requests under way, by id.
#[derive(Default)]
struct UnderWay(Mutex<HashMap<String, AbortHandle>>);

impl UnderWay {
    fn all(&self) -> MutexGuard<'_, HashMap<String, AbortHandle>> {
        // Poisoned it is whole: no panic can happen between its changes.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes messages on until standard input ends, or until `stop`.
///
/// # Errors
/// Standard input cannot be read.
pub(super) async fn run(upstream: Upstream, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let output = Output(tokio::sync::Mutex::new(tokio::io::stdout()));
    let under_way = UnderWay::default();
    let (mut lines, ended) = lines();
    let mut requests: FuturesUnordered<BoxFuture<'_, ()>> = FuturesUnordered::new();
    let mut listening: Option<BoxFuture<'_, ()>> = None;
    let mut stop = std::pin::pin!(stop);
    let stopped = 'lines: loop {
        let line = tokio::select! {
            biased;
            () = &mut stop => break true,
            Some(()) = requests.next() => continue,
            () = heard(&mut listening) => { listening = None; continue }
            () = upstream.gone() => break false,
            line = lines.recv() => line.transpose()?,
        };
        let Some(line) = line else { break false };
        if line.trim_ascii().is_empty() {
            continue;
        }
        // By the rules of the server, which would refuse what a more lenient reader changes.
        let message = match parse(&line) {
            Ok(message) => message,
            Err(error) => {
                // Beside the requests: one of them may have the word.
                let told = unreadable(&line, &error.to_string()).message;
                let output = &output;
                requests.push(Box::pin(async move { output.say(&told).await }));
                continue;
            }
        };
        if is_request(&message) && message["method"] != "initialize" {
            requests.push(Box::pin(request(&upstream, &output, &under_way, message)));
            continue;
        }
        let begins = message["method"] == "notifications/initialized";
        let mut in_order = std::pin::pin!(in_order(&upstream, &output, &under_way, message));
        let mut last_words = std::pin::pin!(async {
            let _ = ended.clone().await;
            tokio::time::sleep(LAST_WORDS).await;
        });
        loop {
            tokio::select! {
                () = &mut in_order => break,
                () = &mut stop => break 'lines true,
                () = &mut last_words => break 'lines false,
                // Whoever is under way may hold what this one waits for.
                Some(()) = requests.next() => {}
                () = heard(&mut listening) => listening = None,
            }
        }
        if begins {
            listening = Some(Box::pin(upstream.listen(&output)));
        }
    };
    let rest = async { while requests.next().await.is_some() {} };
    if !stopped {
        tokio::select! {
            () = rest => {}
            () = tokio::time::sleep(LAST_WORDS) => {}
            () = &mut stop => {}
        }
    }
    upstream.leave().await;
    Ok(())
}

/// The lines of standard input, read on a thread of its own: nothing waits for that when this ends. Beside them, when
/// there are no more, even while those before are not taken yet.
fn lines() -> (mpsc::Receiver<std::io::Result<Vec<u8>>>, Shared<oneshot::Receiver<()>>) {
    let (sender, lines) = mpsc::channel(LINES);
    let (end, ended) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().split(b'\n') {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
        drop(end);
    });
    (lines, ended.shared())
}

async fn heard(listening: &mut Option<BoxFuture<'_, ()>>) {
    match listening {
        Some(listening) => listening.await,
        None => std::future::pending().await,
    }
}

pub(super) fn is_request(message: &Value) -> bool {
    message["method"].is_string() && !message["id"].is_null()
}

/// A request, which may take as long as a person.
async fn request(upstream: &Upstream, output: &Output, under_way: &UnderWay, message: Value) {
    let (handle, registration) = AbortHandle::new_pair();
    let id = message["id"].to_string();
    under_way.all().insert(id.clone(), handle);
    // One that is cancelled has no answer.
    let _ = Abortable::new(pass(upstream, output, &message), registration).await;
    under_way.all().remove(&id);
}

/// What must arrive before whatever comes next.
async fn in_order(upstream: &Upstream, output: &Output, under_way: &UnderWay, message: Value) {
    // Without sessions a call is cancelled by leaving it.
    if message["method"] == "notifications/cancelled" && !upstream.has_session() {
        if let Some(call) = under_way.all().remove(&message["params"]["requestId"].to_string()) {
            call.abort();
        }
        return;
    }
    pass(upstream, output, &message).await;
}

async fn pass(upstream: &Upstream, output: &Output, message: &Value) {
    if let Err(fault) = upstream.exchange(message, output).await {
        let reason = fault.to_string();
        if is_request(message) {
            output.say(&failure(&message["id"], INTERNAL_ERROR, &reason)).await;
        } else {
            tell(&format!("askwell mcp: {reason}"));
        }
    }
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
