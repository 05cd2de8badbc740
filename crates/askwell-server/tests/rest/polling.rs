//! A Socket.IO client over long polling, by hand, so that it runs on the test's own router and clock.

use std::collections::VecDeque;

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Harness, Reply};
use crate::people::Shows;

pub(crate) struct Polling<'a> {
    server: &'a Harness,
    shows: Shows,
    path: String,
    /// What came and was not looked at yet.
    came: VecDeque<(String, Value)>,
    acknowledged: Vec<(u64, Value)>,
    calls: u64,
    is_connected: bool,
    refusal: Option<Value>,
}

impl<'a> Polling<'a> {
    /// A client that has connected and was greeted.
    pub(crate) async fn connect(server: &'a Harness) -> Self {
        Self::connect_with(server, json!({})).await
    }

    /// The same, saying something when it connects.
    pub(crate) async fn connect_with(server: &'a Harness, auth: Value) -> Self {
        Self::connect_as(server, &Shows::Nothing, auth).await
    }

    /// The same as somebody: a token is said with the rest, a cookie is sent along.
    pub(crate) async fn connect_as(server: &'a Harness, shows: &Shows, auth: Value) -> Self {
        let mut client = Self::knock(server, shows, auth).await;
        // Whoever speaks before that is cut off.
        while !client.is_connected {
            client.poll().await;
            assert_eq!(client.refusal, None, "it is refused");
        }
        client
    }

    /// Asks to connect, and does not wait for what comes of it.
    async fn knock(server: &'a Harness, shows: &Shows, mut auth: Value) -> Self {
        let mut shows = shows.clone();
        if let Shows::Bearer(token) = &shows {
            auth["token"] = json!(token);
            shows = Shows::Nothing;
        }
        let opened = server.get_by(&shows, "/socket.io/?EIO=4&transport=polling").await;
        assert_eq!(opened.status, 200, "{}", String::from_utf8_lossy(&opened.bytes));
        let handshake: Value = serde_json::from_slice(&opened.bytes[1..]).unwrap();
        let sid = handshake["sid"].as_str().unwrap();
        let path = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
        let client = Self {
            server,
            shows,
            path,
            came: VecDeque::new(),
            acknowledged: Vec::new(),
            calls: 0,
            is_connected: false,
            refusal: None,
        };
        client.say(&format!("40{auth}")).await;
        client
    }

    /// What somebody is refused with who may not connect.
    pub(crate) async fn refused(server: &'a Harness, shows: &Shows, auth: Value) -> Value {
        let mut client = Self::knock(server, shows, auth).await;
        loop {
            // The first ping may come before it.
            client.poll().await;
            assert!(!client.is_connected, "it is let in");
            if let Some(told) = client.refusal.take() {
                return told;
            }
        }
    }

    /// Waits until the server ends it: the status of the last poll.
    pub(crate) async fn ended(self) -> u16 {
        loop {
            let reply = self.server.get_by(&self.shows, &self.path).await;
            if reply.status != 200 {
                return reply.status;
            }
        }
    }

    /// Everything that came until this event of this session, as text.
    pub(crate) async fn all_until(&mut self, name: &str, session: &str) -> String {
        let mut all = String::new();
        loop {
            let (came, payload) = self.next().await;
            all.extend([came.as_str(), " ", &payload.to_string(), "\n"]);
            if came == name && payload["session_id"] == session {
                return all;
            }
        }
    }

    async fn say(&self, packet: &str) -> Reply {
        let shown = self.shows.header();
        let mut headers = vec![("content-type", "text/plain;charset=UTF-8")];
        headers.extend(shown.iter().map(|(name, value)| (*name, value.as_str())));
        self.server.call(Method::POST, &self.path, &headers, packet.to_owned()).await
    }

    /// Says something and wants no answer.
    pub(crate) async fn emit(&self, name: &str, payload: Value) {
        assert_eq!(self.say(&format!("42{}", json!([name, payload]))).await.status, 200);
    }

    /// Says something that may be refused: the status.
    pub(crate) async fn try_emit(&self, name: &str, payload: Value) -> u16 {
        self.say(&format!("42{}", json!([name, payload]))).await.status
    }

    /// Says something as the text of the packet's array.
    pub(crate) async fn emit_text(&self, array: &str) {
        assert_eq!(self.say(&format!("42{array}")).await.status, 200);
    }

    /// Says something and waits for the acknowledgement.
    pub(crate) async fn call(&mut self, name: &str, payload: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        assert_eq!(self.say(&format!("42{id}{}", json!([name, payload]))).await.status, 200);
        loop {
            if let Some(at) = self.acknowledged.iter().position(|(known, _)| *known == id) {
                return self.acknowledged.remove(at).1;
            }
            self.poll().await;
        }
    }

    async fn poll(&mut self) {
        let reply = self.server.get_by(&self.shows, &self.path).await;
        let text = String::from_utf8(reply.bytes).unwrap();
        assert_eq!(reply.status, 200, "{text}");
        for packet in text.split('\u{1e}') {
            if packet == "2" {
                self.say("3").await;
            } else if let Some(rest) = packet.strip_prefix("42") {
                let [name, payload]: [Value; 2] = serde_json::from_str(rest).unwrap();
                self.came.push_back((name.as_str().unwrap().to_owned(), payload));
            } else if let Some(rest) = packet.strip_prefix("43") {
                let digits = rest.find('[').unwrap();
                let [payload]: [Value; 1] = serde_json::from_str(&rest[digits..]).unwrap();
                self.acknowledged.push((rest[..digits].parse().unwrap(), payload));
            } else if packet.starts_with("40") {
                self.is_connected = true;
            } else if let Some(told) = packet.strip_prefix("44") {
                self.refusal = Some(serde_json::from_str(told).unwrap());
            } else {
                assert_eq!(packet, "6");
            }
        }
    }

    /// The next event, whatever it is.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        while self.came.is_empty() {
            self.poll().await;
        }
        self.came.pop_front().unwrap()
    }

    /// The next event, which must have this name.
    #[track_caller]
    pub(crate) fn expect(&mut self, name: &'static str) -> impl Future<Output = Value> + use<'_, 'a> {
        let at = std::panic::Location::caller();
        async move {
            let (came, payload) = self.next().await;
            assert_eq!(came, name, "at {at}: {payload}");
            payload
        }
    }
}
