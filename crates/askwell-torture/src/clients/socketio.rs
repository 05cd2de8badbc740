//! A Socket.IO client over a websocket: it hears all changes in the order of the feed, answers and cancels with
//! acknowledgements, and comes back after the last cursor that it heard.
//!
//! The maintained client crate for Rust brings a second HTTP client and its own TLS; the frames that are needed here
//! are four: `0` open, `40` connect, `2`/`3` heartbeat, `42`/`43` event and acknowledgement.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::Refusal;

/// Longer than a greeting or an acknowledgement takes.
const PATIENCE: Duration = Duration::from_secs(20);

type Wire = WebSocketStream<TcpStream>;

/// A change as a socket was told.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Its name, e.g. `session_completed`.
    pub(crate) name: String,
    /// Its payload.
    pub(crate) body: Value,
    /// When it came.
    pub(crate) at: Instant,
}

#[derive(Default)]
struct Acknowledgements {
    /// Nothing comes any more.
    is_over: bool,
    next: u64,
    waiting: HashMap<u64, oneshot::Sender<Value>>,
}

/// One connection. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    say: mpsc::UnboundedSender<String>,
    acknowledgements: Arc<Mutex<Acknowledgements>>,
    _tasks: JoinSet<()>,
}

impl std::fmt::Debug for Acknowledgements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acknowledgements").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

/// What a connection hears; ends when it breaks.
pub(crate) type Events = mpsc::UnboundedReceiver<Event>;

impl Socket {
    /// Connects to the server at `base` and goes on after that cursor, or from now on. The first event is `connected`.
    ///
    /// # Errors
    /// The server is gone, or says no.
    pub(crate) async fn connect(base: &str, after: Option<&str>) -> anyhow::Result<(Self, Events)> {
        timeout(PATIENCE, Self::shake_hands(base, after)).await.context("no greeting came in time")?
    }

    async fn shake_hands(base: &str, after: Option<&str>) -> anyhow::Result<(Self, Events)> {
        let host = base.strip_prefix("http://").context("a base that is not http://")?;
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        let (mut wire, _) = client_async(format!("ws://{host}/socket.io/?EIO=4&transport=websocket"), stream).await?;
        expect(&mut wire, "0{").await?;
        let greeting = after.map(|after| json!({ "after": after }).to_string()).unwrap_or_default();
        wire.send(Message::text(format!("40{greeting}"))).await?;
        expect(&mut wire, "40{").await?;
        let (sink, stream) = wire.split();
        let (say, says) = mpsc::unbounded_channel();
        let (tell, events) = mpsc::unbounded_channel();
        let acknowledgements = Arc::<Mutex<Acknowledgements>>::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(write(sink, says));
        tasks.spawn(read(stream, say.clone(), tell, Arc::clone(&acknowledgements)));
        Ok((Self { say, acknowledgements, _tasks: tasks }, events))
    }

    /// Answers a session; the session as it then is.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn respond(&self, id: &str, user: &str, response: &Value) -> Result<Value, Refusal> {
        self.emit("respond", &json!({ "session_id": id, "response": response, "user_id": user })).await
    }

    /// Cancels a session; the session as it then is.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn cancel(&self, id: &str, user: &str, reason: &str) -> Result<Value, Refusal> {
        self.emit("cancel", &json!({ "session_id": id, "reason": reason, "user_id": user })).await
    }

    /// Says something and waits for its acknowledgement.
    async fn emit(&self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let gone = |()| Refusal::Unsure("the socket closed".into());
        let (tell, told) = oneshot::channel();
        let number = {
            let mut acknowledgements = lock(&self.acknowledgements);
            if acknowledgements.is_over {
                return Err(gone(()));
            }
            acknowledgements.next += 1;
            let number = acknowledgements.next;
            acknowledgements.waiting.insert(number, tell);
            number
        };
        let packet = format!("42{number}{}", json!([name, body]));
        self.say.send(packet).map_err(|_| gone(()))?;
        let waited = timeout(PATIENCE, told).await;
        let mut reply = waited.map_err(|_| Refusal::Unsure("no acknowledgement came".into()))?.map_err(|_| gone(()))?;
        if reply["success"] == true {
            return Ok(reply["session"].take());
        }
        let status = reply["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
        let text = |key: &str| reply[key].as_str().unwrap_or_default().to_owned();
        Err(Refusal::Told(status, text("code"), text("detail")))
    }
}

/// A client that connects anew when its connection broke, and never listens.
#[derive(Debug)]
pub(crate) struct Caller {
    base: String,
    socket: tokio::sync::Mutex<Option<Arc<Socket>>>,
}

