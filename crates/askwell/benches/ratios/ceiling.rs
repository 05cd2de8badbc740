//! The ceiling: the least that a server can do that creates, answers and wakes durably.
//!
//! Bare axum without middleware, one append-only file, one fdatasync for all who
//! wait, long-polls. It reads nothing of what it is given: no validation, no
//! index, no history, and nothing is found again after a restart. Its paths are
//! those of the product, so that the same client drives both.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as At, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use crate::server::say_listening;

/// The argument with which this program becomes the ceiling.
pub(crate) const ROLE: &str = "--ceiling";

type Append = (Bytes, oneshot::Sender<()>);

struct Ceiling {
    appends: mpsc::Sender<Append>,
    last: AtomicU64,
    questions: Mutex<HashMap<u64, Question>>,
}

#[derive(Default)]
struct Question {
    answer: Option<Bytes>,
    answered: Arc<Notify>,
}

impl Ceiling {
    async fn append(&self, bytes: Bytes) {
        let (done, durable) = oneshot::channel();
        self.appends.send((bytes, done)).unwrap();
        durable.await.unwrap();
    }
}

pub(crate) async fn serve(folder: &Path) {
    let file = File::create(folder.join("ceiling.log")).unwrap();
    let (appends, queue) = mpsc::channel();
    std::thread::spawn(move || write(file, &queue));
    let ceiling = Arc::new(Ceiling { appends, last: AtomicU64::new(0), questions: Mutex::default() });
    let router = Router::new()
        .route("/api/sessions", post(create))
        .route("/api/sessions/{id}", get(wait))
        .route("/api/sessions/{id}/respond", post(respond))
        .with_state(ceiling);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    say_listening(&listener);
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    axum::serve(listener, router).await.unwrap();
}

/// Appends whatever is queued, syncs once, and only then tells each.
fn write(mut file: File, queue: &mpsc::Receiver<Append>) {
    while let Ok(first) = queue.recv() {
        let batch: Vec<Append> = std::iter::once(first).chain(queue.try_iter()).collect();
        let bytes: Vec<u8> = batch.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect();
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        for (_, done) in batch {
            let _ = done.send(());
        }
    }
}

async fn create(State(ceiling): State<Arc<Ceiling>>, body: Bytes) -> Response {
    let id = ceiling.last.fetch_add(1, Ordering::Relaxed);
    ceiling.append(body).await;
    ceiling.questions.lock().unwrap().insert(id, Question::default());
    json(format!(r#"{{"success":true,"session_id":"{id}"}}"#))
}

async fn respond(State(ceiling): State<Arc<Ceiling>>, At(id): At<u64>, body: Bytes) -> Response {
    ceiling.append(body.clone()).await;
    let answered = {
        let mut questions = ceiling.questions.lock().unwrap();
        let question = questions.get_mut(&id).unwrap();
        question.answer = Some(body);
        Arc::clone(&question.answered)
    };
    answered.notify_waiters();
    json(r#"{"success":true}"#)
}

async fn wait(State(ceiling): State<Arc<Ceiling>>, At(id): At<u64>) -> Response {
    loop {
        let answered = Arc::clone(&ceiling.questions.lock().unwrap()[&id].answered);
        let mut woken = std::pin::pin!(answered.notified());
        woken.as_mut().enable();
        let answer = ceiling.questions.lock().unwrap()[&id].answer.clone();
        match answer {
            Some(answer) => return json(answer),
            None => woken.await,
        }
    }
}

fn json(body: impl Into<axum::body::Body>) -> Response {
    ([("content-type", "application/json")], body.into()).into_response()
}
