//! The life of one session, as clients lead it: opened, waited for, fought over, looked at; or left alone.

use std::time::{Duration, Instant};

use askwell_testkit::Chance;
use bytes::Bytes;
use futures::future::join_all;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Desk;
use super::question::{Kind, Question};
use crate::clients::Refusal;
use crate::ledger::{Deed, Heard, Place, Upload};
use crate::weather::Moment;

/// How long a waiter asks the server to wait.
const WAIT: Duration = Duration::from_secs(30);

/// How long after a close its waiter may still sleep; much longer than it ever does.
const OVERSLEPT: Duration = Duration::from_secs(10);

/// How soon what failed is tried again.
const PAUSE: Duration = Duration::from_millis(15);

/// By which wire something is said.
#[derive(Clone, Copy, Debug)]
enum Wire {
    Rest,
    Socket,
}

impl Wire {
    fn one(chance: &mut Chance) -> Self {
        if chance.once_in(3) { Self::Socket } else { Self::Rest }
    }
}

/// A session that is open, and how it is known.
struct Life<'a> {
    desk: &'a Desk,
    question: Question,
    place: Place,
    id: String,
    /// When its create was about to be sent, and the weather then.
    begun: (Instant, Moment),
}

/// Opens one session and does to it what chance wills.
pub(super) async fn lead(desk: &Desk, key: &str, chance: &mut Chance) {
    let question = Question::new(key, &desk.mix, chance);
    let place = desk.ledger.ask(question.asked.clone());
    let begun = (Instant::now(), desk.weather.moment());
    let Some(id) = create(desk, place, &question).await else { return };
    let life = Life { desk, question, place, id, begun };
    let files = if life.question.kind == Kind::File { life.upload(chance).await } else { Vec::new() };
    match chance.below(8) {
        _ if life.question.kind == Kind::File && files.is_empty() => {}
        // One is left open, for later comparisons.
        0 if !life.question.is_short() => {}
        0..4 if life.question.is_short() => life.expire().await,
        _ => life.fight(&files, chance).await,
    }
}

/// Opens it. What broke is repeated under the same key, as the guide for clients says. `None`: nobody knows.
async fn create(desk: &Desk, place: Place, question: &Question) -> Option<String> {
    loop {
        let moment = desk.weather.moment();
        match desk.rest.create(&question.asked.key, &question.asked.body).await {
            Ok(reply) => {
                desk.ledger.opened(place, &reply["session"]);
                return reply["session_id"].as_str().map(str::to_owned);
            }
            Err(refusal) => {
                note(desk, moment, "create", &refusal);
                if !refusal.is_unsure() {
                    return None;
                }
            }
        }
        desk.stop.run_until_cancelled(again(desk)).await?;
    }
}

async fn again(desk: &Desk) {
    tokio::time::sleep(PAUSE).await;
    desk.weather.fair().await;
}

/// What failed in fair weather is a refusal, but for a conflict, which is how losers are told.
fn note(desk: &Desk, since: Moment, what: &str, refusal: &Refusal) {
    if desk.weather.was_fair(since) && !matches!(refusal, Refusal::Told(409, ..)) {
        desk.ledger.refused(format!("{what}: {refusal:?}"));
    }
}

