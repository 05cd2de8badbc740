//! A few threads that read, each with its own connection, fed by one bounded queue;
//! and a few connections more, for reads too short to be worth the way to a thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// How many short reads happen at once on their callers' threads.
const SHORT_READS: usize = 4;

/// The threads that read.
pub(crate) struct Readers {
    connector: Connector,
    /// Connections for short reads that nobody uses right now.
    spare: Mutex<Vec<Connection>>,
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
        let spare = (0..SHORT_READS).map(|_| connector.reader()).collect::<Result<_, _>>()?;
        Ok(Self {
            connector: connector.clone(),
            spare: Mutex::new(spare),
            requests: Mutex::new(Some(requests)),
            threads: Mutex::new(threads),
        })
    }

    /// Reads on the caller's own thread: for a row or a few by their keys, where the way to a
    /// thread and back costs several times the read. With no connection to spare, on one of the threads.
    pub(crate) async fn read_short<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        // The lock is held to take the connection and to give it back, never while reading.
        let Some(conn) = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop() else {
            return self.read(work).await;
        };
        let (outcome, good) = judge(work(&conn));
        let back = if good { Some(conn) } else { self.connector.reader().ok() };
        let open = self.requests.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(back.filter(|_| open));
        outcome
    }

    /// Reads on one of the threads. What was acknowledged before is seen.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: Read = Box::new(move |conn| {
            let (outcome, good) = judge(at_one_instant(conn, work));
            let _ = reply.send(outcome);
            good
        });
        self.send(read)?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes no more, and returns when what waits is read.
    pub(crate) fn stop(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).clear();
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

/// All that a read sees is of one instant, however many statements it takes.
fn at_one_instant<T>(conn: &Connection, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
    let snapshot = conn.unchecked_transaction()?;
    let value = work(&snapshot)?;
    snapshot.commit()?;
    Ok(value)
}

/// What a read tells its caller, and whether its connection is still good.
fn judge<T>(outcome: Result<T, Fault>) -> (Result<T, StoreError>, bool) {
    match outcome {
        Ok(value) => (Ok(value), true),
        Err(Fault::Refused(refusal)) => (Err(refusal), true),
        Err(Fault::Sqlite(error)) => {
            tracing::warn!(%error, "a read failed");
            (Err(store_error(&error)), Severity::of(&error) != Severity::Broken)
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
        // Without a connection the request is dropped, which tells its caller; so does a panic.
        let read = |conn| catch_unwind(AssertUnwindSafe(|| read(conn))).unwrap_or(false);
        if conn.as_ref().is_some_and(|conn| !read(conn)) {
            conn = None;
        }
    }
}
