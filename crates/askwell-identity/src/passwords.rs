//! Passwords: argon2id on one thread that waits for all the others.
//!
//! Job: make hashes and compare with them. Invariants: one at a time, so that
//! guesses take 19 MiB and never more than one core, and that one last; a name
//! that nobody has takes as long as one that somebody has. Neighbours: the port
//! [`Passwords`]; what a password must be like is said there.

#[cfg(test)]
mod tests;

use std::io;
use std::thread::Builder;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use askwell_app::ports::{PasswordError, Passwords};
use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

/// How many wait in the queue; who comes after them waits for a place there.
const QUEUE: usize = 64;

/// How far behind the others the thread stands, where the system knows that of a thread: whoever wakes up comes before
/// it, and while others want all of a core it gets a sixtieth of that.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 19;

/// The hash of nothing that anybody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$YXNrd2VsbC1ub2JvZHkhIQ$5wfyVPrNFzjYrFbKbBHbJSvJ9m1SeIXdgSMI7hrF9tE";

enum Job {
    Hash { password: String, salt: [u8; 16], answer: oneshot::Sender<Result<String, PasswordError>> },
    Compare { password: String, hash: Option<String>, answer: oneshot::Sender<bool> },
}

/// [`Passwords`] by argon2id, 19 MiB, two passes, one lane: what OWASP asks for.
#[derive(Debug)]
pub struct Argon2Passwords {
    jobs: mpsc::Sender<Job>,
}

impl Argon2Passwords {
    /// Starts the thread. It ends with the last of what is waiting once this is dropped.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        Builder::new().name("passwords".to_owned()).spawn(move || work(waiting))?;
        Ok(Self { jobs })
    }

    async fn ask<T>(&self, job: Job, answer: oneshot::Receiver<T>) -> Result<T, PasswordError> {
        let ended = || PasswordError("the thread that hashes passwords has ended".to_owned());
        self.jobs.send(job).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, PasswordError> {
        let (answer, made) = oneshot::channel();
        self.ask(Job::Hash { password, salt, answer }, made).await?
    }

    async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        let (answer, compared) = oneshot::channel();
        self.ask(Job::Compare { password, hash, answer }, compared).await
    }
}

fn work(mut waiting: mpsc::Receiver<Job>) {
    stand_back();
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    while let Some(job) = waiting.blocking_recv() {
        match job {
            // Whoever has gone away is not worked for.
            Job::Hash { answer, .. } if answer.is_closed() => {}
            Job::Compare { answer, .. } if answer.is_closed() => {}
            Job::Hash { password, salt, answer } => {
                let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
                let hash = hash.map(|hash| hash.to_string()).map_err(|error| PasswordError(error.to_string()));
                let _ = answer.send(hash);
            }
            Job::Compare { password, hash, answer } => {
                let known = hash.is_some();
                let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY));
                let right = hash.is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok());
                let _ = answer.send(known && right);
            }
        }
    }
}

/// Only Linux has priorities of threads; elsewhere it would be that of the whole process.
#[cfg(target_os = "linux")]
fn stand_back() {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "the thread that hashes passwords keeps the priority of the others");
    }
}

#[cfg(not(target_os = "linux"))]
fn stand_back() {}