impl Life<'_> {
    /// Leaves it to its deadline, and waits.
    async fn expire(&self) {
        let (sent, moment) = self.begun;
        let Ok(Some(at)) = timeout(self.question.asked.timeout + OVERSLEPT, self.wait()).await else {
            if self.desk.weather.was_fair(moment) && !self.desk.stop.is_cancelled() {
                self.desk.ledger.stuck(&self.id);
            }
            return;
        };
        if self.desk.weather.was_fair(moment) {
            self.desk.ledger.late(at.saturating_duration_since(sent + self.question.asked.timeout));
        }
    }

    /// Several want to close it at once; others look, and one waits.
    async fn fight(&self, files: &[String], chance: &mut Chance) {
        let rivals = (0..=chance.below(4)).map(|number| (self.deed(number, files, chance), Wire::one(chance)));
        let rivals: Vec<(Deed, Wire)> = rivals.collect();
        let repeats = chance.once_in(2);
        let waits = chance.once_in(2);
        let moment = self.desk.weather.moment();
        if self.question.is_short() && chance.once_in(2) {
            // At the deadline itself.
            tokio::time::sleep(self.question.asked.timeout.saturating_sub(self.begun.0.elapsed())).await;
        }
        let over = CancellationToken::new();
        let fighting = async {
            let _told = join_all(rivals.iter().map(|(deed, wire)| self.act(deed.clone(), *wire))).await;
            if repeats {
                // Whoever answered first asks again: a retry, or the loser's second try.
                let _told = self.act(rivals[0].0.clone(), Wire::Rest).await;
            }
            let is_closed = self.act(Deed::Read, Wire::Rest).await.is_ok_and(|session| !is_open(&session));
            over.cancel();
            is_closed
        };
        let patience = async {
            over.cancelled().await;
            tokio::time::sleep(OVERSLEPT).await;
        };
        let waiting = async {
            tokio::select! {
                _ = self.wait() => true,
                () = patience => false,
            }
        };
        if waits {
            let (is_closed, woke) = tokio::join!(fighting, waiting);
            if is_closed && !woke && self.desk.weather.was_fair(moment) {
                self.desk.ledger.stuck(&self.id);
            }
        } else {
            fighting.await;
        }
    }

    fn deed(&self, number: usize, files: &[String], chance: &mut Chance) -> Deed {
        let user = format!("{}/{number}", self.question.asked.key);
        match chance.below(6) {
            0 => Deed::Cancel { reason: format!("{user} has no need") },
            1 if number > 0 => Deed::Read,
            _ => Deed::Answer { response: self.question.answer(&user, files, chance), user },
        }
    }

    async fn act(&self, deed: Deed, wire: Wire) -> Result<Value, Refusal> {
        let Self { desk, id, .. } = self;
        let moment = desk.weather.moment();
        let act = desk.ledger.act(self.place, deed.clone());
        let user = |reason: &str| reason.split(' ').next().unwrap_or_default().to_owned();
        let reply = match (&deed, wire) {
            (Deed::Answer { user, response }, Wire::Rest) => desk.rest.respond(id, user, response).await,
            (Deed::Answer { user, response }, Wire::Socket) => desk.socket.respond(id, user, response).await,
            (Deed::Cancel { reason }, Wire::Rest) => desk.rest.cancel(id, &user(reason), reason).await,
            (Deed::Cancel { reason }, Wire::Socket) => desk.socket.cancel(id, &user(reason), reason).await,
            (Deed::Read, _) => desk.rest.session(id, None).await,
        };
        desk.ledger.told(act, &reply);
        if let Err(refusal) = &reply {
            note(desk, moment, "act", refusal);
        }
        reply
    }

    /// Waits until it closes, through all trouble: when it was told so. `None`: the load stops.
    async fn wait(&self) -> Option<Instant> {
        let Self { desk, id, .. } = self;
        loop {
            let moment = desk.weather.moment();
            match desk.rest.session(id, Some(WAIT)).await {
                Ok(session) => {
                    let at = Instant::now();
                    let is_open = is_open(&session);
                    desk.ledger.heard(id, Heard { by: "waiter", session, at });
                    if !is_open {
                        return Some(at);
                    }
                }
                Err(refusal) => {
                    note(desk, moment, "wait", &refusal);
                    desk.stop.run_until_cancelled(again(desk)).await?;
                }
            }
        }
    }

    /// Uploads a file; its id, if that was acknowledged.
    async fn upload(&self, chance: &mut Chance) -> Vec<String> {
        let Self { desk, id, .. } = self;
        let bytes = content(chance);
        let sha256 = hex(&Sha256::digest(&bytes));
        let moment = desk.weather.moment();
        match desk.rest.upload(id, "torture.txt", bytes).await {
            Ok(file) => {
                let file_id = file["file_id"].as_str().unwrap_or_default().to_owned();
                desk.ledger.uploaded(self.place, Upload { file_id: file_id.clone(), sha256 });
                vec![file_id]
            }
            Err(refusal) => {
                note(desk, moment, "upload", &refusal);
                Vec::new()
            }
        }
    }
}

fn is_open(session: &Value) -> bool {
    matches!(session["status"].as_str(), Some("pending" | "active"))
}

/// Up to 100 KB of text.
fn content(chance: &mut Chance) -> Bytes {
    let lines = 1 + chance.below(6_000);
    (0..lines).flat_map(|_| format!("{:016x}\n", chance.number()).into_bytes()).collect::<Vec<_>>().into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