impl Caller {
    /// A client of the server at `base`; it connects when it first has something to say.
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), socket: tokio::sync::Mutex::default() }
    }

    /// As [`Socket::respond`].
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn respond(&self, id: &str, user: &str, response: &Value) -> Result<Value, Refusal> {
        let reply = self.socket().await?.respond(id, user, response).await;
        self.judge(reply).await
    }

    /// As [`Socket::cancel`].
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn cancel(&self, id: &str, user: &str, reason: &str) -> Result<Value, Refusal> {
        let reply = self.socket().await?.cancel(id, user, reason).await;
        self.judge(reply).await
    }

    async fn socket(&self) -> Result<Arc<Socket>, Refusal> {
        let mut current = self.socket.lock().await;
        if let Some(socket) = current.as_ref().filter(|socket| !lock(&socket.acknowledgements).is_over) {
            return Ok(Arc::clone(socket));
        }
        let connected = Socket::connect(&self.base, None).await;
        let (socket, _) = connected.map_err(|error| Refusal::Unsure(format!("{error:#}")))?;
        Ok(Arc::clone(current.insert(Arc::new(socket))))
    }

    /// A connection without a reply is given up.
    async fn judge(&self, reply: Result<Value, Refusal>) -> Result<Value, Refusal> {
        if matches!(reply, Err(Refusal::Unsure(_))) {
            *self.socket.lock().await = None;
        }
        reply
    }
}

/// Reads until a packet that begins so; answers heartbeats on the way.
async fn expect(wire: &mut Wire, start: &str) -> anyhow::Result<()> {
    while let Some(message) = wire.next().await {
        match message? {
            Message::Text(text) if text.starts_with(start) => return Ok(()),
            Message::Text(text) if text.as_str() == "2" => wire.send(Message::text("3")).await?,
            other => bail!("{other:?} came, expected {start:?}"),
        }
    }
    bail!("the connection ended before {start:?}")
}

async fn write(mut sink: SplitSink<Wire, Message>, mut says: mpsc::UnboundedReceiver<String>) {
    while let Some(text) = says.recv().await {
        if sink.send(Message::text(text)).await.is_err() {
            return;
        }
    }
}

async fn read(
    mut stream: SplitStream<Wire>,
    say: mpsc::UnboundedSender<String>,
    tell: mpsc::UnboundedSender<Event>,
    acknowledgements: Arc<Mutex<Acknowledgements>>,
) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        let heard = match Packet::of(&text) {
            Packet::Ping => say.send("3".into()).is_ok(),
            Packet::Event(name, body) => {
                // Who only talks does not listen.
                let _ = tell.send(Event { name, body, at: Instant::now() });
                true
            }
            Packet::Acknowledgement(number, body) => {
                if let Some(waiting) = lock(&acknowledgements).waiting.remove(&number) {
                    let _ = waiting.send(body);
                }
                true
            }
            Packet::Other => true,
        };
        if !heard {
            break;
        }
    }
    // Who still waits learns that nothing will come.
    let mut acknowledgements = lock(&acknowledgements);
    acknowledgements.is_over = true;
    acknowledgements.waiting.clear();
}

/// What the server says.
#[derive(Debug, PartialEq)]
enum Packet {
    Ping,
    Event(String, Value),
    Acknowledgement(u64, Value),
    Other,
}

impl Packet {
    fn of(text: &str) -> Self {
        let parsed = |rest: &str| serde_json::from_str::<Vec<Value>>(rest).unwrap_or_default().into_iter();
        if text == "2" {
            return Self::Ping;
        }
        if let Some(rest) = text.strip_prefix("42") {
            let mut values = parsed(rest);
            let name = values.next().and_then(|name| name.as_str().map(str::to_owned));
            return name.map_or(Self::Other, |name| Self::Event(name, values.next().unwrap_or_default()));
        }
        if let Some(rest) = text.strip_prefix("43") {
            let start = rest.find('[').unwrap_or(rest.len());
            let (number, values) = rest.split_at(start);
            let value = parsed(values).next().unwrap_or_default();
            return number.parse().map_or(Self::Other, |number| Self::Acknowledgement(number, value));
        }
        Self::Other
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets() {
        assert_eq!(Packet::of("2"), Packet::Ping);
        assert_eq!(Packet::of(r#"42["a",{"b":1}]"#), Packet::Event("a".into(), json!({ "b": 1 })));
        assert_eq!(Packet::of(r#"4317[{"success":true}]"#), Packet::Acknowledgement(17, json!({ "success": true })));
        assert_eq!(Packet::of("41"), Packet::Other);
        assert_eq!(Packet::of("42nonsense"), Packet::Other);
    }
}
