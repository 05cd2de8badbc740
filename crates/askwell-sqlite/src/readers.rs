//! A few threads that read, each with its own connection, fed by one bounded queue.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use askwell_app::ports::StoreError;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::connect::Connector;
use crate::error::{Fault, Severity, closed, store_error};

/// A read. Returns whether the connection is still good.
type Read = Box<dyn FnOnce(&Connection) -> bool + Send>;

/// The threads that read.
pub(crate) struct Readers {
    requests: Mutex<Option<SyncSender<Read>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    pub(crate) fn start(connector: &Connector, count: usize, waiting: usize) -> Result<Self, StartError> {
        let (requests, receiver) = sync_channel::<Read>(waiting);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::new();
        for index in 0..count.max(1) {
            let conn = connector.reader()?;
            let (connector, receiver) = (connector.clone(), Arc::clone(&receiver));
            let name = format!("sqlite-read-{index}");
            threads.push(std::thread::Builder::new().name(name).spawn(move || serve(&connector, conn, &receiver))?);
        }
        Ok(Self { requests: Mutex::new(Some(requests)), threads: Mutex::new(threads) })
    }

    /// Reads on one of the threads. What was acknowledged before is seen.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |conn| {
            let (outcome, good) = match work(conn) {
                Ok(value) => (Ok(value), true),
                Err(Fault::Refused(refusal)) => (Err(refusal), true),
                Err(Fault::Sqlite(error)) => {
                    tracing::warn!(%error, "a read failed");
                    (Err(store_error(&error)), Severity::of(&error) != Severity::Broken)
                }
            };
            let _ = reply.send(outcome);
            good
        });
        self.send(read)?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes no more, and returns when what waits is read.
    pub(crate) fn stop(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = thread.join();
        }
    }

    fn send(&self, read: Read) -> Result<(), StoreError> {
        match &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Err(closed()),
            Some(requests) => requests.try_send(read).map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Overloaded,
                TrySendError::Disconnected(_) => closed(),
            }),
        }
    }
}

/// Why there are no threads.
pub(crate) enum StartError {
    Sqlite(rusqlite::Error),
    Io(std::io::Error),
}

impl From<rusqlite::Error> for StartError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn serve(connector: &Connector, conn: Connection, requests: &Mutex<Receiver<Read>>) {
    let mut conn = Some(conn);
    loop {
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(read) = next else { return };
        if conn.is_none() {
            conn = connector.reader().inspect_err(|error| tracing::warn!(%error, "no connection to read with")).ok();
        }
        // Without a connection the request is dropped, which tells its caller.
        if conn.as_ref().is_some_and(|conn| !read(conn)) {
            conn = None;
        }
    }
}
